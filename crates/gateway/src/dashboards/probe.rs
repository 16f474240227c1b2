//! An operator's own questions to an app: what a dashboard begins with, and whether it takes a WebSocket. They go the
//! way of a viewer's request, under the same `Host`, and carry nothing of any viewer: no cookie, no identity, no
//! assertion. What comes back is read up to a limit and shown to nobody.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{sleep, timeout};
use url::{Position, Url};

use super::{
    prepared::Prepared,
    proxy::outbound,
    request_headers::Purpose,
    tunnel::Offer,
    upload::Upload,
    upstream::{Clients, UpstreamError, tcp},
};
use crate::config::{App, Origin};

/// For everything: connecting, redirects, and the page.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How much of a page is read, in bytes.
pub const LONGEST: usize = 2 * 1024 * 1024;
/// Apps send `/` on to their first page, and some that to the page with its slash.
const REDIRECTS: usize = 5;

/// What a viewer would be shown first, as far as it was read.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    /// With its query; where the last redirect led that stays at the app.
    pub path: String,
    /// As the app sent them.
    pub headers: HeaderMap,
    /// The origin outside the dashboard to which a redirect leads.
    pub leads_to: Option<String>,
    pub body: Vec<u8>,
    /// Whether this is all of it.
    pub whole: bool,
}

/// Asks for the page that the dashboard's frame opens with.
///
/// In an app that makes a session for each page this makes one.
pub async fn first_page(app: &App, portal: &Origin) -> Result<Page, UpstreamError> {
    let to = Prepared::new(app, portal);
    let end = sleep(PATIENCE);
    tokio::pin!(end);
    let (answer, path, leads_to) = tokio::select! {
        found = follow(app, &to) => found?,
        () = &mut end => return Err(UpstreamError::TimedOut),
    };
    let (head, incoming) = answer.into_parts();
    let mut body = Vec::new();
    let whole = tokio::select! {
        whole = read(incoming, &mut body) => whole,
        () = &mut end => false,
    };
    Ok(Page { status: head.status, path, headers: head.headers, leads_to, body, whole })
}

/// Whether the app takes a WebSocket at this path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handshake {
    Taken,
    /// With another status than 101.
    Refused(StatusCode),
    /// With a 101 that does not answer what was offered.
    Wrong,
}

/// Opens a WebSocket as the tunnel does and drops it. `nonce` is the handshake's (RFC 6455, section 4.1).
pub async fn handshake(
    app: &App,
    portal: &Origin,
    path: &str,
    protocols: Option<&str>,
    nonce: [u8; 16],
) -> Result<Handshake, UpstreamError> {
    let to = Prepared::new(app, portal);
    let mut request = Request::new(());
    *request.uri_mut() = path.parse().map_err(|_| UpstreamError::Malformed)?;
    let headers = request.headers_mut();
    let key = HeaderValue::try_from(STANDARD.encode(nonce)).map_err(|_| UpstreamError::Malformed)?;
    headers.insert(header::SEC_WEBSOCKET_KEY, key);
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    // The app's own address takes its place, as for a viewer.
    headers.insert(header::ORIGIN, to.public_origin.clone());
    headers.insert(header::USER_AGENT, HeaderValue::from_static("lanyard-doctor"));
    if let Some(protocols) = protocols.and_then(|protocols| HeaderValue::try_from(protocols).ok()) {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocols);
    }
    let offer = Offer::read(headers).ok_or(UpstreamError::Malformed)?;
    let asking = send(request, &to, Purpose::WebSocket);
    let answer = timeout(PATIENCE, asking).await.map_err(|_| UpstreamError::TimedOut)??;
    Ok(match answer.status() {
        StatusCode::SWITCHING_PROTOCOLS if offer.is_met_by(answer.headers()) => Handshake::Taken,
        StatusCode::SWITCHING_PROTOCOLS => Handshake::Wrong,
        status => Handshake::Refused(status),
    })
}

/// The last answer, its path, and the origin to which it leads away.
async fn follow(
    app: &App,
    to: &Prepared,
) -> Result<(Response<Incoming>, String, Option<String>), UpstreamError> {
    let mut path = app.start_path.clone();
    let mut answer = ask(to, &path).await?;
    for _ in 0..REDIRECTS {
        match redirect(&answer, app, to, &path) {
            Next::Stay => break,
            Next::Leave(origin) => return Ok((answer, path, Some(origin))),
            Next::Inside(next) => {
                answer = ask(to, &next).await?;
                path = next;
            }
        }
    }
    Ok((answer, path, None))
}

async fn ask(to: &Prepared, path: &str) -> Result<Response<Incoming>, UpstreamError> {
    let mut request = Request::new(());
    *request.uri_mut() = path.parse().map_err(|_| UpstreamError::Malformed)?;
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html, */*;q=0.5"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("lanyard-doctor"));
    send(request, to, Purpose::Http).await
}

async fn send(
    request: Request<()>,
    to: &Prepared,
    purpose: Purpose,
) -> Result<Response<Incoming>, UpstreamError> {
    let (parts, ()) = request.into_parts();
    let here = IpAddr::from(Ipv4Addr::LOCALHOST);
    let request = outbound(parts, to, here, purpose, Upload::none())?;
    match &to.tls {
        Some(tls) => tls.request_apart(request).await,
        None => Clients::new(tcp()).request_apart(request).await,
    }
}

/// Where a browser would go on.
enum Next {
    Stay,
    Inside(String),
    /// To another origin.
    Leave(String),
}

fn redirect(answer: &Response<Incoming>, app: &App, to: &Prepared, path: &str) -> Next {
    let there = || {
        let location = answer.headers().get(header::LOCATION).filter(|_| answer.status().is_redirection())?;
        let rewritten = to.locations.location(location);
        let location = rewritten.as_ref().unwrap_or(location).to_str().ok()?;
        let here = Url::parse(&format!("{}{path}", app.origin)).ok()?;
        Some((here.join(location).ok()?, here))
    };
    match there() {
        None => Next::Stay,
        Some((there, here)) if there.origin() == here.origin() => {
            Next::Inside(there[Position::BeforePath..Position::AfterQuery].to_owned())
        }
        Some((there, _)) => Next::Leave(there.origin().ascii_serialization()),
    }
}

/// Whether it came to its end.
async fn read(mut incoming: Incoming, body: &mut Vec<u8>) -> bool {
    while let Some(frame) = incoming.frame().await {
        let Ok(frame) = frame else { return false };
        let Some(data) = frame.data_ref() else { continue };
        let room = LONGEST - body.len();
        body.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return false;
        }
    }
    true
}
