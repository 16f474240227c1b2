//! How the dashboard on the screen is: asked while somebody looks at it and at no other time, and what people
//! then read.

use js_sys::{Function, Promise};
use lanyard_contract::wire::{AppState, Kind, Problem, ProblemCode, SocketState, StateAnswer, TicketAnswer};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    frames::{frames, gateway_for},
    haste::Haste,
    page::{Gateway, Mounted, portal_at, settle},
    story::{self, NOWHERE},
};

const STATE: &str = "GET /api/dashboards/finance/state";
const TICKET: &str = "POST /api/dashboards/finance/ticket";
const SILENT: &str = "Finance Team KPI does not answer";

fn is(gateway: &Gateway, app: AppState, socket: SocketState) {
    gateway.answer(STATE, 200, &StateAnswer { app, socket });
}

fn bar(page: &Mounted) -> String {
    page.texts("header .condition, header .button").join(" ")
}

pub fn announced(page: &Mounted) -> String {
    page.texts("[role=status]").concat()
}

/// Waits for something, at most ten seconds, however fast they go by.
pub async fn until(what: &str, page: &Mounted, check: impl Fn() -> bool) {
    for _ in 0..400 {
        if check() {
            break;
        }
        real(25).await;
    }
    assert!(check(), "never {what}: {}", page.text());
}

/// Lets so many milliseconds pass that nothing makes faster.
pub async fn real(milliseconds: i32) {
    let frame = Function::new_with_args(
        "wait",
        "const end = performance.now() + wait;
         return new Promise((done) => {
             const look = () => (performance.now() < end ? requestAnimationFrame(look) : done());
             look();
         });",
    );
    let promise: Promise =
        frame.call1(&JsValue::NULL, &milliseconds.into()).expect("a wait").unchecked_into();
    JsFuture::from(promise).await.expect("time passes");
}

/// Carla at her dashboard: its frame has loaded, and the first question was asked.
async fn finance(gateway: &Gateway) -> Mounted {
    let page = portal_at("/d/finance").await;
    until("asked as soon as the frame has loaded", &page, || gateway.count(STATE) > 0).await;
    page
}

/// Lets time run faster from the next question on, which is now.
fn hasten() -> Haste {
    let haste = Haste::begin();
    come_online();
    haste
}

pub fn come_online() {
    run("window.dispatchEvent(new Event('online'))");
}

/// Runs a line of script.
pub fn run(script: &str) {
    Function::new_no_args(script).call0(&JsValue::NULL).expect("it runs");
}

/// Shows or hides the whole page until it is dropped.
struct Visibility;

impl Visibility {
    fn set(state: &str) -> Self {
        run(&format!(
            "Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }});
             document.dispatchEvent(new Event('visibilitychange', {{ bubbles: true }}))"
        ));
        Self
    }
}

impl Drop for Visibility {
    fn drop(&mut self) {
        run("delete document.visibilityState");
    }
}

#[wasm_bindgen_test]
async fn an_app_that_is_down_twice_in_a_row_is_said_to_be_and_entered_again_once_it_answers() {
    let gateway = gateway_for("c");
    let page = finance(&gateway).await;
    is(&gateway, AppState::Down, SocketState::None);
    let haste = hasten();
    let before = gateway.count(STATE);
    until("said to be down", &page, || page.text().contains(SILENT)).await;
    assert!(gateway.count(STATE) >= before + 2, "once is an accident");
    assert!(announced(&page).contains(SILENT), "{}", announced(&page));
    haste.seconds(60).await;
    assert_eq!(gateway.count(TICKET), 1, "not entered while it is down");
    is(&gateway, AppState::Silent, SocketState::None);
    haste.seconds(20).await;
    assert_eq!(gateway.count(TICKET), 1, "nor while nobody knows");
    is(&gateway, AppState::Answers, SocketState::None);
    until("back", &page, || announced(&page) == "Finance Team KPI is back.").await;
    assert_eq!(gateway.count(TICKET), 2);
    assert!(!page.text().contains(SILENT), "{}", page.text());
}

#[wasm_bindgen_test]
async fn an_app_that_is_busy_changes_nothing() {
    let gateway = gateway_for("c");
    is(&gateway, AppState::Silent, SocketState::Open);
    let page = finance(&gateway).await;
    let haste = hasten();
    let before = gateway.count(STATE);
    haste.seconds(60).await;
    let asked = gateway.count(STATE) - before;
    assert!((3..=13).contains(&asked), "every five seconds: {asked} times in a minute");
    assert!(!page.text().contains(SILENT) && bar(&page).is_empty(), "{}", page.text());
    gateway.silence(STATE);
    haste.seconds(30).await;
    assert!(!page.text().contains(SILENT) && bar(&page).is_empty(), "{}", page.text());
    let asked = gateway.count(STATE);
    until("asked on, without any answer", &page, || gateway.count(STATE) > asked).await;
}

#[wasm_bindgen_test]
async fn a_socket_that_stays_cut_is_said_to_be_disconnected_until_it_is_open_or_entered_again() {
    let gateway = gateway_for("c");
    let page = finance(&gateway).await;
    let disconnected = || bar(&page) == "Disconnected Reconnect";
    is(&gateway, AppState::Answers, SocketState::Cut);
    let before = gateway.count(STATE);
    let haste = hasten();
    until("disconnected", &page, disconnected).await;
    assert!(gateway.count(STATE) >= before + 2, "it may come back by itself");
    assert_eq!(announced(&page), "Finance Team KPI is disconnected.");
    is(&gateway, AppState::Answers, SocketState::None);
    haste.seconds(20).await;
    assert!(disconnected(), "no socket is none that came back: {}", bar(&page));
    is(&gateway, AppState::Answers, SocketState::Open);
    until("well again", &page, || bar(&page).is_empty() && announced(&page).is_empty()).await;

    is(&gateway, AppState::Answers, SocketState::Cut);
    until("disconnected again", &page, disconnected).await;
    let first = frames(&page)[0].name();
    is(&gateway, AppState::Answers, SocketState::None);
    page.click("header .button");
    until("well again", &page, || bar(&page).is_empty() && announced(&page).is_empty()).await;
    assert_ne!(frames(&page)[0].name(), first, "a new frame");
    assert_eq!(gateway.count(TICKET), 2);
}

#[wasm_bindgen_test]
async fn a_hidden_page_asks_nothing_and_at_once_when_it_is_shown() {
    let gateway = gateway_for("a");
    let page = finance(&gateway).await;
    let haste = hasten();
    let hidden = Visibility::set("hidden");
    haste.seconds(2).await;
    let asked = gateway.count(STATE);
    haste.seconds(60).await;
    assert_eq!(gateway.count(STATE), asked, "nobody sees it");
    drop(hidden);
    let visible = Visibility::set("visible");
    until("asked when it is seen again", &page, || gateway.count(STATE) > asked).await;
    drop(visible);

    page.click("nav a[href='/d/forecast']");
    settle().await;
    let left = gateway.count(STATE);
    haste.seconds(60).await;
    assert_eq!(gateway.count(STATE), left, "another dashboard is on the screen");
    page.click("nav a[href='/d/finance']");
    until("asked when it is shown again", &page, || gateway.count(STATE) > left).await;
}

#[wasm_bindgen_test]
async fn coming_online_asks_at_once_and_never_twice_at_a_time() {
    let gateway = gateway_for("c");
    let page = finance(&gateway).await;
    settle().await;
    let held = gateway.hold(STATE);
    let before = gateway.count(STATE);
    (0..3).for_each(|_| come_online());
    settle().await;
    assert_eq!(gateway.count(STATE), before + 1);
    held.release(200, &StateAnswer { app: AppState::Answers, socket: SocketState::None });
    settle().await;
    assert_eq!(bar(&page), "");
}

#[wasm_bindgen_test]
async fn a_session_that_is_over_is_said_to_be() {
    let gateway = gateway_for("c");
    let page = finance(&gateway).await;
    gateway.answer("GET /api/session", 200, &story::nobody());
    let problem = Problem { code: ProblemCode::SignedOut, message: "m".into(), reference: "r".into() };
    gateway.answer(STATE, 401, &problem);
    come_online();
    until("signed out", &page, || page.text().contains("You were signed out")).await;
    assert!(frames(&page).is_empty());
}

#[wasm_bindgen_test]
async fn a_frame_that_takes_long_is_waited_for_in_words() {
    let gateway = gateway_for("c");
    let held = gateway.hold(TICKET);
    let page = portal_at("/d/finance").await;
    let haste = Haste::begin();
    let waits = || bar(&page) == "Waiting for Finance Team KPI…";
    until("waited for", &page, waits).await;
    haste.seconds(20).await;
    assert!(waits() && gateway.count(STATE) == 0, "nothing is there to ask about: {}", bar(&page));
    let action = format!("{NOWHERE}/_lanyard/enter");
    held.release(200, &TicketAnswer { ticket: "a-ticket".into(), action });
    until("there", &page, || bar(&page).is_empty()).await;
}

#[wasm_bindgen_test]
async fn what_enforces_itself_is_not_asked_about() {
    let gateway = gateway_for("c");
    let mut session = story::session("c");
    for dashboard in &mut session.dashboards {
        dashboard.kind = Kind::External { url: format!("{NOWHERE}/") };
    }
    gateway.answer("GET /api/session", 200, &session);
    let page = portal_at("/d/finance").await;
    real(800).await;
    let haste = Haste::begin();
    haste.seconds(20).await;
    assert_eq!((frames(&page).len(), gateway.count(STATE)), (1, 0));
}
