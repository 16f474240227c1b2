//! The app behind everybody: `/echo` returns WebSocket messages as they came, everything else counts what it is
//! sent. Files are nginx's to serve. It is as cheap as can be, so that what is measured stands in front of it.

use std::convert::Infallible;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Buf as _, BytesMut};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn, upgrade};
use hyper_util::rt::TokioIo;
use sha1::{Digest as _, Sha1};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};

use crate::frames::{Frame, answer};

/// What the handshake's key is hashed with (RFC 6455, section 1.3).
const SALT: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSE: u8 = 8;

/// Listens until it is dropped.
pub struct Upstream(JoinHandle<()>);

impl Drop for Upstream {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub async fn start(port: u16) -> std::io::Result<Upstream> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(Upstream(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(async move {
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(serve));
                // Whoever leaves in the middle has left.
                let _ = serving.with_upgrades().await;
            });
        }
    })))
}

async fn serve(mut request: Request<Incoming>) -> Result<Response<Full<bytes::Bytes>>, Infallible> {
    if let Some(key) = request.headers().get("sec-websocket-key").cloned() {
        let upgraded = upgrade::on(&mut request);
        tokio::spawn(async move {
            if let Ok(upgraded) = upgraded.await {
                let _ = echo(TokioIo::new(upgraded)).await;
            }
        });
        let accept = STANDARD.encode(Sha1::new().chain_update(key.as_bytes()).chain_update(SALT).finalize());
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, header::HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, header::HeaderValue::from_static("websocket"));
        if let Ok(accept) = accept.try_into() {
            headers.insert("sec-websocket-accept", accept);
        }
        return Ok(response);
    }
    let (mut count, mut body) = (0, request.into_body());
    while let Some(Ok(frame)) = body.frame().await {
        count += frame.data_ref().map_or(0, bytes::Bytes::len);
    }
    Ok(Response::new(Full::from(count.to_string())))
}

async fn echo(mut stream: TokioIo<upgrade::Upgraded>) -> std::io::Result<()> {
    let (mut read, mut write) = (BytesMut::new(), Vec::new());
    while stream.read_buf(&mut read).await? > 0 {
        let mut over = false;
        while let Some(frame) = Frame::first(&read) {
            answer(&frame, &read, &mut write);
            over |= frame.opcode == CLOSE;
            read.advance(frame.length());
        }
        stream.write_all(&write).await?;
        write.clear();
        if over {
            break;
        }
    }
    stream.shutdown().await
}
