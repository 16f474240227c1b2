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
    clock,
    config::Portal,
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
        Why::Expired => Some("its time was up"),
        Why::OtherWindow => Some("in another window"),
        Why::Unsaid => None,
    };
    view! {
        <StatePage words=words::session_over(&clock::time_of_day(ended.at), why)>
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
pub fn SignInButton(return_to: Signal<LocalPath>) -> impl IntoView {
    let sign_in = expect_context::<SignIn>();
    view! {
        <Button primary=true label="Sign in" press=move || sign_in.start(return_to.get_untracked(), Account::Any)/>
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
    let mut words = failure.words(portal);
    if failure.kind == FailureKind::ProviderSilent {
        // The code is spent: only the person can begin anew.
        words.sentence = "Try again in a moment; nothing is lost.".into();
        words.action = "Try again";
    }
    let other = matches!(failure.kind, FailureKind::Refused(_)).then(|| {
        let return_to = return_to.clone();
        view! {
            <Button label="Use another account"
                press=move || sign_in.start(return_to.clone(), Account::Choose)/>
        }
    });
    view! {
        <StatePage reference=failure.reference words=words.clone()>
            <Button primary=true label=words.action press=move || sign_in.start(return_to.clone(), Account::Any)/>
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
    view! {
        <StatePage reference=failure.reference words=words.clone()>
            <Button primary=true label=words.action press=move || sign_in.retry()/>
        </StatePage>
    }
}

/// The portal itself does not answer: neither its settings nor the session are known.
#[component]
pub fn SilentPage(reference: Option<String>) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    let again = move || {
        spawn_local(async move {
            portal.load().await;
            let _ = session.refresh(Why::Unsaid).await;
        });
    };
    let words = words::portal_silent(&portal.title());
    view! {
        <StatePage reference words=words.clone()>
            <Button primary=true label=words.action press=again/>
        </StatePage>
    }
}
