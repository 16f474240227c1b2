//! An operator's own question to an app: what a dashboard begins with. It goes the way of a viewer's request, under
//! the same `Host`, and carries nothing of any viewer: no cookie, no identity, no assertion. What comes back is read
//! up to a limit and shown to nobody.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::sleep;
use url::{Position, Url};

use super::{
    prepared::Prepared,
    proxy::outbound,
    request_headers::Purpose,
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
    let (answer, path) = tokio::select! {
        found = follow(app, &to) => found?,
        () = &mut end => return Err(UpstreamError::TimedOut),
    };
    let (head, incoming) = answer.into_parts();
    let mut body = Vec::new();
    let whole = tokio::select! {
        whole = read(incoming, &mut body) => whole,
        () = &mut end => false,
    };
    Ok(Page { status: head.status, path, body, whole })
}

async fn follow(app: &App, to: &Prepared) -> Result<(Response<Incoming>, String), UpstreamError> {
    let mut path = app.start_path.clone();
    let mut answer = ask(to, &path).await?;
    for _ in 0..REDIRECTS {
        let Some(next) = redirect(&answer, app, to, &path) else { break };
        answer = ask(to, &next).await?;
        path = next;
    }
    Ok((answer, path))
}

async fn ask(to: &Prepared, path: &str) -> Result<Response<Incoming>, UpstreamError> {
    let mut request = Request::new(());
    *request.uri_mut() = path.parse().map_err(|_| UpstreamError::Malformed)?;
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html, */*;q=0.5"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("lanyard-doctor"));
    let (parts, ()) = request.into_parts();
    let here = IpAddr::from(Ipv4Addr::LOCALHOST);
    let request = outbound(parts, to, here, Purpose::Http, Upload::none())?;
    match &to.tls {
        Some(tls) => tls.request_apart(request).await,
        None => Clients::new(tcp()).request_apart(request).await,
    }
}

/// Where a browser would go on inside the dashboard. `None` when it stays, or leaves.
fn redirect(answer: &Response<Incoming>, app: &App, to: &Prepared, path: &str) -> Option<String> {
    let location = answer.headers().get(header::LOCATION).filter(|_| answer.status().is_redirection())?;
    let rewritten = to.locations.location(location);
    let location = rewritten.as_ref().unwrap_or(location).to_str().ok()?;
    let here = Url::parse(&format!("{}{path}", app.origin)).ok()?;
    let there = here.join(location).ok().filter(|there| there.origin() == here.origin())?;
    Some(there[Position::BeforePath..Position::AfterQuery].to_owned())
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
