//! An upstream that stores every request byte for byte and knows what must never arrive: a cookie of ours, a
//! header that a test spoofed, framing with two readings, and on a public dashboard anything about the viewer.
//! It answers a path with the bytes that a test scripted for it; otherwise
//!
//! `/slow` after a second, `/stream` in two pieces a second apart, `/redirect` to its own authority,
//! `/headers` with all that an upstream may not say, `/immutable`, `/echo` with the body it got; WebSockets
//! echo. Everything else is a small page.

mod reply;
mod seen;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{answer::find, never_log::NeverLog};

pub use seen::{SPOOFED, Seen};

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
    /// Bytes that were no request.
    garbage: Mutex<Vec<String>>,
    scripts: Mutex<BTreeMap<String, Script>>,
    secrets: Arc<NeverLog>,
}

#[derive(Clone)]
struct Script {
    bytes: Vec<u8>,
    closes: bool,
    /// What comes some time after it, although nobody asked.
    late: Option<(Duration, Vec<u8>)>,
}

impl Recorder {
    pub async fn start(port: u16, public: bool, secrets: Arc<NeverLog>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        let store = Arc::new(Store {
            port,
            public,
            seen: Mutex::default(),
            garbage: Mutex::default(),
            scripts: Mutex::default(),
            secrets,
        });
        let all = store.clone();
        let task = tokio::spawn(async move {
            let mut nth = 0;
            while let Ok((stream, _)) = listener.accept().await {
                nth += 1;
                tokio::spawn(serve(stream, nth, all.clone()));
            }
        });
        Self { port, store, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on this path is answered with exactly these bytes, in one write, and the connection stays open.
    /// `{accept}` becomes what a handshake wants to hear, `{port}` the upstream's port.
    pub fn script(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        let script = Script { bytes: bytes.into(), closes: false, late: None };
        self.store.scripts.lock().expect("not poisoned").insert(path.into(), script);
    }

    /// The same, and the connection ends with it.
    pub fn script_and_close(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        let script = Script { bytes: bytes.into(), closes: true, late: None };
        self.store.scripts.lock().expect("not poisoned").insert(path.into(), script);
    }

    /// The same, and these bytes some time later, although nobody asked for them.
    pub fn script_late(
        &self,
        path: &str,
        bytes: impl Into<Vec<u8>>,
        after: Duration,
        late: impl Into<Vec<u8>>,
    ) {
        let script = Script { bytes: bytes.into(), closes: false, late: Some((after, late.into())) };
        self.store.scripts.lock().expect("not poisoned").insert(path.into(), script);
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.store.seen.lock().expect("not poisoned").clone()
    }

    /// Their targets.
    pub fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|one| one.target).collect()
    }

    /// The latest request for this target.
    pub fn latest(&self, target: &str) -> Seen {
        let seen = self.seen();
        let found = seen.iter().rev().find(|one| one.target == target).cloned();
        found.unwrap_or_else(|| panic!("no request for {target} arrived, only {:?}", self.targets()))
    }

    /// What arrived and must not.
    pub fn violations(&self) -> Vec<String> {
        let garbage = self.store.garbage.lock().expect("not poisoned").clone();
        let seen = self.seen().into_iter().flat_map(|seen| seen.violations(self.store.public));
        garbage.into_iter().chain(seen).collect()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, connection: usize, store: Arc<Store>) {
    let mut buffer = Vec::new();
    while let Some(seen) = read(&mut stream, &mut buffer, connection, &store).await {
        for (header, kind) in [("x-lanyard-assertion", "assertion"), ("authorization", "access token")] {
            if let Some(value) = seen.header(header) {
                store.secrets.note(kind, value.trim_start_matches("Bearer "));
            }
        }
        store.seen.lock().expect("not poisoned").push(seen.clone());
        let path = seen.target.split('?').next().unwrap_or_default();
        let script = store.scripts.lock().expect("not poisoned").get(path).cloned();
        if let Some(script) = script {
            if stream.write_all(&filled_in(&script.bytes, &seen, store.port)).await.is_err() || script.closes
            {
                return;
            }
            if let Some((after, late)) = script.late {
                sleep(after).await;
                let _ = stream.write_all(&late).await;
            }
            continue;
        }
        if seen.header("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket")) {
            return reply::echo(stream, &seen).await;
        }
        for (wait, bytes) in reply::reply(&seen, store.port) {
            sleep(wait).await;
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }
}

fn filled_in(script: &[u8], seen: &Seen, port: u16) -> Vec<u8> {
    let accept = derive_accept_key(seen.header("sec-websocket-key").unwrap_or_default().as_bytes());
    let mut bytes = script.to_vec();
    for (mark, value) in [(&b"{accept}"[..], accept), (b"{port}", port.to_string())] {
        while let Some(at) = find(&bytes, mark) {
            bytes.splice(at..at + mark.len(), value.bytes());
        }
    }
    bytes
}

/// One request with its body, by `Content-Length` or chunked with the framing left in.
async fn read(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    connection: usize,
    store: &Store,
) -> Option<Seen> {
    let Some(at) = until(stream, buffer, b"\r\n\r\n").await else {
        if !buffer.is_empty() {
            let text = String::from_utf8_lossy(buffer).into_owned();
            store.garbage.lock().expect("not poisoned").push(format!("bytes that are no request: {text:?}"));
        }
        return None;
    };
    let mut seen = Seen::of(buffer.drain(..at).collect(), connection);
    if seen.header("transfer-encoding").is_some() {
        loop {
            let line = until(stream, buffer, b"\r\n").await?;
            let size = std::str::from_utf8(&buffer[..line - 2]).ok();
            let Some(size) = size.and_then(|hex| usize::from_str_radix(hex, 16).ok()) else {
                let text = String::from_utf8_lossy(&buffer[..line]).into_owned();
                store
                    .garbage
                    .lock()
                    .expect("not poisoned")
                    .push(format!("a chunk without its size: {text:?}"));
                return None;
            };
            while buffer.len() < line + size + 2 {
                more(stream, buffer).await?;
            }
            seen.body.extend(buffer.drain(..line + size + 2));
            if size == 0 {
                break;
            }
        }
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
