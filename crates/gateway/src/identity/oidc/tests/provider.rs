//! A provider on a real port of this machine, whose every answer a test can replace, byte for byte, and
//! that remembers what it was asked. It speaks HTTP badly on purpose, when told to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// One request, as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub head: String,
    pub body: String,
}

#[derive(Clone)]
pub enum Reply {
    Json(u16, Value),
    /// The very bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// Bytes repeated without end.
    Endless(Vec<u8>, Vec<u8>),
    /// A byte a second.
    Trickle,
    Silence,
}

pub struct TestProvider {
    pub issuer: String,
    routes: Arc<Mutex<HashMap<String, Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl TestProvider {
    /// Listens. The issuer is a name under `localhost`, which only RFC 6761 resolves.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://id.localhost:{}", listener.local_addr().expect("an address").port());
        let this = Self { issuer, routes: Arc::default(), seen: Arc::default() };
        let (routes, seen) = (this.routes.clone(), this.seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, routes.clone(), seen.clone()));
            }
        });
        this
    }

    pub fn document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
            "userinfo_endpoint": at("/userinfo"),
            "end_session_endpoint": at("/logout"),
        })
    }

    pub fn on(&self, path: &str, reply: Reply) {
        self.routes.lock().expect("a lock").insert(path.to_owned(), reply);
    }

    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let all = self.seen.lock().expect("a lock");
        all.iter().filter(|seen| seen.path == path).cloned().collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    routes: Arc<Mutex<HashMap<String, Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let length: usize = length.map_or(0, |digits| digits.parse().expect("a length"));
    while bytes.len() < end + length {
        stream.read_buf(&mut bytes).await?;
    }
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let path = head.split(' ').nth(1).expect("a path").to_owned();
    let body = String::from_utf8_lossy(&bytes[end..]).into_owned();
    seen.lock().expect("a lock").push(Seen { path: path.clone(), head, body });
    let reply = routes.lock().expect("a lock").get(&path).cloned();
    match reply.unwrap_or(Reply::Json(404, json!({}))) {
        Reply::Json(status, body) => stream.write_all(&json_answer(status, &body)).await?,
        Reply::Raw(bytes) => stream.write_all(&bytes).await?,
        Reply::Endless(head, chunk) => {
            stream.write_all(&head).await?;
            loop {
                stream.write_all(&chunk).await?;
            }
        }
        Reply::Trickle => {
            for byte in json_answer(200, &json!({ "slow": "x".repeat(1000) })) {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
        Reply::Silence => std::future::pending().await,
    }
    stream.shutdown().await
}

fn json_answer(status: u16, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}
