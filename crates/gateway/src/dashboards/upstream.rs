//! The way to the apps: how connections are made and kept, and what can go wrong on the way. Knows no request and no session.

use std::{error::Error, io, time::Duration};

use http::{Request, Response, StatusCode, Uri};
use hyper::{
    body::Incoming,
    client::conn::http1,
    rt::{Read, Write},
};
use hyper_util::{
    client::legacy::{
        self, Client, ResponseFuture,
        connect::{Connection, HttpConnector},
    },
    rt::{TokioExecutor, TokioTimer},
};
use tower::Service;

use super::upload::Upload;
use crate::resolver::Resolver;

/// How long one address may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept. Some app servers close theirs after two seconds; a request that
/// crosses with that is lost.
const KEPT: Duration = Duration::from_millis(1_500);
/// Unused connections of one session to one app: as many as a browser has to one host, and some more.
const MOST_KEPT: usize = 16;
/// The longest head of an answer, in bytes; also the largest single read.
const LONGEST_HEAD: usize = 128 * 1024;
/// What is said of a failed handshake, in characters: a certificate can have any number of names.
const LONGEST_REASON: usize = 300;

/// Why the app gave no answer that could be passed on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    #[error("the app does not accept connections")]
    Refused,
    #[error("the app did not begin its answer in time")]
    TimedOut,
    #[error("the app broke the connection off")]
    Broke,
    #[error("the app's answer is not valid HTTP, or longer than is read")]
    Malformed,
    #[error("the app's certificate does not fit: {0}")]
    Untrusted(Box<str>),
    #[error("there is no TLS with the app: {0}")]
    Tls(Box<str>),
}

impl UpstreamError {
    /// For metrics and logs; never changes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::TimedOut => "timed-out",
            Self::Broke => "broke",
            Self::Malformed => "malformed",
            Self::Untrusted(_) => "untrusted",
            Self::Tls(_) => "tls",
        }
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        }
    }

    /// For viewers, who learn neither where the app is nor what its certificate says.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Untrusted(_) => "The app behind this dashboard cannot prove that it is the right one.",
            _ => "The app behind this dashboard does not answer.",
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
    pub(super) fn connecting(error: &(dyn Error + 'static)) -> Self {
        if let Some(known) = find::<Self>(error) {
            return known.clone();
        }
        let timed_out = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
        if find::<io::Error>(error).is_some_and(timed_out) { Self::TimedOut } else { Self::Refused }
    }

    pub(super) fn talking(error: &(dyn Error + 'static)) -> Self {
        if let Some(error) = find::<rustls::Error>(error) {
            return Self::encrypting(error);
        }
        match find::<hyper::Error>(error) {
            Some(error) if error.is_parse() => Self::Malformed,
            _ => Self::Broke,
        }
    }

    fn encrypting(error: &rustls::Error) -> Self {
        // Whoever answers chose the names in it: they must not look like a line of the log, or end a field.
        let plain = |c: char| match c {
            '"' => '\'',
            ' '..='~' => c,
            _ => '?',
        };
        let reason: String = error.to_string().chars().take(LONGEST_REASON).map(plain).collect();
        match error {
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
                Self::Untrusted(reason.into())
            }
            _ => Self::Tls(reason.into()),
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
        // What an `io::Error` wraps is not its source, but stands in its place.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = wrapped.map(|wrapped| wrapped as _).or_else(|| error.source());
    }
    None
}

/// Connects in plain TCP.
pub(super) type Tcp = HttpConnector<Resolver>;

pub(super) fn tcp() -> Tcp {
    let mut connector = Tcp::new_with_resolver(Resolver::new());
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT));
    connector
}

/// What makes connections and keeps them, to apps that are connected to in one way.
pub(super) struct Clients<C> {
    connector: C,
    kept: Client<C, Upload>,
    /// For visitors without a session, who may be of any number: it keeps no connection.
    fleeting: Client<C, Upload>,
}

impl<C> Clients<C>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Read + Write + Connection + Send + Unpin + 'static,
    C::Error: Into<Box<dyn Error + Send + Sync>>,
    C::Future: Send + Unpin,
{
    pub fn new(connector: C) -> Self {
        let client = |kept| {
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(KEPT)
                .pool_max_idle_per_host(kept)
                .http1_max_buf_size(LONGEST_HEAD)
                .set_host(false)
                .build(connector.clone())
        };
        Self { kept: client(MOST_KEPT), fleeting: client(0), connector }
    }

    /// Sends a request on a connection that [`keep_for`] names, and keeps it for the next, or not.
    pub fn request(&self, keeps: bool, request: Request<Upload>) -> ResponseFuture {
        if keeps { self.kept.request(request) } else { self.fleeting.request(request) }
    }

    /// Makes a connection and drops it.
    pub async fn connect(&self, to: Uri) -> Result<(), UpstreamError> {
        let connecting = self.connector.clone().call(to);
        connecting.await.map(drop).map_err(|error| UpstreamError::connecting(&*error.into()))
    }

    /// Sends a request on a connection of its own, which may be taken out of hyper by an upgrade: then it is
    /// a `C::Response`.
    pub async fn request_apart(
        &self,
        mut request: Request<Upload>,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let connecting = self.connector.clone().call(request.uri().clone());
        let stream = connecting.await.map_err(|error| UpstreamError::connecting(&*error.into()))?;
        // Outside the pool, hyper sends the target as it stands: only the path (RFC 9112, section 3.2.1).
        let path = request.uri().path_and_query().map(|path| path.as_str().to_owned()).unwrap_or_default();
        *request.uri_mut() = path.parse().map_err(|_| UpstreamError::Refused)?;
        let mut builder = http1::Builder::new();
        builder.max_buf_size(LONGEST_HEAD);
        let (mut sender, connection) = builder.handshake(stream).await?;
        tokio::spawn(async move {
            // Its errors come out of the request as well.
            let _ = connection.with_upgrades().await;
        });
        Ok(sender.send_request(request).await?)
    }
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
