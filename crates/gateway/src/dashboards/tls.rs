//! TLS to an app: versions 1.2 and 1.3, and a certificate that is checked on every connection, against the app's
//! own authorities or Mozilla's (`config::Trust`). Knows no request; what can go wrong is an [`UpstreamError`].

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, client::Resumption, pki_types::ServerName};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;
use tower::Service;

use super::upstream::{Tcp, UpstreamError};
use crate::config::Trust;

/// How long the handshake may take, once there is a connection.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// A connection to an app, as hyper has it.
pub(super) type Encrypted = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Connects to one app.
#[derive(Clone)]
pub(super) struct Tls {
    tcp: Tcp,
    tls: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    pub fn new(mut tcp: Tcp, trust: &Trust) -> Self {
        let mut config =
            ClientConfig::builder().with_root_certificates(trust.roots.clone()).with_no_client_auth();
        // A server that speaks something else as well, to somebody else, must not take this for it (RFC 7301).
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session does not show its certificate again, and an app that keeps what it knows by TLS
        // session would take two viewers for one. Kept connections make up for what that costs.
        config.resumption = Resumption::disabled();
        tcp.enforce_http(false);
        Self { tcp, tls: TlsConnector::from(Arc::new(config)), name: trust.name.clone() }
    }
}

impl Service<Uri> for Tls {
    type Response = Encrypted;
    type Error = UpstreamError;
    type Future = Pin<Box<dyn Future<Output = Result<Encrypted, UpstreamError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), UpstreamError>> {
        self.tcp.poll_ready(cx).map_err(|error| UpstreamError::connecting(&error))
    }

    /// The name comes from the configuration: of the address only host and port matter here.
    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = self.tcp.call(to);
        let (tls, name) = (self.tls.clone(), self.name.clone());
        Box::pin(async move {
            let tcp = connecting.await.map_err(|error| UpstreamError::connecting(&error))?;
            let shaking = timeout(HANDSHAKE, tls.connect(name, TokioIo::new(tcp)));
            let stream = shaking.await.map_err(|_| UpstreamError::TimedOut)?;
            Ok(stream.map_err(|error| UpstreamError::talking(&error))?.into())
        })
    }
}
