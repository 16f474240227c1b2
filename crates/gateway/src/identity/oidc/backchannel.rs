//! Server-to-server HTTP to the identity provider: 10 seconds, 1 MB, no redirects, no plain text beyond this
//! machine. Names under `localhost` are loopback by definition (RFC 6761, section 6.3).
//! Knows nothing of OpenID Connect.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use url::{Host, Url};

use crate::resolver::{self, Resolver};

/// For a whole exchange, from the look-up of the name to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of an answer's body.
const LARGEST_BODY: usize = 1024 * 1024;
/// Of an answer's header.
const LARGEST_HEADER: usize = 64 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum BackchannelError {
    #[error("the address is neither https nor loopback")]
    Insecure,
    #[error("this machine has no trusted root certificates")]
    NoRoots,
    #[error("no connection: {0}")]
    Connect(String),
    #[error("no complete answer within {} seconds", .0.as_secs())]
    Timeout(Duration),
    #[error("the answer is larger than 1 MB")]
    TooLarge,
    #[error("the answer is a redirect (status {0}), which is not followed")]
    Redirect(u16),
    #[error("the answer broke off or is not HTTP: {0}")]
    Broken(String),
}

impl BackchannelError {
    /// Whether trying again later may help.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::NoRoots | Self::Connect(_) | Self::Timeout(_) | Self::Broken(_))
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Without parameters, in lower case; empty if there is none.
    pub media_type: String,
    pub body: Bytes,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Backchannel {
    plain: Client<HttpConnector<Resolver>, Full<Bytes>>,
    tls: Option<Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>>,
    timeout: Duration,
}

impl Backchannel {
    /// Reads the machine's root certificates. Without any, only loopback can be reached.
    pub fn new() -> Self {
        Self::with_timeout(TIMEOUT)
    }

    pub(super) fn with_timeout(timeout: Duration) -> Self {
        let mut connector = HttpConnector::new_with_resolver(Resolver::new());
        connector.set_nodelay(true);
        let plain = client().build(connector.clone());
        connector.enforce_http(false);
        let tls = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map(|roots| client().build(roots.https_only().enable_http1().wrap_connector(connector)))
            .ok();
        Self { plain, tls, timeout }
    }

    /// GET, for JSON.
    pub async fn get(&self, url: &Url, bearer: Option<&str>) -> Result<Answer, BackchannelError> {
        let authorization = bearer.map(|token| format!("Bearer {token}"));
        self.ask(Method::GET, url, authorization, None).await
    }

    /// GET, as a browser would look at it, a redirect included. For an operator's questions.
    pub async fn look(&self, url: &Url) -> Result<Answer, BackchannelError> {
        self.send(Method::GET, url, None, None, "text/html, */*;q=0.5").await
    }

    /// POST of a form, for JSON.
    pub async fn post_form(
        &self,
        url: &Url,
        authorization: Option<String>,
        form: String,
    ) -> Result<Answer, BackchannelError> {
        self.ask(Method::POST, url, authorization, Some(form)).await
    }

    async fn ask(
        &self,
        method: Method,
        url: &Url,
        authorization: Option<String>,
        form: Option<String>,
    ) -> Result<Answer, BackchannelError> {
        let answer = self.send(method, url, authorization, form, "application/json").await?;
        if answer.status.is_redirection() {
            return Err(BackchannelError::Redirect(answer.status.as_u16()));
        }
        Ok(answer)
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        authorization: Option<String>,
        form: Option<String>,
        accept: &'static str,
    ) -> Result<Answer, BackchannelError> {
        if !is_confidential(url) {
            return Err(BackchannelError::Insecure);
        }
        let uri: Uri = url.as_str().parse().map_err(|_| BackchannelError::Insecure)?;
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .header(header::ACCEPT, accept)
            .header(header::USER_AGENT, "lanyard");
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request
            .body(Full::from(form.unwrap_or_default()))
            .map_err(|_| BackchannelError::Broken("the request cannot be written".into()))?;
        tokio::time::timeout(self.timeout, self.exchange(url.scheme() == "https", request))
            .await
            .map_err(|_| BackchannelError::Timeout(self.timeout))?
    }

    async fn exchange(&self, tls: bool, request: Request<Full<Bytes>>) -> Result<Answer, BackchannelError> {
        let answer = match (tls, &self.tls) {
            (false, _) => self.plain.request(request),
            (true, Some(client)) => client.request(request),
            (true, None) => return Err(BackchannelError::NoRoots),
        };
        let answer = answer.await.map_err(|error| match error.is_connect() {
            true => BackchannelError::Connect(chain(&error)),
            false => BackchannelError::Broken(chain(&error)),
        })?;
        let (head, body) = answer.into_parts();
        let media_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        let media_type = media_type.trim().to_ascii_lowercase();
        let body = Limited::new(body, LARGEST_BODY).collect().await.map_err(|error| match error
            .is::<LengthLimitError>(
        ) {
            true => BackchannelError::TooLarge,
            false => BackchannelError::Broken(chain(&*error)),
        })?;
        Ok(Answer { status: head.status, headers: head.headers, media_type, body: body.to_bytes() })
    }
}

impl Default for Backchannel {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether nobody between us and this address can read along: https, or a loopback host.
pub fn is_confidential(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => resolver::is_local(name),
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

/// No connection is used twice: one that dies between two requests would take a code with it, and a code
/// works only once.
fn client() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_max_idle_per_host(0).retry_canceled_requests(false).http1_max_buf_size(LARGEST_HEADER);
    builder
}

/// An error and its causes in one line. None of them holds what was sent or received.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_only() {
        for url in [
            "https://id.example",
            "http://localhost:1",
            "http://id.localhost:1",
            "http://127.0.0.9",
            "http://[::1]:1",
        ] {
            assert!(is_confidential(&Url::parse(url).expect("a URL")), "{url}");
        }
        for url in [
            "http://id.example",
            "http://localhost.example",
            "http://xlocalhost",
            "http://128.0.0.1",
            "http://[::2]",
            "ftp://localhost",
            "data:text/plain,localhost",
        ] {
            assert!(!is_confidential(&Url::parse(url).expect("a URL")), "{url}");
        }
    }

    #[tokio::test]
    async fn plain_http_to_elsewhere_is_refused_before_anything_is_sent() {
        let url = Url::parse("http://id.example/token").expect("a URL");
        let refused = Backchannel::new().get(&url, Some("t")).await.err();
        assert!(matches!(refused, Some(BackchannelError::Insecure)), "{refused:?}");
    }
}
