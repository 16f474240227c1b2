//! A real listener with the proxy behind it, and apps that are scripts over bare sockets: what they record is
//! what really left us.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::app;
use crate::{
    clock::Timestamp,
    config::{App, Scheme},
    dashboards::{
        Body, Introductions, Proxy, framing,
        inbound::{Heads, Inbound},
        prepared::Prepared,
        proxy::Quiet,
    },
    identity::session::{
        Shared,
        connections::{Connections, Ending},
    },
    policy::Permit,
    socket::Socket,
};

// RFC 8410, section 10.3.
const PEM: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----";

/// How long a silence may be.
const IDLE: Duration = Duration::from_secs(1);

/// What a test waits for at most.
pub const SOON: Duration = Duration::from_secs(5);

pub struct Gateway {
    pub address: SocketAddr,
    pub connections: Arc<Connections>,
    /// What asking again answers.
    pub ending: Arc<Mutex<Option<Ending>>>,
    /// How many times more it answers that all is well before it does.
    pub spared: Arc<AtomicUsize>,
}

impl Gateway {
    /// In front of this app; idle limit 1 s.
    pub async fn start(app: App, session: Option<Shared>) -> Self {
        let portal = "https://dash.example".parse().expect("the portal");
        let connections = Arc::new(Connections::default());
        let proxy = Arc::new(Proxy::of(
            HashMap::from([(app.id.clone(), Prepared::new(&app, &portal))]),
            Arc::new(Introductions::for_tests(PEM, 100)),
            connections.clone(),
            Quiet { http: IDLE, websocket: IDLE },
        ));
        let permit = Arc::new(Permit::for_tests(Arc::new(app), session));
        let ending = Arc::new(Mutex::new(None));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let spared = Arc::new(AtomicUsize::new(0));
        let now = (ending.clone(), spared.clone());
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let (proxy, permit, now) = (proxy.clone(), permit.clone(), now.clone());
                let serve = service_fn(move |request| {
                    serve(proxy.clone(), permit.clone(), peer, now.clone(), request)
                });
                let mut builder = http1::Builder::new();
                let heads = Heads::default();
                builder.timer(heads.clone()).half_close(false);
                let inbound = Inbound::new(Socket::new(stream, IDLE), heads);
                tokio::spawn(builder.serve_connection(inbound, serve).with_upgrades());
            }
        });
        Self { address, connections, ending, spared }
    }

    pub async fn before(upstream: SocketAddr, session: Option<Shared>) -> Self {
        Self::start(app(&upstream.to_string()), session).await
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the gateway listens")
    }

    /// Sends these bytes and reads until the gateway closes.
    pub async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("writing");
        String::from_utf8_lossy(&read_to_end(&mut stream).await).into_owned()
    }

    /// Waits until so many connections are registered.
    pub async fn registered(&self, count: usize) {
        let reached = async {
            while self.connections.count() != count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(SOON, reached).await.unwrap_or_else(|_| panic!("never {count} registered"));
    }
}

async fn serve(
    proxy: Arc<Proxy>,
    permit: Arc<Permit>,
    peer: SocketAddr,
    (ending, spared): (Arc<Mutex<Option<Ending>>>, Arc<AtomicUsize>),
    request: http::Request<Incoming>,
) -> Result<http::Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let judged = framing::check(&parts, Scheme::Http).map(|_| framing::is_websocket(&parts));
    let request = http::Request::from_parts(parts, body);
    let recheck = move || {
        let count = spared.load(Ordering::Relaxed);
        spared.store(count.saturating_sub(1), Ordering::Relaxed);
        if count > 0 { None } else { *ending.lock().expect("a lock") }
    };
    let answer = match judged {
        Err(malformed) => Err((malformed.status(), malformed.name())),
        Ok(socket) => {
            let now = Timestamp(1_795_000_000_000);
            let answer = if socket {
                proxy.tunnel(&permit, peer.ip(), now, request, recheck).await
            } else {
                proxy.forward(&permit, peer.ip(), now, request, recheck).await
            };
            answer.map_err(|error| (error.status(), error.name()))
        }
    };
    Ok(answer.unwrap_or_else(|(status, name)| {
        let mut response = http::Response::new(Body::from(name));
        *response.status_mut() = status;
        response
    }))
}

/// An app that runs this script on every connection.
pub async fn upstream<F, Done>(script: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Done + Send + 'static,
    Done: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(script(stream));
        }
    });
    address
}

/// An app that gives the same answer to every request, and a record of every byte that it was sent.
pub async fn recording(answer: &'static str) -> (SocketAddr, Arc<Mutex<String>>) {
    let record = Arc::new(Mutex::new(String::new()));
    let shared = record.clone();
    let address = upstream(move |mut stream| {
        let record = shared.clone();
        async move {
            while let Some(request) = read_request(&mut stream).await {
                record.lock().expect("a lock").push_str(&request);
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    })
    .await;
    (address, record)
}

/// One whole request, or `None` at the end.
pub async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let head = read_head(stream).await?;
    let lower = head.to_ascii_lowercase();
    let mut body = Vec::new();
    if lower.contains("transfer-encoding: chunked") {
        while !body.ends_with(b"0\r\n\r\n") {
            body.push(stream.read_u8().await.ok()?);
        }
    } else if let Some((_, rest)) = lower.split_once("content-length: ") {
        body.resize(rest.split("\r\n").next()?.parse().ok()?, 0);
        stream.read_exact(&mut body).await.ok()?;
    }
    Some(head + &String::from_utf8_lossy(&body))
}

/// A message's head with the empty line, byte by byte so that nothing behind it is taken.
pub async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(SOON, stream.read_u8()).await.ok()?.ok()?);
    }
    String::from_utf8(head).ok()
}

/// Everything until the other side ends or resets.
pub async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let (mut all, mut chunk) = (Vec::new(), vec![0; 65_536]);
    while let Ok(read @ 1..) = timeout(SOON, stream.read(&mut chunk)).await.expect("an end in time") {
        all.extend_from_slice(&chunk[..read]);
    }
    all
}
