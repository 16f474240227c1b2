//! The whole of it: contexts, router, and the page that `screen` has chosen, with the notice over it. The pages
//! do the rest.

mod changes;
mod notices;
mod reach;
mod screen;

use lanyard_contract::paths::LocalPath;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::Router,
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};

use self::{
    notices::AppNotices,
    screen::{Page, Screen, bar_title},
};
use crate::{
    api::Heard,
    config::Portal,
    dashboards::{
        app_frame::{Connection, Silence, Tools},
        full_screen::{FullScreen, WayBack},
        home::Home,
        not_found::Forbidden,
        stage::{Stage, Wanted},
        stage_view::StageView,
        window::WindowPage,
    },
    identity::{
        Session, SignIn, SignOut,
        callback_page::CallbackPage,
        session::Why,
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
        navigation::Brand,
        theme,
    },
    memory::Memory,
    ui::announce::Announcer,
};

/// `arrival` is the query that a callback came with.
#[component]
pub fn App(arrival: Option<String>) -> impl IntoView {
    let portal = Portal::new();
    let session = Session::new();
    let tabs = OtherTabs::new();
    let announcer = Announcer::new();
    let heard = Heard::begin();
    provide_context(heard);
    provide_context(portal);
    provide_context(session);
    provide_context(announcer);
    let (sign_in, sign_out) = (SignIn::new(portal), SignOut::new(session, tabs));
    provide_context(sign_in);
    provide_context(tabs);
    provide_context(sign_out);
    let stage = Stage::new(portal, session, announcer);
    provide_context(stage);
    provide_context(FullScreen::begin());
    let memory = Memory::new(session);
    provide_context(memory);
    theme::begin(portal, memory);
    watch::begin(session, tabs);
    changes::announce(session, announcer);
    heard.on_return(move || {
        stage.resume();
        sign_in.resume();
        sign_out.resume();
    });
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
    let page = Memo::new(move |_| screen::page(&here.get()));
    let screen = Memo::new(move |_| screen::screen(&here.get(), page));
    let arrival = StoredValue::new(arrival.unwrap_or_default());
    let arrived = UnsyncCallback::new(move |to: LocalPath| {
        let options = NavigateOptions { resolve: false, replace: true, ..Default::default() };
        navigate(to.as_str(), options);
    });
    go_home_signed_in(here, arrived);
    name_the_page(portal, page, screen);
    let filled = move || {
        match screen.get() {
        Screen::Starting => ().into_any(),
        Screen::Framed => view! { <Framed page return_to/> }.into_any(),
        alone => view! {
            <main class="alone">
                <Brand/>
                {match alone {
                    Screen::Silent(error) => view! { <SilentPage error/> }.into_any(),
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
    };
    let says_silence = Signal::derive(move || screen.with(Screen::says_silence));
    view! { {filled}<AppNotices says_silence/> }
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
    let full_screen = expect_context::<FullScreen>();
    Effect::new(move |_| {
        if wanted.with(Option::is_none) {
            full_screen.leave();
        }
    });
    on_cleanup(move || full_screen.leave());
    let title = Signal::derive(move || page.with(|page| page.as_ref().and_then(bar_title)));
    let here = Signal::derive(move || wanted.get().map(|wanted| wanted.dashboard.id));
    let home = Signal::derive(move || page.with(|page| matches!(page, Some(Page::Home(_)))));
    let tools = move || {
        wanted.get().map(|wanted| {
            let invite =
                session.person().is_none().then(|| view! { <SignInButton return_to primary=false/> });
            view! { {invite}<Tools wanted/> }
        })
    };
    let condition = move || wanted.get().map(|wanted| view! { <Connection title=wanted.dashboard.title/> });
    view! {
        <Frame title here home condition tools>
            <div class="page">{move || page.get().map(|page| content(page, return_to))}</div>
            <StageView wanted=wanted.into()/>
            <WayBack/>
        </Frame>
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
