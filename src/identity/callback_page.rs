//! `/callback`: finishes a sign-in with the provider's answer, or says why it cannot be finished. It never
//! starts another sign-in by itself, so that nothing can loop.

use lanyard_contract::{paths::LocalPath, wire::SessionRequest};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Session,
    callback::{self, Callback, Outcome},
    failure::{Failure, FailureKind},
    session::Why,
    sign_in_page::{FailurePage, Underway},
    transaction,
    watch::OtherTabs,
};
use crate::{api, clock, config::Portal};

/// What is left when a sign-in does not succeed: why, and where it was to lead.
type Broken = (Failure, LocalPath);

/// Called with the page to go to.
pub type Arrived = leptos::callback::UnsyncCallback<LocalPath>;

/// `arrived` is called with the page to go to, once somebody is signed in.
#[component]
pub fn CallbackPage(query: String, arrived: Arrived) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    let tabs = expect_context::<OtherTabs>();
    let broken = RwSignal::new(None::<Broken>);
    spawn_local(async move {
        match finish(&query, portal, session).await {
            Ok(return_to) => {
                tabs.tell();
                arrived.run(return_to);
            }
            Err(why) => broken.set(Some(why)),
        }
    });
    move || match broken.get() {
        None => view! { <Underway/> }.into_any(),
        Some((failure, return_to)) => view! { <FailurePage failure return_to/> }.into_any(),
    }
}

async fn finish(query: &str, portal: Portal, session: Session) -> Result<LocalPath, Broken> {
    let expired = || (Failure::of(FailureKind::Expired), LocalPath::root());
    let Callback { state, iss, outcome } = callback::parse(query).map_err(|_| expired())?;
    let transaction = transaction::take(&state, clock::now()).ok_or_else(expired)?;
    let return_to = transaction.return_to;
    let broken = |kind| (Failure::of(kind), return_to.clone());
    let code = match outcome {
        Outcome::Code(code) => code,
        Outcome::Refused { description } => {
            let description = description.filter(|_| is_from(portal, iss.as_deref()));
            return Err(broken(FailureKind::Refused(description)));
        }
    };
    let request = SessionRequest { code, verifier: transaction.verifier, state, iss };
    api::redeem(&request).await.map_err(|error| (lost_or(error.into()), return_to.clone()))?;
    // Only a second question tells whether the browser kept the cookie.
    session.refresh(Why::Unsaid).await.map_err(|error| (error.into(), return_to.clone()))?;
    if session.person_untracked().is_none() {
        return Err(broken(FailureKind::CookieNotKept));
    }
    Ok(return_to)
}

/// The sign-in began in this very tab and not long ago. When the gateway misses its cookie all the same, the
/// browser did not keep it.
fn lost_or(failure: Failure) -> Failure {
    match failure.kind {
        FailureKind::Expired => Failure { kind: FailureKind::CookieNotKept, ..failure },
        _ => failure,
    }
}

/// RFC 9207, section 2.4: an error that names another issuer is not our provider's.
fn is_from(portal: Portal, iss: Option<&str>) -> bool {
    portal.settings().is_some_and(|known| iss.is_none_or(|iss| iss == known.provider.issuer))
}
