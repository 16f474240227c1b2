//! Binds both loopbacks and serves the router on them, with limits on connections and slow headers.

use std::{io, net::Ipv4Addr, net::Ipv6Addr, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::ServiceExt as _;

const CONNECTIONS: usize = 512;
const HEADER: Duration = Duration::from_secs(10);

/// A port on which nobody else can stand in for the provider: bound on both loopbacks.
pub struct Loopbacks {
    v4: TcpListener,
    v6: TcpListener,
    port: u16,
}

/// One of the loopbacks cannot be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}:{port}: {reason}")]
pub struct BindError {
    address: &'static str,
    port: u16,
    reason: io::Error,
}

impl Loopbacks {
    /// Port 0 takes a free one.
    pub async fn bind(port: u16) -> Result<Self, BindError> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let v4 = v4.map_err(|reason| BindError { address: "127.0.0.1", port, reason })?;
        let port = v4.local_addr().map_err(|reason| BindError { address: "127.0.0.1", port, reason })?.port();
        let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
        let v6 = v6.map_err(|reason| BindError { address: "[::1]", port, reason })?;
        Ok(Self { v4, v6, port })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Serves until the future is dropped.
    pub async fn serve(self, router: Router) {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = room.clone().acquire_owned().await else { return };
            let accepted = tokio::select! {
                accepted = self.v4.accept() => accepted,
                accepted = self.v6.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let router = router.clone();
                    tokio::spawn(async move {
                        connection(stream, router).await;
                        drop(place);
                    });
                }
                // Out of file descriptors, most likely: give others the time to close theirs.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}
