//! Carries a permitted HTTP request to the app and its answer back, as streams in both directions: nothing is
//! held whole. Whoever calls it holds a permit; it only asks again whether that still stands.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use http::{Request, Response, StatusCode, Uri, Version, request::Parts, uri};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use lanyard_contract::DashboardId;
use tokio::time::{sleep, timeout};

use super::{
    assertion::Introductions,
    body::Body,
    guarded::Guarded,
    prepared::Prepared,
    request_headers::{self, Purpose},
    response_headers,
    stripped::without_session_parameters,
    upload::{Progress, Upload},
    upstream::{self, Clients, Tcp, UpstreamError},
};
use crate::{
    clock::Timestamp,
    config::{App, Config, Kind},
    identity::session::connections::{Connections, Ending},
    policy::Permit,
    random::NoRandomness,
};

/// An answer that takes longer than this to begin is registered as an open connection.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Why a request was not carried.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProxyError {
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    #[error("the right to it ended on the way: {}", .0.reason())]
    Ended(Ending),
    #[error("The upgrade is not a WebSocket handshake (RFC 6455, section 4.1).")]
    Handshake,
    #[error("The request's body broke off, or is not framed as it says.")]
    Upload,
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl ProxyError {
    /// For metrics and logs; never changes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Upstream(error) => error.name(),
            Self::Ended(_) => "ended",
            Self::Handshake => "handshake",
            Self::Upload => "body",
            Self::Random(_) => "no-randomness",
        }
    }

    /// For viewers, when the app is to blame.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Upstream(error) => error.sentence(),
            _ => "The app behind this dashboard does not answer.",
        }
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Self::Upstream(error) => error.status(),
            Self::Ended(Ending::SessionOver | Ending::Changed) => StatusCode::UNAUTHORIZED,
            Self::Ended(Ending::NotAllowed) => StatusCode::NOT_FOUND,
            Self::Handshake | Self::Upload => StatusCode::BAD_REQUEST,
            Self::Ended(Ending::GoingAway) | Self::Random(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<legacy::Error> for ProxyError {
    fn from(error: legacy::Error) -> Self {
        if upstream::is_of_the_upload(&error) { Self::Upload } else { UpstreamError::from(error).into() }
    }
}

/// Asks again, without waiting, whether the permit still stands: called after registering, and after the
/// upstream's first byte.
pub trait Recheck: Fn() -> Option<Ending> + Send + Sync + 'static {}
impl<F: Fn() -> Option<Ending> + Send + Sync + 'static> Recheck for F {}

/// The proxy of one configuration. Connections to the apps are kept between requests.
pub struct Proxy {
    pub(super) dashboards: HashMap<DashboardId, Prepared>,
    pub(super) introductions: Arc<Introductions>,
    pub(super) connections: Arc<Connections>,
    /// For all apps at plain http. One at https has its own: what others trust is not what it trusts.
    plain: Clients<Tcp>,
    pub(super) idle: Quiet,
}

/// How long nothing may be said in either direction.
#[derive(Clone, Copy)]
pub(super) struct Quiet {
    pub http: Duration,
    pub websocket: Duration,
}

impl Proxy {
    pub fn new(config: &Config, introductions: Arc<Introductions>, connections: Arc<Connections>) -> Self {
        let reserved = config.sign_in.headers().map(|front| front.cookies.clone()).unwrap_or_default();
        let apps = config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
            Kind::App(app) => {
                let prepared =
                    Prepared { reserved: reserved.clone(), ..Prepared::new(app, &config.portal.origin) };
                Some((app.id.clone(), prepared))
            }
            Kind::External { .. } => None,
        });
        let limits = &config.limits;
        let idle = Quiet { http: limits.idle_timeout, websocket: limits.websocket_idle_timeout };
        Self::of(apps.collect(), introductions, connections, idle)
    }

    pub(super) fn of(
        dashboards: HashMap<DashboardId, Prepared>,
        introductions: Arc<Introductions>,
        connections: Arc<Connections>,
        idle: Quiet,
    ) -> Self {
        Self { dashboards, introductions, connections, plain: Clients::new(upstream::tcp()), idle }
    }

    /// Carries one request. `peer` is the browser's address. [`super::framing::check`] has let it pass.
    ///
    /// The answer's body breaks off with an error when the session ends or the upstream stays silent.
    pub async fn forward(
        &self,
        permit: &Permit,
        peer: IpAddr,
        now: Timestamp,
        request: Request<Incoming>,
        recheck: impl Recheck,
    ) -> Result<Response<Body>, ProxyError> {
        let prepared = self.prepared(permit)?;
        let (parts, body) = request.into_parts();
        let (upload, progress) = Upload::new(body);
        let mut outbound = outbound(parts, prepared, peer, Purpose::Http, upload)?;
        upstream::keep_for(
            &permit.session().map_or(peer.to_string(), |session| session.id.key()),
            &mut outbound,
        )?;
        if let Some(session) = permit.session() {
            self.introductions.shared(permit.app(), session, now)?.set(outbound.headers_mut());
        }
        let answer = self.ask(permit, outbound, progress, &recheck).await?;
        // Only a tunnel upgrades. Nothing here asked for it.
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(UpstreamError::Malformed.into());
        }
        self.pass_on(permit, answer, recheck)
    }

    /// Waits for the answer to begin: for the app's time-out, counted anew while the upload moves.
    async fn ask(
        &self,
        permit: &Permit,
        request: Request<Upload>,
        progress: Progress,
        recheck: &impl Recheck,
    ) -> Result<Response<Incoming>, ProxyError> {
        let keeps = permit.session().is_some();
        let mut answer = match &self.prepared(permit)?.tls {
            Some(tls) => tls.request(keeps, request),
            None => self.plain.request(keeps, request),
        };
        let limit = permit.app().timeout;
        let at_once = limit.min(AT_ONCE);
        if let Ok(answer) = timeout(at_once, &mut answer).await {
            return Ok(answer?);
        }
        let session = permit.session().map(|session| session.id);
        let connection = self.connections.register(session, permit.app().id.clone());
        if let Some(ending) = recheck() {
            return Err(ProxyError::Ended(ending));
        }
        let mut left = limit - at_once;
        loop {
            tokio::select! {
                ending = connection.ended() => return Err(ProxyError::Ended(ending)),
                answer = &mut answer => return Ok(answer?),
                () = sleep(left) => {
                    if !progress.take() {
                        return Err(UpstreamError::TimedOut.into());
                    }
                    left = limit;
                }
            }
        }
    }

    /// Sends a request on a connection of its own, which is not kept.
    pub(super) async fn ask_apart(
        &self,
        to: &Prepared,
        request: Request<Upload>,
    ) -> Result<Response<Incoming>, UpstreamError> {
        match &to.tls {
            Some(tls) => tls.request_apart(request).await,
            None => self.plain.request_apart(request).await,
        }
    }

    /// Makes a connection and drops it.
    pub(super) async fn connect(&self, to: &Prepared, address: Uri) -> Result<(), UpstreamError> {
        match &to.tls {
            Some(tls) => tls.connect(address).await,
            None => self.plain.connect(address).await,
        }
    }

    /// The upstream's answer, as the browser may have it.
    pub(super) fn pass_on(
        &self,
        permit: &Permit,
        answer: Response<Incoming>,
        recheck: impl Recheck,
    ) -> Result<Response<Body>, ProxyError> {
        if let Some(ending) = recheck() {
            return Err(ProxyError::Ended(ending));
        }
        let prepared = self.prepared(permit)?;
        let (mut parts, body) = answer.into_parts();
        response_headers::rewrite(&mut parts.headers, prepared, permit.session().is_some())
            .map_err(|_| UpstreamError::Malformed)?;
        let mut response = Response::new(self.guard(permit, body, recheck));
        *response.status_mut() = parts.status;
        *response.headers_mut() = parts.headers;
        Ok(response)
    }

    fn guard(&self, permit: &Permit, body: Incoming, recheck: impl Recheck) -> Body {
        if body.is_end_stream() {
            return Body::empty();
        }
        let connections = self.connections.clone();
        let session = permit.session().map(|session| session.id);
        let app: Arc<App> = permit.app().clone();
        let register = move || {
            let connection = connections.register(session, app.id.clone());
            recheck().map_or(Ok(connection), Err)
        };
        Body::Upstream(Guarded::new(body, self.idle.http, Box::new(register)))
    }

    /// A permit for a dashboard that this configuration does not have any more carries nothing.
    pub(super) fn prepared(&self, permit: &Permit) -> Result<&Prepared, ProxyError> {
        self.dashboards.get(&permit.app().id).ok_or(ProxyError::Ended(Ending::NotAllowed))
    }
}

/// The request as the upstream gets it, but for what it is told of the viewer.
pub(super) fn outbound(
    parts: Parts,
    to: &Prepared,
    peer: IpAddr,
    purpose: Purpose,
    body: Upload,
) -> Result<Request<Upload>, UpstreamError> {
    let mut target = uri::Parts::default();
    target.scheme = Some(to.upstream_scheme.clone());
    target.authority = Some(to.upstream_authority.clone().ok_or(UpstreamError::Refused)?);
    target.path_and_query = match parts.uri.path_and_query() {
        Some(path) => Some(without_session_parameters(path).unwrap_or_else(|| path.clone())),
        None => Some(uri::PathAndQuery::from_static("/")),
    };
    let mut request = Request::new(body);
    *request.method_mut() = parts.method;
    *request.version_mut() = Version::HTTP_11;
    *request.uri_mut() = Uri::from_parts(target).map_err(|_| UpstreamError::Refused)?;
    *request.headers_mut() = request_headers::rewrite(parts.headers, to, peer, purpose);
    Ok(request)
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
