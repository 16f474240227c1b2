//! What measurements do to a browser: a slower processor, and a session that it did not sign in for by itself, so
//! that its first visit is one.

use serde_json::json;

use super::page::Page;

impl Page {
    /// From now on the page has a processor that is so many times slower.
    pub async fn slow_cpu(&self, times: u32) {
        self.call("Emulation.setCPUThrottlingRate", json!({ "rate": times })).await;
    }

    /// Puts a cookie of ours into the browser, as an answer from this address would.
    pub async fn bring_cookie(&self, url: &str, name: &str, value: &str) {
        let cookie = json!({
            "url": url, "name": name, "value": value, "path": "/", "secure": true, "httpOnly": true,
            "sameSite": "Strict",
        });
        let answer = self.call("Network.setCookie", cookie).await;
        assert!(answer["success"] == true, "the browser does not take the cookie {name}");
    }
}
