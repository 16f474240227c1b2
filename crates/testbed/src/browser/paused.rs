//! Requests that the browser pauses for a test: let go of when the cookies that they brought are gone, or held up.

use serde_json::{Value, json};

use super::cdp::{Cdp, Event};

/// What becomes of requests that the browser pauses.
#[derive(Default)]
pub(super) enum Paused {
    /// Its answers arrive when the cookies that they brought are gone.
    #[default]
    LosesCookies,
    /// Held up, by session and id, until the page lets them go.
    Held(Vec<(String, Value)>),
}

impl Paused {
    /// From within the handling of an event.
    pub(super) fn take(&mut self, cdp: &Cdp, event: &Event) {
        let request = json!({ "requestId": event.params["requestId"] });
        if let Self::Held(held) = self {
            held.push((event.session.clone(), request));
            return;
        }
        let (cdp, session) = (cdp.clone(), event.session.clone());
        let post = event.params["request"]["method"] == "POST";
        // The answer reaches the page only when the cookies it brought are gone.
        tokio::spawn(async move {
            if post {
                let _ = cdp.try_call(Some(&session), "Network.clearBrowserCookies", json!({})).await;
            }
            let _ = cdp.try_call(Some(&session), "Fetch.continueResponse", request).await;
        });
    }
}
