//! What a page and its frames did: requests with their sizes, console messages, frames that came and went.
//! Filled by one task for each page, read by tests after the fact.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::{
    cdp::{Cdp, Event},
    paused::Paused,
};

/// One request and what came of it.
#[derive(Debug, Clone, Default)]
pub struct Load {
    pub method: String,
    pub url: String,
    pub status: u64,
    /// `br`, `gzip` or nothing.
    pub encoding: String,
    /// Over the wire, with the head of the answer.
    pub bytes: u64,
    pub from_cache: bool,
}

/// Everything noted so far.
#[derive(Default)]
pub struct Traffic {
    /// Sessions of the page and of its frames in other processes, the page first.
    pub sessions: Vec<String>,
    /// Target ids (which are frame ids) of the sessions of frames.
    pub targets: HashMap<String, String>,
    loads: Vec<(String, Load)>,
    pub console: Vec<String>,
    pub(super) paused: Paused,
}

pub type Shared = Arc<Mutex<Traffic>>;

impl Traffic {
    pub fn loads(&self) -> Vec<Load> {
        self.loads.iter().map(|(_, load)| load.clone()).collect()
    }

    /// Scheme, host and port of everything that was asked for.
    pub fn origins(&self) -> BTreeSet<String> {
        let origin = |url: &str| url::Url::parse(url).map(|url| url.origin().ascii_serialization()).ok();
        let loads = self.loads.iter().filter(|(_, load)| !load.url.starts_with("data:"));
        loads.filter_map(|(_, load)| origin(&load.url)).filter(|origin| origin != "null").collect()
    }

    pub fn forget(&mut self) {
        self.loads.clear();
        self.console.clear();
    }

    fn load(&mut self, event: &Event) -> Option<&mut Load> {
        let id = event.params["requestId"].as_str()?;
        let at = self.loads.iter().rposition(|(known, _)| known == id)?;
        Some(&mut self.loads[at].1)
    }

    fn note(&mut self, event: &Event) {
        let params = &event.params;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match event.method.as_str() {
            "Network.requestWillBeSent" => {
                let (method, url) = (text(&params["request"]["method"]), text(&params["request"]["url"]));
                let load = Load { method, url, ..Load::default() };
                self.loads.push((text(&params["requestId"]), load));
            }
            "Network.webSocketCreated" => {
                let load = Load { url: text(&params["url"]), ..Load::default() };
                self.loads.push((text(&params["requestId"]), load));
            }
            "Network.responseReceived" => {
                let (response, headers) = (&params["response"], &params["response"]["headers"]);
                let encoding = headers.as_object().into_iter().flatten();
                let encoding = encoding.filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
                let encoding = encoding.map(|(_, value)| text(value)).next().unwrap_or_default();
                if let Some(load) = self.load(event) {
                    load.status = response["status"].as_u64().unwrap_or(0);
                    load.from_cache = response["fromDiskCache"].as_bool().unwrap_or(false);
                    load.encoding = encoding;
                }
            }
            "Network.loadingFinished" => {
                let bytes = params["encodedDataLength"].as_f64().unwrap_or(0.0) as u64;
                if let Some(load) = self.load(event) {
                    load.bytes = bytes;
                }
            }
            "Runtime.consoleAPICalled" => {
                let arguments = params["args"].as_array().into_iter().flatten();
                let words: Vec<_> = arguments.map(|one| text(&one["value"])).collect();
                self.console.push(format!("{}: {}", text(&params["type"]), words.join(" ")));
            }
            "Runtime.exceptionThrown" => {
                self.console
                    .push(format!("exception: {}", params["exceptionDetails"]["exception"]["description"]));
            }
            "Log.entryAdded" => {
                let entry = &params["entry"];
                self.console.push(format!(
                    "{}: {} {}",
                    text(&entry["level"]),
                    text(&entry["text"]),
                    text(&entry["url"])
                ));
            }
            _ => {}
        }
    }
}

/// Notes what happens in a page, from now on.
pub fn watch(cdp: Cdp, page: &str) -> Shared {
    let shared: Shared = Arc::default();
    shared.lock().expect("not poisoned").sessions.push(page.to_owned());
    let traffic = Arc::downgrade(&shared);
    let mut events = cdp.events();
    tokio::spawn(async move {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            };
            let Some(traffic) = traffic.upgrade() else { return };
            let mut traffic = traffic.lock().expect("not poisoned");
            if traffic.sessions.contains(&event.session) {
                handle(&cdp, &mut traffic, &event);
            }
        }
    });
    shared
}

fn handle(cdp: &Cdp, traffic: &mut Traffic, event: &Event) {
    match event.method.as_str() {
        "Target.attachedToTarget" => {
            let session = event.params["sessionId"].as_str().unwrap_or_default().to_owned();
            let target = event.params["targetInfo"]["targetId"].as_str().unwrap_or_default().to_owned();
            for (method, params) in set_up() {
                cdp.send(&session, method, params);
            }
            cdp.send(&session, "Runtime.runIfWaitingForDebugger", json!({}));
            traffic.targets.insert(target, session.clone());
            traffic.sessions.push(session);
        }
        "Target.detachedFromTarget" => {
            let session = event.params["sessionId"].as_str().unwrap_or_default();
            traffic.targets.retain(|_, known| known != session);
            traffic.sessions.retain(|known| known != session);
        }
        "Fetch.requestPaused" => traffic.paused.take(cdp, event),
        _ => traffic.note(event),
    }
}

/// What every page and frame is told when it begins.
pub fn set_up() -> Vec<(&'static str, Value)> {
    let attach = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
    vec![
        ("Network.enable", json!({})),
        ("Runtime.enable", json!({})),
        ("Log.enable", json!({})),
        ("Page.enable", json!({})),
        ("DOM.enable", json!({})),
        ("Accessibility.enable", json!({})),
        ("Target.setAutoAttach", attach),
    ]
}
