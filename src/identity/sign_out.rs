//! Signing out: everything off the screen and out of this tab first, then the gateway, then the provider.
//! When the gateway cannot be reached it says so, because the session then still lives.

use leptos::{prelude::*, task::spawn_local};

use super::{Session, sign_in_page::reload, watch::OtherTabs};
use crate::{
    api::{self, ApiError},
    config::Portal,
    ui::{
        page::{Button, StatePage},
        words,
    },
};

/// Signing out, as a context.
#[derive(Clone, Copy)]
pub struct SignOut {
    session: Session,
    tabs: OtherTabs,
    leaving: RwSignal<bool>,
    failed: RwSignal<Option<ApiError>>,
}

impl SignOut {
    pub fn new(session: Session, tabs: OtherTabs) -> Self {
        Self { session, tabs, leaving: RwSignal::new(false), failed: RwSignal::new(None) }
    }

    /// Whether the page belongs to nothing but signing out.
    pub fn leaving(self) -> bool {
        self.leaving.get()
    }

    /// The gateway answers again: what could not be ended is ended now.
    pub fn resume(self) {
        if self.failed.get_untracked() == Some(ApiError::Network) {
            self.start();
        }
    }

    pub fn start(self) {
        self.failed.set(None);
        self.leaving.set(true);
        self.session.forget();
        spawn_local(async move {
            // The frames leave the document before the gateway hears of it.
            leptos::task::tick().await;
            match api::sign_out().await {
                Ok(answer) => {
                    self.tabs.tell();
                    let next = answer.logout_url.filter(|url| is_web(url));
                    let _ = window().location().assign(next.as_deref().unwrap_or("/signed-out"));
                }
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

#[component]
pub fn LeavingPage() -> impl IntoView {
    let portal = expect_context::<Portal>();
    let sign_out = expect_context::<SignOut>();
    move || match sign_out.failed.get() {
        None => view! { <StatePage words=words::signing_out()>""</StatePage> }.into_any(),
        Some(error) => {
            let outdated = error == ApiError::Outdated;
            let words = if outdated { words::outdated() } else { words::still_signed_in(&portal.title()) };
            let again = move || if outdated { reload() } else { sign_out.start() };
            view! {
                <StatePage reference=error.reference() words=words.clone()>
                    <Button primary=true label=words.action press=again/>
                </StatePage>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_followed_after_signing_out() {
        assert!(is_web("https://id.example/logout?x=1"));
        assert!(!is_web("javascript:alert(1)"));
        assert!(!is_web("data:text/html,x"));
    }
}
