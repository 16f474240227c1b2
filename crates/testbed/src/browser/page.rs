//! A tab and the frames in it: opened, searched by role and accessible name, waited for. Every wait has an
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

/// Bokeh and Panel draw into shadow trees, which `innerText` leaves out.
const TEXT: &str = "(function text(root) {
    const own = [...root.children].map(child => child.innerText ?? '');
    const hosts = [...root.querySelectorAll('*')].filter(element => element.shadowRoot);
    return own.concat(hosts.map(host => text(host.shadowRoot))).join('\\n');
})(document)";

/// The document in the frame with a title, whichever it is at the moment: it may be replaced, and move to a
/// process of its own.
pub struct Frame<'a> {
    page: &'a Page,
    title: String,
}

/// Where a frame's document is right now.
struct Place {
    /// The protocol's name of the frame.
    id: String,
    session: String,
    own_process: bool,
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

    /// From now on the browser has lost its cookies whenever a POST to an address like this is answered.
    pub async fn lose_cookies_after(&self, address: &str) {
        let pattern = json!([{ "urlPattern": address, "requestStage": "Response" }]);
        self.call("Fetch.enable", json!({ "patterns": pattern })).await;
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

    /// Waits for an element with this role and accessible name.
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

    /// The frame with this title, once there is one.
    pub async fn frame(&self, title: &str) -> Frame<'_> {
        let frame = Frame { page: self, title: title.to_owned() };
        self.until(&format!("a frame titled '{title}'"), async || frame.place().await).await;
        frame
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

impl Frame<'_> {
    async fn place(&self) -> Option<Place> {
        let (cdp, page) = (&self.page.cdp, Some(self.page.session.as_str()));
        let selector = format!("iframe[title={}]", json!(self.title));
        let root = cdp.try_call(page, "DOM.getDocument", json!({ "depth": 0 })).await.ok()?;
        let find = json!({ "nodeId": root["root"]["nodeId"], "selector": selector });
        let node = cdp.try_call(page, "DOM.querySelector", find).await.ok()?;
        let describe = json!({ "nodeId": node["nodeId"] });
        let node = cdp.try_call(page, "DOM.describeNode", describe).await.ok()?;
        let id = node["node"]["frameId"].as_str()?.to_owned();
        let own = self.page.traffic.lock().expect("not poisoned").targets.get(&id).cloned();
        let own_process = own.is_some();
        Some(Place { id, session: own.unwrap_or_else(|| self.page.session.clone()), own_process })
    }

    /// Whether it lives in a process of its own.
    pub async fn has_own_process(&self) -> bool {
        self.place().await.is_some_and(|place| place.own_process)
    }

    async fn try_eval(&self, expression: &str) -> Result<Value, String> {
        let place = self.place().await.ok_or("no such frame")?;
        let cdp = &self.page.cdp;
        if place.own_process {
            return evaluate(cdp, &place.session, expression, None).await;
        }
        let world = json!({ "frameId": place.id, "worldName": "test" });
        let world = cdp.try_call(Some(&place.session), "Page.createIsolatedWorld", world).await?;
        evaluate(cdp, &place.session, expression, world["executionContextId"].as_i64()).await
    }

    pub async fn eval(&self, expression: &str) -> Value {
        self.try_eval(expression).await.unwrap_or_else(|error| panic!("{expression} in the frame: {error}"))
    }

    /// The visible text, with what components keep in trees of their own. A frame that is on its way to a process of its own is waited for.
    pub async fn text(&self) -> String {
        let text = self.page.until("the text of the frame", async || self.try_eval(TEXT).await.ok()).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub async fn url(&self) -> String {
        self.eval("location.href").await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn shows(&self, text: &str) {
        let what = format!("the text '{text}' in the frame");
        self.page.until(&what, async || self.text().await.contains(text).then_some(())).await;
    }

    pub async fn holds(&self, what: &str, expression: &str) {
        self.page
            .until(what, async || {
                self.try_eval(expression).await.is_ok_and(|value| value == true).then_some(())
            })
            .await;
    }

    pub async fn find(&self, role: &str, name: &str) -> Element {
        let what = format!("a {role} named '{name}' in the frame");
        self.page.until(&what, async || self.query(role, Some(name)).await.into_iter().next()).await
    }

    /// The element that an expression yields, once it does.
    pub async fn element(&self, what: &str, expression: &str) -> Element {
        let what = format!("{what} in the frame");
        self.page.until(&what, async || self.try_element(expression).await).await
    }

    async fn try_element(&self, expression: &str) -> Option<Element> {
        let place = self.place().await?;
        let (cdp, session) = (&self.page.cdp, Some(place.session.as_str()));
        let ask = json!({ "expression": expression });
        let answer = cdp.try_call(session, "Runtime.evaluate", ask).await.ok()?;
        let object = json!({ "objectId": answer["result"]["objectId"].as_str()? });
        let node = cdp.try_call(session, "DOM.describeNode", object).await.ok()?;
        let node = node["node"]["backendNodeId"].as_i64()?;
        Some(Element { cdp: cdp.clone(), session: place.session, node })
    }

    pub async fn query(&self, role: &str, name: Option<&str>) -> Vec<Element> {
        let cdp = &self.page.cdp;
        let Some(place) = self.place().await else { return Vec::new() };
        let session = Some(place.session.as_str());
        let root = if place.own_process {
            document(cdp, &place.session).await
        } else {
            let owner = cdp.try_call(session, "DOM.getFrameOwner", json!({ "frameId": place.id })).await;
            let Ok(owner) = owner else { return Vec::new() };
            let node = json!({ "backendNodeId": owner["backendNodeId"], "depth": 1, "pierce": true });
            let node = cdp.try_call(session, "DOM.describeNode", node).await;
            node.ok().and_then(|node| node["node"]["contentDocument"]["backendNodeId"].as_i64())
        };
        query(cdp, &place.session, root.unwrap_or_default(), role, name).await
    }
}

async fn document(cdp: &Cdp, session: &str) -> Option<i64> {
    let document = cdp.try_call(Some(session), "DOM.getDocument", json!({ "depth": 0 })).await.ok()?;
    document["root"]["backendNodeId"].as_i64()
}

/// Accessible nodes under a node. Nothing when the document has just been replaced.
async fn query(cdp: &Cdp, session: &str, root: i64, role: &str, name: Option<&str>) -> Vec<Element> {
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
async fn evaluate(cdp: &Cdp, session: &str, expression: &str, context: Option<i64>) -> Result<Value, String> {
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
