//! A page to mount things on, and a gateway that gives the answers a test has laid out. It records every
//! request, so that a test can also hold that none was made.

use std::{any::Any, cell::RefCell};

use js_sys::{Array, Function, Object, Promise, Reflect};
use lanyard_contract::wire::StatesAnswer;
use leptos::{mount::mount_to, prelude::*};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

thread_local! {
    /// What is on the page. A test that fails never drops its own: a panic does not unwind here.
    static ON_THE_PAGE: RefCell<Vec<(HtmlElement, Box<dyn Any>)>> = const { RefCell::new(Vec::new()) };
}

/// A component on the page, until it is dropped.
pub struct Mounted {
    pub root: HtmlElement,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        take_off(|root| *root == self.root);
    }
}

fn take_off(which: impl Fn(&HtmlElement) -> bool) {
    let gone: Vec<_> =
        ON_THE_PAGE.with_borrow_mut(|all| all.extract_if(.., |(root, _)| which(root)).collect());
    for (root, handle) in gone {
        drop(handle);
        root.remove();
    }
}

impl Mounted {
    pub fn new<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) -> Self {
        // The first router would otherwise leave itself in this hook, and go on listening to clicks for good.
        let _ = leptos::server_fn::redirect::set_redirect_hook(|_| {});
        let root: HtmlElement = document().create_element("div").expect("an element").unchecked_into();
        document().body().expect("a body").append_child(&root).expect("a place");
        let handle = Box::new(mount_to(root.clone(), view));
        ON_THE_PAGE.with_borrow_mut(|all| all.push((root.clone(), handle)));
        Self { root }
    }

    pub fn all(&self, selector: &str) -> Vec<Element> {
        let every = self.root.get_elements_by_tag_name("*");
        (0..every.length())
            .filter_map(|nth| every.item(nth))
            .filter(|element| element.matches(selector).expect("a selector"))
            .collect()
    }

    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).iter().map(|element| element.text_content().unwrap_or_default()).collect()
    }

    pub fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    pub fn click(&self, selector: &str) {
        let found = self.all(selector).into_iter().next().expect("something to click");
        found.unchecked_into::<HtmlElement>().click();
    }
}

/// The made-up gateway: stands in for `fetch` until the next one replaces it.
pub struct Gateway {
    answers: Object,
    calls: Array,
}

impl Gateway {
    /// In a browser as nobody has used it: nothing of the tests before is on the page or remembered.
    pub fn new() -> Self {
        take_off(|_| true);
        window().local_storage().ok().flatten().expect("a storage").clear().expect("a clearing");
        let (answers, calls) = (Object::new(), Array::new());
        let fetch = Function::new_with_args(
            "answers, calls, request",
            "const key = request.method + ' ' + new URL(request.url).pathname;
             calls.push(key);
             const answer = answers[key];
             if (!answer) return Promise.reject(new TypeError('no network'));
             const headers = answers.build ? { 'x-lanyard-build': answers.build } : {};
             return Promise.resolve(answer).then(([status, body]) => new Response(body, { status, headers }));",
        );
        let fetch = fetch.bind2(&JsValue::NULL, &answers, &calls);
        Reflect::set(&window(), &"fetch".into(), &fetch).expect("a fetch");
        Self { answers, calls }
    }

    /// A gateway that knows the settings and this session.
    pub fn with_session(session: &impl Serialize) -> Self {
        let gateway = Self::new();
        gateway.answer("GET /api/config", 200, &crate::story::settings());
        gateway.answer("GET /api/session", 200, session);
        gateway.answer("GET /api/states", 200, &StatesAnswer { apps: Vec::new() });
        gateway
    }

    pub fn answer(&self, request: &str, status: u16, body: &impl Serialize) {
        Reflect::set(&self.answers, &request.into(), &response(status, body)).expect("an answer");
    }

    /// Leaves a request open until it is released.
    pub fn hold(&self, request: &str) -> Held {
        let mut release = None;
        let promise = Promise::new(&mut |done, _| release = Some(done));
        Reflect::set(&self.answers, &request.into(), &promise).expect("an answer");
        Held(release.expect("a promise runs at once"))
    }

    /// Which build of the shell all answers are of from now on.
    pub fn serve_build(&self, build: &str) {
        Reflect::set(&self.answers, &"build".into(), &build.into()).expect("a build");
    }

    /// From now on nothing answers; [`Silenced::speak`] takes it back.
    pub fn fall_silent(&self) -> Silenced {
        let answers = Object::assign(&Object::new(), &self.answers);
        for request in Object::keys(&self.answers).iter() {
            Reflect::delete_property(&self.answers, &request).expect("no answer");
        }
        Silenced { answers, gateway: self.answers.clone() }
    }

    pub fn silence(&self, request: &str) {
        Reflect::delete_property(&self.answers, &request.into()).expect("no answer");
    }

    pub fn count(&self, request: &str) -> usize {
        self.calls.iter().filter(|call| call.as_string().as_deref() == Some(request)).count()
    }
}

/// All the answers of a gateway that gives none.
pub struct Silenced {
    answers: Object,
    gateway: Object,
}

impl Silenced {
    pub fn speak(self) {
        Object::assign(&self.gateway, &self.answers);
    }
}

/// A request that waits for its answer.
pub struct Held(Function);

impl Held {
    pub fn release(self, status: u16, body: &impl Serialize) {
        self.0.call1(&JsValue::NULL, &response(status, body)).expect("an answer");
    }
}

fn response(status: u16, body: &impl Serialize) -> Array {
    let body = serde_json::to_string(body).expect("JSON");
    Array::of2(&status.into(), &body.into())
}

/// Lets everything that is under way come to rest.
pub async fn settle() {
    wait(150).await;
}

pub async fn wait(milliseconds: i32) {
    let promise = Promise::new(&mut |done, _| {
        window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds).expect("a timer");
    });
    JsFuture::from(promise).await.expect("time passes");
}

/// Puts the browser at an address of the portal.
pub fn go_to(address: &str) {
    window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)))
        .expect("an address");
}

/// A page that is at some address and drawn for whoever the gateway says.
pub async fn portal_at(address: &str) -> Mounted {
    go_to(address);
    let arrival = lanyard_shell::identity::callback::take_query();
    let mounted = Mounted::new(move || view! { <lanyard_shell::app::App arrival/> });
    settle().await;
    mounted
}
