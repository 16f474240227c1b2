//! Fetches the portal's published keys over plain HTTP. Only for a portal on this machine or a private
//! network: an app elsewhere would fetch them over TLS.

use std::{str::FromStr, time::Duration};

use axum::http::{Request, StatusCode, Uri, header, uri::Authority};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const JWKS: &str = "/.well-known/jwks.json";
const LARGEST: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(3);

/// Why there are no keys to look at.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("the portal cannot be reached: {0}")]
    Connect(#[from] std::io::Error),
    #[error("the portal does not speak HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("the portal answered {0}")]
    Status(StatusCode),
    #[error("the portal took longer than {PATIENCE:?}")]
    Slow,
    #[error("the portal's answer is too large or breaks off")]
    Body,
    #[error("the request could not be written")]
    Request,
}

/// A portal's address that is not of the form `http://host[:port]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the portal must be http://host[:port]")]
pub struct NotAnOrigin;

/// The portal's origin.
#[derive(Debug, Clone)]
pub struct Portal(Authority);

impl FromStr for Portal {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let uri: Uri = text.parse().map_err(|_| NotAnOrigin)?;
        match (uri.scheme_str(), uri.authority(), uri.path(), uri.query()) {
            (Some("http"), Some(authority), "/", None) if !authority.as_str().contains('@') => {
                Ok(Self(authority.clone()))
            }
            _ => Err(NotAnOrigin),
        }
    }
}

impl Portal {
    /// As assertions name it: without a slash at the end.
    pub fn origin(&self) -> String {
        format!("http://{}", self.0)
    }

    pub async fn jwks(&self) -> Result<Bytes, FetchError> {
        tokio::time::timeout(PATIENCE, self.fetch()).await.map_err(|_| FetchError::Slow)?
    }

    async fn fetch(&self) -> Result<Bytes, FetchError> {
        let stream = TokioIo::new(self.connect().await?);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
        let request = Request::get(JWKS).header(header::HOST, self.0.as_str()).body(Empty::<Bytes>::new());
        let request = request.map_err(|_| FetchError::Request)?;
        let exchange = async {
            let response = sender.send_request(request).await?;
            if response.status() != StatusCode::OK {
                return Err(FetchError::Status(response.status()));
            }
            let body = Limited::new(response.into_body(), LARGEST).collect().await;
            Ok(body.map_err(|_| FetchError::Body)?.to_bytes())
        };
        // The connection is driven here and not in a task, so that it ends with this call.
        tokio::pin!(connection, exchange);
        tokio::select! {
            answer = &mut exchange => answer,
            ended = &mut connection => {
                ended?;
                exchange.await
            }
        }
    }

    /// `localhost` and what is under it is loopback (RFC 6761, section 6.3); few resolvers know that.
    async fn connect(&self) -> std::io::Result<TcpStream> {
        let (host, port) = (self.0.host(), self.0.port_u16().unwrap_or(80));
        if host == "localhost" || host.ends_with(".localhost") {
            match TcpStream::connect(("127.0.0.1", port)).await {
                Ok(stream) => Ok(stream),
                Err(_) => TcpStream::connect(("::1", port)).await,
            }
        } else {
            TcpStream::connect((host, port)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portal_is_an_origin_and_nothing_more() {
        let origin = |text: &str| text.parse::<Portal>().map(|portal| portal.origin());
        let expected = "http://lanyard.localhost:8080".to_owned();
        assert_eq!(origin("http://lanyard.localhost:8080"), Ok(expected.clone()));
        assert_eq!(origin("http://lanyard.localhost:8080/"), Ok(expected));
        for other in ["https://x", "http://x/y", "http://x?y", "http://u@x", "x", ""] {
            assert_eq!(origin(other), Err(NotAnOrigin), "{other}");
        }
    }
}
