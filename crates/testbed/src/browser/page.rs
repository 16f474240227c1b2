//! A tab: opened, searched by role and accessible name, waited for. Every wait has an
//! end, says what was expected, and leaves evidence.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{
    cdp::Cdp,
    element::Element,
    traffic::{self, Load, Shared},
};

/// How often and how long something is waited for: 15 s.
const STEP: Duration = Duration::from_millis(50);
const STEPS: u32 = 300;

pub struct Page {
    pub(super) cdp: Cdp,
    pub(super) session: String,
    pub(super) traffic: Shared,
    pub(super) evidence: PathBuf,
}

impl Page {
    pub(super) async fn new(cdp: Cdp, session: String, evidence: PathBuf) -> Self {
        let traffic = traffic::watch(cdp.clone(), &session);
        for (method, params) in traffic::set_up() {
            cdp.call(Some(&session), method, params).await;
        }
        Self { cdp, session, traffic, evidence }
    }

    pub(super) async fn call(&self, method: &str, params: Value) -> Value {
        self.cdp.call(Some(&self.session), method, params).await
    }

    /// Opens an address and returns when its document has been read.
    pub async fn open(&self, url: &str) {
        let answer = self.call("Page.navigate", json!({ "url": url })).await;
        assert!(answer["errorText"].is_null(), "{url} does not open: {}", answer["errorText"]);
        self.holds("a document", "document.readyState !== 'loading'").await;
    }

    pub async fn back(&self) {
        self.eval("setTimeout(() => history.back(), 0)").await;
    }

    pub async fn reload(&self) {
        self.call("Page.reload", json!({})).await;
    }

    pub async fn url(&self) -> String {
        let url = self.try_eval("location.href").await.unwrap_or_default();
        url.as_str().unwrap_or_default().to_owned()
    }

    /// The visible text.
    pub async fn text(&self) -> String {
        self.eval("document.body ? document.body.innerText : ''")
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Evaluates an expression, and waits for its promise.
    pub async fn eval(&self, expression: &str) -> Value {
        self.try_eval(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn try_eval(&self, expression: &str) -> Result<Value, String> {
        evaluate(&self.cdp, &self.session, expression, None).await
    }

    /// What the browser downloads from now on goes into this folder.
    pub async fn download_to(&self, folder: &Path) {
        let to = json!({ "behavior": "allow", "downloadPath": folder });
        self.call("Page.setDownloadBehavior", to).await;
    }

    /// The browser's cookies, by name and value, whoever may read them.
    pub async fn cookies(&self) -> Vec<(String, String)> {
        let answer = self.call("Network.getAllCookies", json!({})).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let cookies = answer["cookies"].as_array().into_iter().flatten();
        cookies.map(|cookie| (text(&cookie["name"]), text(&cookie["value"]))).collect()
    }

    /// What was asked for since the page was made or `forget`.
    pub fn loads(&self) -> Vec<Load> {
        self.traffic.lock().expect("not poisoned").loads()
    }

    /// The origins of all that was asked for, by the page and its frames.
    pub fn origins(&self) -> Vec<String> {
        self.traffic.lock().expect("not poisoned").origins().into_iter().collect()
    }

    pub fn console(&self) -> Vec<String> {
        self.traffic.lock().expect("not poisoned").console.clone()
    }

    pub fn forget(&self) {
        self.traffic.lock().expect("not poisoned").forget();
    }

    /// Waits for an element with this role and accessible name. On the way to another document wait for its text
    /// first ([`Page::shows`]): a browser that is asked for roles just then may never answer again.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        self.until(&format!("a {role} named '{name}'"), async || {
            self.query(None, role, Some(name)).await.into_iter().next()
        })
        .await
    }

    /// All elements with this role and name at this moment.
    pub async fn query(&self, within: Option<&Element>, role: &str, name: Option<&str>) -> Vec<Element> {
        let root = match within {
            Some(element) => element.node,
            None => document(&self.cdp, &self.session).await.unwrap_or_default(),
        };
        query(&self.cdp, &self.session, root, role, name).await
    }

    /// Waits until no such element is left.
    pub async fn gone(&self, role: &str, name: &str) {
        self.until(&format!("no {role} named '{name}' any more"), async || {
            self.query(None, role, Some(name)).await.is_empty().then_some(())
        })
        .await;
    }

    /// Waits until the page shows this text.
    pub async fn shows(&self, text: &str) {
        self.until(&format!("the text '{text}'"), async || self.text().await.contains(text).then_some(()))
            .await;
    }

    /// Waits until the address begins like this.
    pub async fn at(&self, url: &str) {
        self.until(&format!("the address {url}"), async || self.url().await.starts_with(url).then_some(()))
            .await;
    }

    /// Waits until an expression is true.
    pub async fn holds(&self, what: &str, expression: &str) {
        self.until(what, async || {
            self.try_eval(expression).await.is_ok_and(|value| value == true).then_some(())
        })
        .await;
    }

    /// Waits for something, with an end.
    pub async fn until<T>(&self, what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
        let steps = async {
            for _ in 0..STEPS {
                let found = check().await;
                if found.is_some() {
                    return found;
                }
                sleep(STEP).await;
            }
            None
        };
        // A browser that does not answer at all is given up as well.
        if let Ok(Some(found)) = timeout(4 * STEPS * STEP, steps).await {
            return found;
        }
        self.fail(&format!("expected {what} within {} s", (STEP * STEPS).as_secs())).await
    }
}

pub(super) async fn document(cdp: &Cdp, session: &str) -> Option<i64> {
    let document = cdp.try_call(Some(session), "DOM.getDocument", json!({ "depth": 0 })).await.ok()?;
    document["root"]["backendNodeId"].as_i64()
}

/// Accessible nodes under a node. Nothing when the document has just been replaced.
pub(super) async fn query(
    cdp: &Cdp,
    session: &str,
    root: i64,
    role: &str,
    name: Option<&str>,
) -> Vec<Element> {
    let mut ask = json!({ "backendNodeId": root, "role": role });
    if let Some(name) = name {
        ask["accessibleName"] = name.into();
    }
    let answer = cdp.try_call(Some(session), "Accessibility.queryAXTree", ask).await.unwrap_or_default();
    let nodes = answer["nodes"].as_array().cloned().unwrap_or_default();
    let seen = nodes.iter().filter(|node| node["ignored"] != true);
    seen.filter_map(|node| node["backendDOMNodeId"].as_i64())
        .map(|node| Element { cdp: cdp.clone(), session: session.to_owned(), node })
        .collect()
}

/// The value of an expression, or what was thrown.
pub(super) async fn evaluate(
    cdp: &Cdp,
    session: &str,
    expression: &str,
    context: Option<i64>,
) -> Result<Value, String> {
    let mut ask = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
    if let Some(context) = context {
        ask["contextId"] = context.into();
    }
    let mut answer = cdp.try_call(Some(session), "Runtime.evaluate", ask).await?;
    match &answer["exceptionDetails"] {
        Value::Null => Ok(answer["result"]["value"].take()),
        thrown => Err(format!("threw {}", thrown["exception"]["description"])),
    }
}
