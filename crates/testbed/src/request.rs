//! Requests as a caller of any kind may write them: every byte is the test's own. No redirect is followed, no
//! cookie is kept, no header is added but `Host` and `Content-Length`, and even those can be replaced.

use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use crate::{
    answer::{Answer, Exchange},
    counters::Counters,
    websocket::Socket,
};

/// A host behind a port of this machine. Requests go to 127.0.0.1 and name the host.
#[derive(Debug, Clone)]
pub struct Site {
    pub port: u16,
    /// With the port, as in `Host`.
    pub host: String,
    /// What browsers reach it by. Requests of tests come as from a terminator of TLS, without any.
    pub https: bool,
}

impl Site {
    pub fn new(host: &str, port: u16) -> Self {
        Self { port, host: format!("{host}:{port}"), https: false }
    }

    pub fn origin(&self) -> String {
        format!("{}://{}", if self.https { "https" } else { "http" }, self.host)
    }

    pub fn request(&self, method: &str, target: &str) -> Request {
        Request {
            port: self.port,
            method: method.into(),
            target: target.into(),
            headers: vec![("Host".into(), self.host.clone().into_bytes())],
            body: None,
        }
    }

    pub fn get(&self, target: &str) -> Request {
        self.request("GET", target)
    }

    pub fn post(&self, target: &str) -> Request {
        self.request("POST", target)
    }

    /// What a counter with this reason stands at, where this is the admin listener.
    pub async fn counter(&self, name: &str, reason: &str) -> u64 {
        Counters::at(self).await.of(name, reason)
    }

    /// How often the gateway has refused a request for this reason, where this is the admin listener.
    pub async fn refusals(&self, reason: &str) -> u64 {
        self.counter("lanyard_refusals_total", reason).await
    }

    /// Waits until this many have been refused for this reason: some are counted when their connection has
    /// ended, after the answer has arrived.
    pub async fn has_refused(&self, reason: &str, times: u64) {
        for _ in 0..100 {
            let count = self.refusals(reason).await;
            assert!(count <= times, "{count} refusals for '{reason}', more than {times}");
            if count == times {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("'{reason}' is not counted: {} refusals instead of {times}", self.refusals(reason).await);
    }

    /// Sends bytes as they are, on a connection of their own.
    pub async fn raw(&self, bytes: impl AsRef<[u8]>) -> Exchange {
        Exchange::begin(self.port, bytes.as_ref(), false).await
    }

    /// A request as the portal's own page sends it, with the header that changes need.
    pub fn api(&self, method: &str, target: &str) -> Request {
        self.request(method, target).fetch().origin(&self.origin()).header("x-lanyard-request", "1")
    }
}

/// One request, built up.
#[derive(Debug, Clone)]
pub struct Request {
    port: u16,
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Request {
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), value.as_ref().into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self
    }

    /// Takes the place of every header of that name.
    pub fn replace(self, name: &str, value: &str) -> Self {
        self.without(name).header(name, value)
    }

    /// One `Cookie` line: `name=value`, or several.
    pub fn cookie(self, pairs: &str) -> Self {
        self.header("Cookie", pairs)
    }

    pub fn origin(self, origin: &str) -> Self {
        self.replace("Origin", origin)
    }

    pub fn site(self, site: &str, mode: &str, destination: &str) -> Self {
        self.replace("Sec-Fetch-Site", site)
            .replace("Sec-Fetch-Mode", mode)
            .replace("Sec-Fetch-Dest", destination)
    }

    /// As a browser opens an address that was typed in.
    pub fn top_document(self) -> Self {
        self.site("none", "navigate", "document")
    }

    /// As a browser loads a frame inside the portal's page.
    pub fn frame_document(self) -> Self {
        self.site("same-site", "navigate", "iframe")
    }

    /// As a page of the same origin fetches.
    pub fn fetch(self) -> Self {
        self.site("same-origin", "cors", "empty")
    }

    /// A WebSocket handshake (RFC 6455, section 4.1) from this origin.
    pub fn websocket(self, origin: &str) -> Self {
        self.origin(origin)
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    pub fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.replace("Content-Type", kind)
    }

    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// What goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        let framed = self.headers.iter().any(|(name, _)| {
            name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding")
        });
        if let Some(body) = self.body.as_ref().filter(|_| !framed) {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }

    /// Sends it from another address of this machine.
    pub async fn send_from(self, source: &str) -> Answer {
        let bytes = self.bytes();
        Exchange::begin_from(source, self.port, &bytes, self.method == "HEAD").await.finish().await
    }

    pub async fn send(self) -> Answer {
        self.begin().await.finish().await
    }

    /// Sends it and leaves the answer to be read piece by piece.
    pub async fn begin(self) -> Exchange {
        Exchange::begin(self.port, &self.bytes(), self.method == "HEAD").await
    }

    /// Opens a WebSocket: the open socket, or the refusal.
    pub async fn open(self) -> Result<Socket, Answer> {
        Socket::open(self.begin().await).await
    }

    /// Opens a WebSocket that must open.
    pub async fn opened(self) -> Socket {
        self.open()
            .await
            .unwrap_or_else(|refusal| panic!("the WebSocket was refused:\n{}", refusal.everything()))
    }
}
