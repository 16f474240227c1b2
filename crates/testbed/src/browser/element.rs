//! One element of a page or frame: read, and clicked where people would click it.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use tokio::time::timeout;

use super::cdp::Cdp;

#[derive(Clone)]
pub struct Element {
    pub(super) cdp: Cdp,
    pub(super) session: String,
    /// The protocol's lasting number of the node.
    pub(super) node: i64,
}

impl Element {
    async fn object(&self) -> String {
        let node = json!({ "backendNodeId": self.node });
        let resolved = self.cdp.call(Some(&self.session), "DOM.resolveNode", node).await;
        resolved["object"]["objectId"].as_str().expect("the element is still there").to_owned()
    }

    /// Calls a JavaScript function with the element as `this`.
    pub async fn call(&self, function: &str) -> Value {
        let call = json!({
            "objectId": self.object().await, "functionDeclaration": function,
            "returnByValue": true, "awaitPromise": true, "userGesture": true,
        });
        let mut answer = self.cdp.call(Some(&self.session), "Runtime.callFunctionOn", call).await;
        assert!(answer["exceptionDetails"].is_null(), "{function} threw: {}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    pub async fn text(&self) -> String {
        self.call("function () { return this.innerText }").await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn attribute(&self, name: &str) -> Option<String> {
        let function = format!("function () {{ return this.getAttribute({}) }}", json!(name));
        self.call(&function).await.as_str().map(str::to_owned)
    }

    /// Clicks with the mouse, in the middle of the element, in a page's own document.
    pub async fn click(&self) {
        let node = json!({ "backendNodeId": self.node });
        self.cdp.call(Some(&self.session), "DOM.scrollIntoViewIfNeeded", node.clone()).await;
        let quads = self.cdp.call(Some(&self.session), "DOM.getContentQuads", node).await;
        let quad: Vec<f64> =
            quads["quads"][0].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        assert_eq!(quad.len(), 8, "an element that is clicked has a place on the page");
        let (x, y) = ((quad[0] + quad[4]) / 2.0, (quad[1] + quad[5]) / 2.0);
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({
                "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1,
            });
            // The click may take the page away before the last answer comes.
            let _ = self.cdp.try_call(Some(&self.session), "Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types into a field, in the place of what is there.
    pub async fn fill(&self, text: &str) {
        self.call("function () { this.focus(); this.select() }").await;
        self.cdp.call(Some(&self.session), "Input.insertText", json!({ "text": text })).await;
    }

    /// Gives a file to an input for files, as a person does in the dialog.
    pub async fn choose(&self, file: &Path) {
        let files = json!({ "backendNodeId": self.node, "files": [file] });
        self.cdp.call(Some(&self.session), "DOM.setFileInputFiles", files).await;
    }

    /// Clicks by script, and agrees when the page then asks this.
    pub async fn press_and_confirm(&self, question: &str) {
        let mut events = self.cdp.events();
        let (element, cdp) = (self.clone(), self.cdp.clone());
        // Its answer comes only when the dialog is gone.
        let press = tokio::spawn(async move { element.press().await });
        let asked = async {
            loop {
                let event = events.recv().await.expect("the browser is there");
                if event.method == "Page.javascriptDialogOpening" {
                    break event;
                }
            }
        };
        let event = timeout(Duration::from_secs(15), asked).await.expect("a dialog within 15 s");
        assert_eq!(event.params["message"], question);
        cdp.call(Some(&event.session), "Page.handleJavaScriptDialog", json!({ "accept": true })).await;
        press.await.expect("pressed");
    }

    /// Clicks by script: for elements inside frames.
    pub async fn press(&self) {
        self.call("function () { this.click() }").await;
    }
}
