//! The document in a frame, wherever the browser keeps it: read, searched by role and accessible name, waited for.

use serde_json::{Value, json};

use super::{
    element::Element,
    page::{Page, document, evaluate, query},
};

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
    /// The frame with this title, once there is one.
    pub async fn frame(&self, title: &str) -> Frame<'_> {
        let frame = Frame { page: self, title: title.to_owned() };
        self.until(&format!("a frame titled '{title}'"), async || frame.place().await).await;
        frame
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
