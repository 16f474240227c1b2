//! An upstream that stores every request byte for byte and knows what must never arrive: a cookie of ours, a
//! header that a test spoofed, and on a public dashboard anything about the viewer. It answers by path:
//!
//! `/slow` after a second, `/stream` in two pieces a second apart, `/redirect` to its own authority,
//! `/headers` with all that an upstream may not say, `/immutable`, `/echo` with the body it got; WebSockets
//! echo. Everything else is a small page.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{handshake::derive_accept_key, protocol::Role},
};

use crate::{answer::find, never_log::NeverLog};

/// The text that marks a header as spoofed, wherever it stands in a name or value.
pub const SPOOFED: &str = "spoofed";

/// Headers that speak of the viewer.
const IDENTITY: [&str; 6] = [
    "x-forwarded-user",
    "x-forwarded-preferred-username",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-lanyard-assertion",
    "authorization",
];

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub target: String,
    /// Names in lower case, values as they came.
    pub headers: Vec<(String, String)>,
    pub head: Vec<u8>,
    pub body: Vec<u8>,
}

impl Seen {
    fn of(head: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&head);
        let mut lines = text.trim_end().split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let pair =
            |line: &str| line.split_once(':').map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()));
        let headers = lines.filter_map(pair).collect();
        Self { method, target, headers, body: Vec::new(), head }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(key, _)| key == name).count()
    }

    fn violations(&self, public: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, value) in &self.headers {
            let line = format!("{name}: {value}").to_ascii_lowercase();
            if name == "cookie" && line.contains("__host-lanyard") {
                wrong.push(format!("a cookie of ours in {} {}", self.method, self.target));
            }
            if line.contains(SPOOFED) {
                wrong.push(format!("the spoofed header '{name}' in {} {}", self.method, self.target));
            }
            if public && IDENTITY.contains(&name.as_str()) {
                wrong.push(format!("'{name}' although it is public, in {} {}", self.method, self.target));
            }
        }
        if self.target.to_ascii_lowercase().contains("_lanyard/enter") {
            wrong.push(format!("Lanyard's own path: {}", self.target));
        }
        wrong
    }
}

/// Runs until it is dropped.
pub struct Recorder {
    port: u16,
    store: Arc<Store>,
    task: JoinHandle<()>,
}

struct Store {
    port: u16,
    public: bool,
    seen: Mutex<Vec<Seen>>,
    secrets: Arc<NeverLog>,
}

impl Recorder {
    pub async fn start(port: u16, public: bool, secrets: Arc<NeverLog>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        let store = Arc::new(Store { port, public, seen: Mutex::default(), secrets });
        let all = store.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, all.clone()));
            }
        });
        Self { port, store, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.store.seen.lock().expect("not poisoned").clone()
    }

    /// The latest request for this target.
    pub fn latest(&self, target: &str) -> Seen {
        let seen = self.seen();
        let found = seen.iter().rev().find(|one| one.target == target).cloned();
        found.unwrap_or_else(|| {
            let targets: Vec<_> = seen.iter().map(|one| one.target.clone()).collect();
            panic!("no request for {target} arrived, only {targets:?}")
        })
    }

    /// What arrived and must not.
    pub fn violations(&self) -> Vec<String> {
        self.seen().iter().flat_map(|seen| seen.violations(self.store.public)).collect()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, store: Arc<Store>) {
    let mut buffer = Vec::new();
    while let Some(seen) = read(&mut stream, &mut buffer).await {
        for (header, kind) in [("x-lanyard-assertion", "assertion"), ("authorization", "access token")] {
            if let Some(value) = seen.header(header) {
                store.secrets.note(kind, value.trim_start_matches("Bearer "));
            }
        }
        store.seen.lock().expect("not poisoned").push(seen.clone());
        if seen.header("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket")) {
            return echo(stream, &seen).await;
        }
        for (wait, bytes) in reply(&seen, store.port) {
            sleep(wait).await;
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }
}

/// One request with its body, by `Content-Length` or chunked with the framing left in.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let at = until(stream, buffer, b"\r\n\r\n").await?;
    let mut seen = Seen::of(buffer.drain(..at).collect());
    if seen.header("transfer-encoding").is_some() {
        let at = until(stream, buffer, b"0\r\n\r\n").await?;
        seen.body = buffer.drain(..at).collect();
    } else if let Some(length) = seen.header("content-length").and_then(|length| length.parse::<usize>().ok())
    {
        while buffer.len() < length {
            more(stream, buffer).await?;
        }
        seen.body = buffer.drain(..length).collect();
    }
    Some(seen)
}

async fn until(stream: &mut TcpStream, buffer: &mut Vec<u8>, end: &[u8]) -> Option<usize> {
    loop {
        if let Some(at) = find(buffer, end) {
            return Some(at + end.len());
        }
        more(stream, buffer).await?;
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 8 * 1024];
    match stream.read(&mut piece).await {
        Ok(count @ 1..) => {
            buffer.extend_from_slice(&piece[..count]);
            Some(())
        }
        _ => None,
    }
}

/// Pieces of the answer, each with the time to wait before it.
fn reply(seen: &Seen, port: u16) -> Vec<(Duration, Vec<u8>)> {
    let now = Duration::ZERO;
    let second = Duration::from_secs(1);
    let page = |headers: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    };
    match seen.target.split('?').next().unwrap_or_default() {
        "/slow" => vec![(second, page("", "slow and complete"))],
        "/stream" => vec![
            (
                now,
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                    .to_vec(),
            ),
            (now, b"7\r\nfirst\n\n\r\n".to_vec()),
            (second, b"8\r\nsecond\n\n\r\n0\r\n\r\n".to_vec()),
        ],
        "/redirect" => {
            let head = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://127.0.0.1:{port}/there?a=1\r\n\
                 Content-Location: http://127.0.0.1:{port}/here\r\nRefresh: 5; url=http://127.0.0.1:{port}/later\r\n\
                 Content-Length: 0\r\n\r\n"
            );
            vec![(now, head.into_bytes())]
        }
        "/headers" => vec![(now, page(HEADERS, "all that an upstream may not say"))],
        "/immutable" => vec![(now, page("Cache-Control: public, max-age=31536000, immutable\r\n", "kept"))],
        "/echo" => vec![(now, page("", &String::from_utf8_lossy(&seen.body)))],
        _ if seen.method == "HEAD" => {
            vec![(now, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n".to_vec())]
        }
        _ => vec![(now, page("", "<!doctype html><title>Recorder</title><p>the recorder's page</p>"))],
    }
}

/// What must be gone or different when a browser gets it.
const HEADERS: &str = "Set-Cookie: own=1; Path=/\r\n\
    Set-Cookie: __Host-lanyard-app=evil; Path=/; Secure\r\n\
    Set-Cookie: __HOST-LANYARD=evil; Path=/; Secure\r\n\
    Set-Cookie: wide=1; Domain=lanyard.localhost\r\n\
    Clear-Site-Data: \"*\"\r\n\
    Alt-Svc: h2=\":443\"\r\n\
    NEL: {}\r\n\
    Report-To: {}\r\n\
    Reporting-Endpoints: a=\"https://evil.example\"\r\n\
    X-Frame-Options: DENY\r\n\
    Service-Worker-Allowed: /\r\n\
    Content-Security-Policy: frame-ancestors 'none'; img-src 'self'\r\n\
    Cache-Control: public, max-age=600\r\n\
    X-Own: kept\r\n";

/// Accepts a WebSocket with the first subprotocol offered, and echoes.
async fn echo(mut stream: TcpStream, seen: &Seen) {
    let accept = derive_accept_key(seen.header("sec-websocket-key").unwrap_or_default().as_bytes());
    let offered = seen.header("sec-websocket-protocol").and_then(|offered| offered.split(',').next());
    let protocol =
        offered.map(|name| format!("Sec-WebSocket-Protocol: {}\r\n", name.trim())).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{protocol}\r\n"
    );
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    while let Some(Ok(message)) = socket.next().await {
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}
