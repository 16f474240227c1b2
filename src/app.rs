//! The whole of it: contexts, router, and which page an address and a session add up to. It chooses; the
//! pages do the rest.

use lanyard_contract::{paths::LocalPath, wire::SessionAnswer};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::Router,
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};

use crate::{
    config::Portal,
    dashboards::{
        app_frame::{Connection, Silence, Tools},
        home::Home,
        not_found::Forbidden,
        stage::{Stage, StageView, Wanted},
        window::WindowPage,
    },
    identity::{
        Session, SignIn, SignOut,
        callback_page::CallbackPage,
        session::{Ended, Standing, Why},
        sign_in::Progress,
        sign_in_page::{
            NotBegunPage, OverPage, SignInButton, SignInPage, SignedOutPage, SilentPage, Underway,
        },
        sign_out::LeavingPage,
        watch::{self, OtherTabs},
    },
    layout::{
        address::{self, Address},
        frame::{Frame, focus_heading},
        theme,
    },
    memory::Memory,
    policy::{Admission, admit},
    ui::{announce::Announcer, words},
};

/// What fills the window.
#[derive(Debug, Clone, PartialEq)]
enum Screen {
    Starting,
    Silent(Option<String>),
    SigningIn(Progress),
    SigningOut,
    Callback,
    SignedOut,
    Window(Wanted),
    /// A page without a frame around it, on the way to a window of its own.
    Alone(Page),
    Framed,
}

/// What fills the frame.
#[derive(Debug, Clone, PartialEq)]
enum Page {
    Home(SessionAnswer),
    Dashboard(Wanted),
    SignIn,
    Over(Ended),
    Forbidden,
}

/// `arrival` is the query that a callback came with.
#[component]
pub fn App(arrival: Option<String>) -> impl IntoView {
    let portal = Portal::new();
    let session = Session::new();
    let tabs = OtherTabs::new();
    let announcer = Announcer::new();
    provide_context(portal);
    provide_context(session);
    provide_context(announcer);
    provide_context(SignIn::new(portal));
    provide_context(tabs);
    provide_context(SignOut::new(session, tabs));
    provide_context(Stage::new(session, announcer));
    let memory = Memory::new(session);
    provide_context(memory);
    theme::begin(portal, memory);
    watch::begin(session, tabs);
    spawn_local(portal.load());
    spawn_local(async move {
        let _ = session.refresh(Why::Unsaid).await;
    });
    view! { <Router><Screens arrival/></Router> }
}

#[component]
fn Screens(arrival: Option<String>) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let location = use_location();
    let navigate = use_navigate();
    complete_navigations();
    let (path, query) = (location.pathname, location.search);
    let here = Memo::new(move |_| address::read(&path.get(), &query.get()));
    let return_to = Signal::derive(move || address::here(&path.get(), &query.get()));
    let page = Memo::new(move |_| page(&here.get()));
    let screen = Memo::new(move |_| screen(&here.get(), page));
    let arrival = StoredValue::new(arrival.unwrap_or_default());
    let arrived = UnsyncCallback::new(move |to: LocalPath| {
        let options = NavigateOptions { resolve: false, replace: true, ..Default::default() };
        navigate(to.as_str(), options);
    });
    go_home_signed_in(here, arrived);
    name_the_page(portal, page, screen);
    move || {
        match screen.get() {
        Screen::Starting => ().into_any(),
        Screen::Framed => view! { <Framed page return_to/> }.into_any(),
        alone => view! {
            <main class="alone">
                {match alone {
                    Screen::Silent(reference) => view! { <SilentPage reference/> }.into_any(),
                    Screen::SigningIn(Progress::Failed(failure)) => view! { <NotBegunPage failure/> }.into_any(),
                    Screen::SigningOut => view! { <LeavingPage/> }.into_any(),
                    Screen::Callback => {
                        let query = arrival.try_update_value(std::mem::take).unwrap_or_default();
                        view! { <CallbackPage query arrived/> }.into_any()
                    }
                    Screen::SignedOut => view! { <SignedOutPage/> }.into_any(),
                    Screen::Window(Wanted { dashboard, path }) => view! { <WindowPage dashboard path/> }.into_any(),
                    Screen::Alone(page) => content(page, return_to),
                    _ => view! { <Underway/> }.into_any(),
                }}
            </main>
        }
        .into_any(),
    }
    }
}

/// Which page an address and the session add up to; `None` until the session is known.
fn page(here: &Address) -> Option<Page> {
    let session = expect_context::<Session>();
    let answer = session.answer()?;
    let ended = session.ended();
    if let (Address::Home | Address::SignedOut, None) = (here, ended) {
        return Some(Page::Home(answer));
    }
    let deep = match here {
        Address::Dashboard(deep) => Some(deep),
        _ => None,
    };
    Some(match (admit(&answer, deep.map(|deep| &deep.id)), ended) {
        (Admission::Open(dashboard), _) => {
            Page::Dashboard(Wanted { dashboard, path: deep.and_then(|deep| deep.path.clone()) })
        }
        (_, Some(ended)) => Page::Over(ended),
        (Admission::SignIn, _) => Page::SignIn,
        (Admission::Refused, _) => Page::Forbidden,
    })
}

fn screen(here: &Address, page: Memo<Option<Page>>) -> Screen {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    if expect_context::<SignOut>().leaving() {
        return Screen::SigningOut;
    }
    match expect_context::<SignIn>().progress() {
        Progress::Idle => {}
        progress => return Screen::SigningIn(progress),
    }
    if !portal.loaded() {
        return portal.failure().map_or(Screen::Starting, |error| Screen::Silent(error.reference()));
    }
    if *here == Address::Callback {
        return Screen::Callback;
    }
    let page = match (session.standing(), page.get()) {
        (Standing::Silent(error), _) => return Screen::Silent(error.reference()),
        (_, None) => return Screen::Starting,
        (_, Some(page)) => page,
    };
    match (here, page) {
        (Address::SignedOut, _) if session.person().is_none() => Screen::SignedOut,
        (Address::Dashboard(deep), Page::Dashboard(wanted)) if deep.window => Screen::Window(wanted),
        (Address::Dashboard(deep), page) if deep.window => Screen::Alone(page),
        _ => Screen::Framed,
    }
}

/// Whoever is signed in at `/signed-out`, or signs in while it is shown, has no business there.
fn go_home_signed_in(here: Memo<Address>, go: UnsyncCallback<LocalPath>) {
    let session = expect_context::<Session>();
    Effect::new(move |_| {
        if here.get() == Address::SignedOut && session.person().is_some() {
            go.run(LocalPath::root());
        }
    });
}

/// A page without its frame. A dashboard has none: it is on the stage.
fn content(page: Page, return_to: Signal<LocalPath>) -> AnyView {
    match page {
        Page::Home(answer) => view! { <Home answer/> }.into_any(),
        Page::Dashboard(wanted) => view! { <Silence title=wanted.dashboard.title/> }.into_any(),
        Page::SignIn => view! { <SignInPage return_to/> }.into_any(),
        Page::Over(ended) => view! { <OverPage ended return_to/> }.into_any(),
        Page::Forbidden => view! { <Forbidden/> }.into_any(),
    }
}

#[component]
fn Framed(page: Memo<Option<Page>>, return_to: Signal<LocalPath>) -> impl IntoView {
    let session = expect_context::<Session>();
    let wanted = Memo::new(move |_| match page.get() {
        Some(Page::Dashboard(wanted)) => Some(wanted),
        _ => None,
    });
    let title = Signal::derive(move || page.with(|page| page.as_ref().and_then(bar_title)));
    let here = Signal::derive(move || wanted.get().map(|wanted| wanted.dashboard.id));
    let home = Signal::derive(move || page.with(|page| matches!(page, Some(Page::Home(_)))));
    let tools = move || {
        wanted.get().map(|wanted| {
            let invite = session.person().is_none().then(|| view! { <SignInButton return_to/> });
            view! { {invite}<Tools wanted/> }
        })
    };
    let condition = move || wanted.get().map(|wanted| view! { <Connection title=wanted.dashboard.title/> });
    view! {
        <Frame title here home condition tools>
            <div class="page">{move || page.get().map(|page| content(page, return_to))}</div>
            <StageView wanted=wanted.into()/>
        </Frame>
    }
}

/// The heading that stands in the bar; the other pages have theirs in the middle.
fn bar_title(page: &Page) -> Option<String> {
    match page {
        Page::Home(answer) if answer.identity.is_some() => Some(words::HOME.to_owned()),
        Page::Dashboard(wanted) => Some(wanted.dashboard.title.clone()),
        _ => None,
    }
}

/// The document's title follows the page, and so does the focus, except on arrival.
fn name_the_page(portal: Portal, page: Memo<Option<Page>>, screen: Memo<Screen>) {
    let path = use_location().pathname;
    Effect::new(move |before: Option<Place>| {
        let screen = screen.get();
        let title = portal.title();
        let page = page.get();
        let name = page.as_ref().filter(|_| screen == Screen::Framed).and_then(bar_title);
        // Until the portal has said its name, that of index.html stands.
        if !title.is_empty() {
            document().set_title(&match &name {
                Some(name) => [name, " · ", &title].concat(),
                None => title,
            });
        }
        if screen != Screen::Starting {
            remove_skeleton();
        }
        let kind = page.as_ref().map(std::mem::discriminant);
        let place = Place { screen, kind, name, path: path.get_untracked() };
        // What was there before the first answer was no page, and the same page with other figures is no other.
        if before.is_some_and(|before| before.screen != Screen::Starting && before != place) {
            request_animation_frame(focus_heading);
        }
        place
    });
}

/// What makes a page another one for whoever looks at it.
#[derive(PartialEq)]
struct Place {
    screen: Screen,
    kind: Option<std::mem::Discriminant<Page>>,
    name: Option<String>,
    path: String,
}

/// What index.html drew while there was nothing to draw yet.
fn remove_skeleton() {
    if let Some(skeleton) = document().get_element_by_id("starting") {
        skeleton.remove();
    }
}

/// Writes the address once a navigation has arrived: the page is a function of the address here, so there
/// is nothing to wait for.
fn complete_navigations() {
    let browser = use_context::<BrowserUrl>();
    let location = use_location();
    Effect::new(move |_| {
        location.pathname.track();
        if let Some(browser) = &browser {
            browser.ready_to_complete();
        }
    });
}
