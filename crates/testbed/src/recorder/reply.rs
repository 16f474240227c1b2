//! What the recording upstream answers by itself, by path.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{handshake::derive_accept_key, protocol::Role},
};

use super::Seen;

/// Pieces of the answer, each with the time to wait before it.
pub(super) fn reply(seen: &Seen, port: u16) -> Vec<(Duration, Vec<u8>)> {
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
pub(super) async fn echo(mut stream: TcpStream, seen: &Seen) {
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
