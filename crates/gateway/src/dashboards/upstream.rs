//! The way to the apps: how connections are made and kept, and what can go wrong on the way. Knows no request and no session.

use std::{error::Error, io, time::Duration};

use http::{Request, StatusCode, Uri};
use hyper_util::{
    client::legacy::{self, Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use tokio::net::TcpStream;
use tower::Service;

use super::upload::Upload;
use crate::resolver::Resolver;

/// How long one address may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept. Some app servers close theirs after two seconds; a request that
/// crosses with that is lost.
const KEPT: Duration = Duration::from_millis(1_500);
/// Unused connections of one session to one app: as many as a browser has to one host, and some more.
pub(super) const MOST_KEPT: usize = 16;
/// The longest head of an answer, in bytes; also the largest single read.
pub(super) const LONGEST_HEAD: usize = 128 * 1024;

/// Why the app gave no answer that could be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    #[error("the app does not accept connections")]
    Refused,
    #[error("the app did not begin its answer in time")]
    TimedOut,
    #[error("the app broke the connection off")]
    Broke,
    #[error("the app's answer is not valid HTTP, or longer than is read")]
    Malformed,
}

impl UpstreamError {
    /// For metrics and logs; never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::TimedOut => "timed-out",
            Self::Broke => "broke",
            Self::Malformed => "malformed",
        }
    }

    pub fn status(self) -> StatusCode {
        match self {
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        }
    }
}

impl From<legacy::Error> for UpstreamError {
    fn from(error: legacy::Error) -> Self {
        if error.is_connect() { Self::connecting(&error) } else { Self::talking(&error) }
    }
}

impl From<hyper::Error> for UpstreamError {
    fn from(error: hyper::Error) -> Self {
        Self::talking(&error)
    }
}

impl UpstreamError {
    fn connecting(error: &(dyn Error + 'static)) -> Self {
        let timed_out = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
        if find::<io::Error>(error).is_some_and(timed_out) { Self::TimedOut } else { Self::Refused }
    }

    fn talking(error: &(dyn Error + 'static)) -> Self {
        match find::<hyper::Error>(error) {
            Some(error) if error.is_parse() => Self::Malformed,
            _ => Self::Broke,
        }
    }
}

/// Whether it was the request's body that failed, and not the app.
pub(super) fn is_of_the_upload(error: &legacy::Error) -> bool {
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_user)
}

/// The first error of this kind in a chain of causes.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

pub(super) type Connector = HttpConnector<Resolver>;

pub(super) fn connector() -> Connector {
    let mut connector = HttpConnector::new_with_resolver(Resolver::new());
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT));
    connector
}

/// A pool of connections, which keeps so many unused ones to all apps.
pub(super) fn client(connector: Connector, kept: usize) -> Client<Connector, Upload> {
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(KEPT)
        .pool_max_idle_per_host(kept)
        .http1_max_buf_size(LONGEST_HEAD)
        .set_host(false)
        .build(connector)
}

/// Connections are kept for one session each: an app that says more than it was asked for, or was tricked into
/// it, says it to nobody else. The pool tells them apart by what stands before the '@', which goes no further.
pub(super) fn keep_for<B>(whom: &str, request: &mut Request<B>) -> Result<(), UpstreamError> {
    let mut target = std::mem::take(request.uri_mut()).into_parts();
    let authority = target.authority.as_ref().map(|app| format!("{}@{app}", whom.replace(':', "-")));
    target.authority = authority.and_then(|authority| authority.parse().ok());
    *request.uri_mut() = Uri::from_parts(target).map_err(|_| UpstreamError::Refused)?;
    Ok(())
}

/// One connection outside the pool.
pub(super) async fn connect(mut connector: Connector, to: Uri) -> Result<TcpStream, UpstreamError> {
    match connector.call(to).await {
        Ok(stream) => Ok(TokioIo::into_inner(stream)),
        Err(error) => Err(UpstreamError::connecting(&error)),
    }
}
