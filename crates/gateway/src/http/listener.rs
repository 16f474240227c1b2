//! Connections: bound on every address or not at all, limited in number and in the time their headers take,
//! and drained when the gateway is asked to stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{gateway::Gateway, service::Service};
use crate::{config::Limits, identity::session::connections::Ending};

/// Header lines in one request.
const HEADER_LINES: usize = 200;

/// Why a listener cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}; stop what listens there, or change {key}")]
pub struct BindError {
    address: SocketAddr,
    /// The configuration's key.
    key: &'static str,
    source: std::io::Error,
}

/// Listens on all of these addresses, or on none.
pub async fn bind(addresses: &[SocketAddr], key: &'static str) -> Result<Vec<TcpListener>, BindError> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await;
        listeners.push(listener.map_err(|source| BindError { address: *address, key, source })?);
    }
    Ok(listeners)
}

/// Serves until `stop` resolves, then lets open requests finish for as long as the configuration says.
pub async fn serve(gateway: Arc<Gateway>, listeners: Vec<TcpListener>, stop: impl Future<Output = ()>) {
    let service = Service::new(gateway.clone());
    let shutdown = Arc::new(GracefulShutdown::new());
    let limits = &gateway.config.limits;
    let room = Arc::new(Semaphore::new(limits.connections));
    let mut accepting = tokio::task::JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept(listener, service.clone(), limits.clone(), room.clone(), shutdown.clone()));
    }
    stop.await;
    accepting.shutdown().await;
    drop(service);
    let drain = gateway.config.server.drain;
    tracing::info!(seconds = drain.as_secs(), "stopping: no new connections, open requests may finish");
    gateway.registry.connections.end_all(Ending::GoingAway);
    if let Some(shutdown) = Arc::into_inner(shutdown)
        && tokio::time::timeout(drain, shutdown.shutdown()).await.is_err()
    {
        tracing::warn!("some requests did not finish in time");
    }
}

async fn accept(
    listener: TcpListener,
    service: Service,
    limits: Limits,
    room: Arc<Semaphore>,
    shutdown: Arc<GracefulShutdown>,
) {
    loop {
        // Taken before the connection is: those that find no room wait in the kernel's queue.
        let Ok(place) = room.clone().acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: give others time to close theirs.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = connect(stream, peer, service.clone(), &limits);
        let watched = shutdown.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    service: Service,
    limits: &Limits,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send + use<> {
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| service.clone().answer(peer.ip(), request));
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.header_bytes)
        .max_headers(HEADER_LINES)
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades()
}
