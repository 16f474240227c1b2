//! Where the frames of a page really are, at any depth and in any process: what no page can say of a frame
//! that another origin's document is in, or that the browser was told not to draw.

use serde_json::{Value, json};

use super::page::Page;

impl Page {
    /// The addresses of all frames' documents at this moment, without the page's own.
    pub async fn framed(&self) -> Vec<String> {
        let sessions = self.traffic.lock().expect("not poisoned").sessions.clone();
        let mut found = Vec::new();
        for (nth, session) in sessions.iter().enumerate() {
            // The frame may be gone meanwhile.
            let tree = self.cdp.try_call(Some(session), "Page.getFrameTree", json!({})).await;
            let Ok(tree) = tree else { continue };
            let skip = usize::from(nth == 0);
            found.extend(addresses(&tree["frameTree"]).into_iter().skip(skip));
        }
        found
    }
}

/// Of a frame and of those in it that share its process, the outer one first.
fn addresses(tree: &Value) -> Vec<String> {
    let own = tree["frame"]["url"].as_str().unwrap_or_default().to_owned();
    let inner = tree["childFrames"].as_array().into_iter().flatten().flat_map(addresses);
    std::iter::once(own).chain(inner).collect()
}
