//! The pages of a sign-in that are not a dashboard's: the invitation, the wait, and every way it can fail.
//! Each has one main action; the words are in `ui::words`.

use lanyard_contract::paths::LocalPath;
use leptos::{prelude::*, task::spawn_local};

use super::{
    SignIn,
    failure::{Failure, FailureKind},
    session::{Ended, Session, Why},
    sign_in::Account,
};
use crate::{
    api::ApiError,
    config::Portal,
    locale,
    ui::{
        page::{Button, StatePage},
        words,
    },
};

/// "Sign in to *portal*".
#[component]
pub fn SignInPage(return_to: Signal<LocalPath>) -> impl IntoView {
    let portal = expect_context::<Portal>();
    view! {
        <StatePage words=words::signed_out(&portal.title(), &portal.provider())>
            <SignInButton return_to/>
        </StatePage>
    }
}

/// "You were signed out".
#[component]
pub fn OverPage(ended: Ended, return_to: Signal<LocalPath>) -> impl IntoView {
    let why = match ended.why {
        Why::Expired => Some(words::TIME_WAS_UP),
        Why::OtherWindow => Some(words::IN_ANOTHER_WINDOW),
        Why::Unsaid => None,
    };
    view! {
        <StatePage words=words::session_over(&locale::time_of_day(ended.at), why)>
            <SignInButton return_to/>
        </StatePage>
    }
}

/// `/signed-out`, where the provider sends people after its own sign-out.
#[component]
pub fn SignedOutPage() -> impl IntoView {
    let portal = expect_context::<Portal>();
    let home = Signal::stored(LocalPath::root());
    view! {
        <StatePage words=words::left(&portal.title())>
            <SignInButton return_to=home/>
        </StatePage>
    }
}

#[component]
pub fn SignInButton(return_to: Signal<LocalPath>, #[prop(default = true)] primary: bool) -> impl IntoView {
    let sign_in = expect_context::<SignIn>();
    view! {
        <Button primary label=words::SIGN_IN press=move || sign_in.start(return_to.get_untracked(), Account::Any)/>
    }
}

/// "Signing you in".
#[component]
pub fn Underway() -> impl IntoView {
    view! { <StatePage words=words::signing_in()>""</StatePage> }
}

/// A sign-in that ended at its callback.
#[component]
pub fn FailurePage(failure: Failure, return_to: LocalPath) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let sign_in = expect_context::<SignIn>();
    let words = match failure.kind {
        // The code is spent: only the person can begin anew.
        FailureKind::ProviderSilent => words::provider_was_silent(&portal.provider()),
        _ => failure.words(portal),
    };
    let other = matches!(failure.kind, FailureKind::Refused(_)).then(|| {
        let return_to = return_to.clone();
        view! {
            <Button label=words::USE_ANOTHER_ACCOUNT
                press=move || sign_in.start(return_to.clone(), Account::Choose)/>
        }
    });
    let outdated = failure.kind == FailureKind::Outdated;
    let again = move || match outdated {
        // At this address there is nothing to reload: the provider's answer has been taken out of it.
        true => drop(window().location().assign(return_to.as_str())),
        false => sign_in.start(return_to.clone(), Account::Any),
    };
    view! {
        <StatePage reference=failure.reference words=words.clone()>
            <Button primary=true label=words.action press=again/>
            {other}
        </StatePage>
    }
}

/// A sign-in that could not even begin.
#[component]
pub fn NotBegunPage(failure: Failure) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let sign_in = expect_context::<SignIn>();
    let words = failure.words(portal);
    let outdated = failure.kind == FailureKind::Outdated;
    let again = move || if outdated { reload() } else { sign_in.retry() };
    view! {
        <StatePage reference=failure.reference words=words.clone()>
            <Button primary=true label=words.action press=again/>
        </StatePage>
    }
}

/// The portal itself does not answer, or this page cannot read it: its settings or the session are not known.
#[component]
pub fn SilentPage(error: ApiError) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    let outdated = error == ApiError::Outdated;
    let again = move || {
        if outdated {
            return reload();
        }
        spawn_local(async move {
            portal.load().await;
            let _ = session.refresh(Why::Unsaid).await;
        });
    };
    let words = if outdated { words::outdated() } else { words::portal_silent(&portal.title()) };
    view! {
        <StatePage reference=error.reference() words=words.clone()>
            <Button primary=true label=words.action press=again/>
        </StatePage>
    }
}

/// Begins the page anew, with what the portal serves now.
pub fn reload() {
    let _ = window().location().reload();
}
