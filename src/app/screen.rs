//! Which page an address and a session add up to, and what fills the window with it. It draws nothing.

use lanyard_contract::wire::SessionAnswer;
use leptos::prelude::*;

use crate::{
    api::ApiError,
    config::Portal,
    dashboards::stage::Wanted,
    identity::{
        Session, SignIn, SignOut,
        failure::FailureKind,
        session::{Ended, Standing},
        sign_in::Progress,
    },
    layout::address::Address,
    policy::{Admission, admit},
    ui::words,
};

/// What fills the window.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Screen {
    Starting,
    Silent(ApiError),
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
pub(super) enum Page {
    Home(SessionAnswer),
    Dashboard(Wanted),
    SignIn,
    Over(Ended),
    Forbidden,
}

impl Screen {
    /// Whether it says by itself that the portal does not answer.
    pub(super) fn says_silence(&self) -> bool {
        match self {
            Self::Silent(_) | Self::SigningOut => true,
            Self::SigningIn(Progress::Failed(failure)) => failure.kind == FailureKind::PortalSilent,
            _ => false,
        }
    }
}

/// Which page an address and the session add up to; `None` until the session is known.
pub(super) fn page(here: &Address) -> Option<Page> {
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

pub(super) fn screen(here: &Address, page: Memo<Option<Page>>) -> Screen {
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
        return portal.failure().map_or(Screen::Starting, Screen::Silent);
    }
    if *here == Address::Callback {
        return Screen::Callback;
    }
    let page = match (session.standing(), page.get()) {
        (Standing::Silent(error), _) => return Screen::Silent(error),
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

/// The heading that stands in the bar; the other pages have theirs in the middle.
pub(super) fn bar_title(page: &Page) -> Option<String> {
    match page {
        Page::Home(answer) if answer.identity.is_some() => Some(words::HOME.to_owned()),
        Page::Dashboard(wanted) => Some(wanted.dashboard.title.clone()),
        _ => None,
    }
}
