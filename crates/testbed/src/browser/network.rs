//! What the network does to a page: it loses cookies, holds requests up, or is not there. Everything else it
//! carries as it is.

use serde_json::json;

use super::{page::Page, paused::Paused};

impl Page {
    /// From now on the browser has lost its cookies whenever a POST to an address like this is answered.
    pub async fn lose_cookies_after(&self, address: &str) {
        self.traffic.lock().expect("not poisoned").paused = Paused::LosesCookies;
        let pattern = json!([{ "urlPattern": address, "requestStage": "Response" }]);
        self.call("Fetch.enable", json!({ "patterns": pattern })).await;
    }

    /// From now on what is asked of an address like this stays on its way, as in a network that stalls.
    pub async fn hold(&self, address: &str) {
        self.traffic.lock().expect("not poisoned").paused = Paused::Held(Vec::new());
        let pattern = json!([{ "urlPattern": address, "requestStage": "Request" }]);
        self.call("Fetch.enable", json!({ "patterns": pattern })).await;
    }

    /// Waits until something is held up.
    pub async fn holds_something(&self) {
        self.until("a request that is held up", async || {
            let paused = &self.traffic.lock().expect("not poisoned").paused;
            matches!(paused, Paused::Held(held) if !held.is_empty()).then_some(())
        })
        .await;
    }

    /// Lets go what was held up, and holds nothing any more.
    pub async fn release(&self) {
        let held = std::mem::take(&mut self.traffic.lock().expect("not poisoned").paused);
        if let Paused::Held(held) = held {
            for (session, request) in held {
                let _ = self.cdp.try_call(Some(&session), "Fetch.continueRequest", request).await;
            }
        }
        self.call("Fetch.disable", json!({})).await;
    }

    /// Whether the browser has a network at all.
    pub async fn network(&self, there: bool) {
        let conditions =
            json!({ "offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.call("Network.emulateNetworkConditions", conditions).await;
    }
}
