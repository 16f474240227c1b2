//! A server for both sides of an attack in the browser. As the attacker's it serves pages that try what a page
//! can try (`hostile/*.js`) and takes their reports. As the target's it is as careless as an app can be: it
//! answers everything with figures, and lets everybody read them. It notes every request, so that a test sees
//! what arrived and not only what a page could read.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::SinkExt;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
};

use crate::{Site, answer::find};

/// What only the target's own page may read.
pub const FIGURES: &str = "7 231 890 EUR";

/// The pages that attack, by the name in their address, `/play/<name>.html`.
const PLAYS: [(&str, &str); 7] = [
    ("attempts", include_str!("hostile/attempts.js")),
    ("files", include_str!("hostile/files.js")),
    ("reach", include_str!("hostile/reach.js")),
    ("portal", include_str!("hostile/portal.js")),
    ("around", include_str!("hostile/around.js")),
    ("pressed", include_str!("hostile/pressed.js")),
    ("nuisance", include_str!("hostile/nuisance.js")),
];

/// An attacking page's script, for the page that may do all of it. Does nothing by itself without a `run`.
pub fn script(name: &str) -> &'static str {
    let play = PLAYS.iter().find(|(play, _)| *play == name);
    play.unwrap_or_else(|| panic!("no page is called '{name}'")).1
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// One attempt of a page, and what it got.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub name: String,
    /// Whether it reads something where it succeeds; the others only make something arrive.
    pub reads: bool,
    pub got: Option<String>,
}

/// Runs until it is dropped.
pub struct Server {
    port: u16,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    task: JoinHandle<()>,
}

impl Arrived {
    fn of(head: &[u8]) -> Self {
        let text = String::from_utf8_lossy(head);
        let mut lines = text.trim_end().split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let pair = |line: &str| Some(line.split_once(':')?).map(|(n, v)| (n.to_lowercase(), v.trim().into()));
        Self { method, target, headers: lines.filter_map(pair).collect(), body: Vec::new() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The attempt of a run that this is: `/<run>/<attempt>.<kind>`.
    pub fn attempt(&self, run: &str) -> Option<&str> {
        self.target.strip_prefix('/')?.strip_prefix(run)?.strip_prefix('/')?.split('.').next()
    }
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let arrived: Arc<Mutex<Vec<Arrived>>> = Arc::default();
        let all = arrived.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, all.clone()));
            }
        });
        Self { port, arrived, task }
    }

    /// It as a site of its own, without any gateway in front.
    pub fn site(&self, host: &str) -> Site {
        Site::new(host, self.port)
    }

    /// It as a dashboard, for the configuration. `rule` says who sees it.
    pub fn dashboard(&self, id: &str, rule: &str) -> String {
        let port = self.port;
        format!("[dashboards.{id}]\ntitle = \"Dashboard {id}\"\napp = \"http://127.0.0.1:{port}\"\n{rule}\n")
    }

    /// Every request so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().expect("not poisoned").clone()
    }

    /// The report of a run, once its page has sent it.
    pub async fn report(&self, run: &str) -> Vec<Attempt> {
        let target = format!("/report?run={run}");
        for _ in 0..400 {
            if let Some(report) = self.arrived().iter().find(|one| one.target == target) {
                return attempts(&serde_json::from_slice(&report.body).expect("a report is JSON"));
            }
            sleep(Duration::from_millis(50)).await;
        }
        let targets: Vec<_> = self.arrived().into_iter().map(|one| one.target).collect();
        panic!("no report of the run '{run}' within 20 s, only {targets:?}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The attempts of a report.
pub fn attempts(report: &Value) -> Vec<Attempt> {
    let one = |row: &Value| Attempt {
        name: row["name"].as_str().expect("a name").to_owned(),
        reads: row["reads"] == true,
        got: row["got"].as_str().map(str::to_owned),
    };
    report.as_array().expect("a list").iter().map(one).collect()
}

async fn serve(mut stream: TcpStream, all: Arc<Mutex<Vec<Arrived>>>) {
    let mut buffer = Vec::new();
    while let Some(arrived) = read(&mut stream, &mut buffer).await {
        all.lock().expect("not poisoned").push(arrived.clone());
        if arrived.header("upgrade").is_some() {
            return speak(stream, &arrived).await;
        }
        if stream.write_all(&answer(&arrived)).await.is_err() {
            return;
        }
    }
}

/// One request with its body, which browsers and the gateway send by its length.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Arrived> {
    let mut piece = [0; 8 * 1024];
    loop {
        let end = find(buffer, b"\r\n\r\n").map(|at| at + 4);
        let arrived = end.map(|end| (end, Arrived::of(&buffer[..end])));
        if let Some((end, mut arrived)) = arrived {
            let length = arrived.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if buffer.len() >= end + length {
                arrived.body = buffer.drain(..end + length).skip(end).collect();
                return Some(arrived);
            }
        }
        match stream.read(&mut piece).await {
            Ok(count @ 1..) => buffer.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}

fn answer(arrived: &Arrived) -> Vec<u8> {
    let path = arrived.target.split('?').next().unwrap_or_default();
    let (stem, kind) = path.rsplit('/').next().unwrap_or_default().rsplit_once('.').unwrap_or(("", "html"));
    let play = path.starts_with("/play/").then(|| PLAYS.iter().find(|(name, _)| *name == stem)).flatten();
    let (content, body) = match (kind, play) {
        ("js", Some((_, script))) => ("text/javascript", (*script).to_owned()),
        ("html", Some((name, _))) => {
            ("text/html", include_str!("hostile/play.html").replace("{{play}}", name))
        }
        (kind, _) => target(stem, kind),
    };
    let length = body.len();
    // A policy of its own, so that the gateway's default does not stop the page before the gateway has to.
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content}; charset=utf-8\r\nContent-Length: {length}\r\n\
         Content-Security-Policy: default-src * data: blob: 'unsafe-inline' 'unsafe-eval'\r\n\
         Access-Control-Allow-Origin: *\r\nCross-Origin-Resource-Policy: cross-origin\r\n\
         Service-Worker-Allowed: /\r\nCache-Control: no-store\r\n\r\n"
    );
    let body = if arrived.method == "HEAD" { String::new() } else { body };
    [head, body].concat().into_bytes()
}

/// What a target gives away, in the form that was asked for.
fn target(stem: &str, kind: &str) -> (&'static str, String) {
    match kind {
        "js" => {
            let script = format!(
                "(globalThis.loot ??= {{}})['{stem}'] = '{FIGURES}';\n\
                 if (!globalThis.document && globalThis.postMessage) postMessage('{FIGURES}');\n\
                 globalThis.onconnect = (event) => event.ports[0].postMessage('{FIGURES}');\n"
            );
            ("text/javascript", script)
        }
        "css" => ("text/css", format!(":root {{ --loot-{stem}: '{FIGURES}'; }}\n")),
        "svg" => (
            "image/svg+xml",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"16\"></svg>\n".to_owned(),
        ),
        "json" => ("application/json", format!("{{\"figures\":\"{FIGURES}\"}}\n")),
        "events" => ("text/event-stream", format!("data: {FIGURES}\n\n")),
        // With one frame inside: others may count a window's frames, and so see that it was drawn.
        _ => (
            "text/html",
            format!(
                "<!doctype html><html lang=\"en\"><title>Figures</title><p>{FIGURES}</p><iframe srcdoc=\"-\"></iframe></html>\n"
            ),
        ),
    }
}

/// Accepts a WebSocket and says the figures.
async fn speak(mut stream: TcpStream, arrived: &Arrived) {
    let accept = derive_accept_key(arrived.header("sec-websocket-key").unwrap_or_default().as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    if stream.write_all(head.as_bytes()).await.is_ok() {
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        let _ = socket.send(Message::text(FIGURES)).await;
        let _ = socket.close(None).await;
    }
}
