//! WebSockets: the handshake is carried to the app on a connection of its own, and after a valid 101 the bytes
//! flow both ways until one side, the session or the configuration ends it. Reads no message.

mod close;
mod frames;
mod handshake;
#[cfg(any(test, feature = "fuzzing"))]
pub mod properties;
mod relay;
mod stream;

use std::{any::Any, net::IpAddr, sync::Arc, time::Duration};

use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::{body::Incoming, upgrade};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

pub(super) use self::handshake::Offer;
use self::{
    relay::{End, Tunnel},
    stream::Stream,
};
use super::{
    body::Body,
    inbound::Inbound,
    prepared::Prepared,
    proxy::{Proxy, ProxyError, Recheck, outbound},
    request_headers::Purpose,
    response_headers,
    tls::Encrypted,
    upload::Upload,
    upstream::UpstreamError,
};
use crate::{clock::Timestamp, identity::session::connections::Connection, policy::Permit};

/// How long the browser may take to follow its 101.
const FOLLOW: Duration = Duration::from_secs(10);

/// One of the places that the listener has for connections, in the extensions of each request on it.
/// A tunnel outlives the connection that it began as, and goes on taking its place.
#[derive(Clone)]
pub struct Place(#[allow(dead_code, reason = "held, not read")] pub Arc<dyn Any + Send + Sync>);

/// What a tunnel has as long as it lives.
struct Held {
    connection: Connection,
    #[allow(dead_code, reason = "held, not read")]
    place: Option<Place>,
}

impl Proxy {
    /// Opens a tunnel for a handshake that was admitted as one. The answer is the app's: a 101, after which a
    /// task of its own carries the bytes, or whatever else it said.
    ///
    /// Registered first; `recheck` decides again after the app's 101.
    pub async fn tunnel(
        &self,
        permit: &Permit,
        peer: IpAddr,
        now: Timestamp,
        mut request: Request<Incoming>,
        recheck: impl Recheck,
    ) -> Result<Response<Body>, ProxyError> {
        let session = permit.session().map(|session| session.id);
        let connection = self.connections.register(session, permit.app().id.clone());
        let place = request.extensions_mut().remove::<Place>();
        let prepared = self.prepared(permit)?;
        let browser = upgrade::on(&mut request);
        let (parts, _) = request.into_parts();
        let offer = Offer::read(&parts.headers).ok_or(ProxyError::Handshake)?;
        let mut request = outbound(parts, prepared, peer, Purpose::WebSocket, Upload::none())?;
        if let Some(session) = permit.session() {
            self.introductions.fresh(permit.app(), session, now)?.set(request.headers_mut());
        }
        let mut answer = tokio::select! {
            ending = connection.ended() => return Err(ProxyError::Ended(ending)),
            answer = timeout(permit.app().timeout, self.ask_apart(prepared, request)) => {
                answer.map_err(|_| UpstreamError::TimedOut)??
            }
        };
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return self.pass_on(permit, answer, recheck);
        }
        if !offer.is_met_by(answer.headers()) {
            return Err(UpstreamError::Malformed.into());
        }
        if let Some(ending) = recheck() {
            return Err(ProxyError::Ended(ending));
        }
        let response = switching(&mut answer, prepared, permit)?;
        let app = upgrade::on(answer).await.map_err(UpstreamError::from)?;
        connection.opened();
        tokio::spawn(follow(browser, app, Held { connection, place }, self.idle.websocket));
        Ok(response)
    }
}

/// The 101 that the browser gets.
fn switching(
    answer: &mut Response<Incoming>,
    prepared: &Prepared,
    permit: &Permit,
) -> Result<Response<Body>, UpstreamError> {
    let mut headers = std::mem::take(answer.headers_mut());
    response_headers::rewrite(&mut headers, prepared, permit.session().is_some())
        .map_err(|_| UpstreamError::Malformed)?;
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Waits for the browser's side, takes the bare sockets out of hyper and lets the bytes flow.
async fn follow(browser: upgrade::OnUpgrade, app: upgrade::Upgraded, held: Held, idle: Duration) {
    let Ok(Ok(browser)) = timeout(FOLLOW, browser).await else { return };
    // What the app's side is, we made ourselves.
    match app.downcast::<TokioIo<TcpStream>>() {
        Ok(app) => join(browser, app.io.into_inner(), &app.read_buf, held, idle),
        Err(app) => {
            if let Ok(app) = app.downcast::<Encrypted>() {
                join(browser, TokioIo::new(app.io), &app.read_buf, held, idle);
            }
        }
    }
}

/// Each pair of streams runs as a task of its own, so that what it took to get here is given back. The listener's
/// stream may be wrapped in something, for example in TLS: then it stays as it is.
fn join<A>(browser: upgrade::Upgraded, app: A, from_app: &[u8], held: Held, idle: Duration)
where
    A: Stream + Send + 'static,
{
    match browser.downcast::<Inbound>() {
        Ok(browser) => {
            let stream = browser.io.into_stream();
            tokio::spawn(carry(Tunnel::new(stream, app, &browser.read_buf, from_app, idle), held));
        }
        Err(browser) => {
            tokio::spawn(carry(Tunnel::new(TokioIo::new(browser), app, &[], from_app, idle), held));
        }
    }
}

/// Runs a tunnel to its end. The connection leaves the register with it, and its place is free.
async fn carry<B: Stream, A: Stream>(mut tunnel: Tunnel<B, A>, held: Held) {
    match tunnel.run(&held.connection).await {
        // On the heap: it is needed once, at the end.
        End::Ours(ending) => Box::pin(close::close(tunnel, ending)).await,
        End::Cut => held.connection.cut(),
        End::Left => {}
    }
}

#[cfg(test)]
mod tests;
