//! Connections: bound on every address or not at all, limited in number and in the time their headers take,
//! and drained when the gateway is asked to stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
};

use super::{descriptors, gateway::Gateway, places::Places, service::Service};
use crate::{
    dashboards::{
        inbound::{Heads, Inbound},
        tunnel::Place,
    },
    identity::session::connections::Ending,
    socket::Socket,
};

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
    let (stopping, stopped) = watch::channel(false);
    // Every connection holds a sender; when the last is gone, `recv` says so.
    let (open, mut all_closed) = mpsc::channel::<()>(1);
    let limits = &gateway.config.limits;
    let enough_for = descriptors::raise().unwrap_or(usize::MAX);
    if enough_for < limits.connections {
        tracing::warn!(
            "[limits] connections is {}, but this process may open files for {enough_for} of them only: \
             raise its limit (LimitNOFILE in systemd, ulimit -n in a shell)",
            limits.connections
        );
    }
    let places = limits.connections.min(enough_for);
    let door = Door {
        service: Service::new(gateway.clone()),
        gateway: gateway.clone(),
        places: Places::new(places, &gateway.config.server.trusted_proxies),
        stopped,
        open,
    };
    let mut accepting = tokio::task::JoinSet::new();
    for listener in listeners {
        accepting.spawn(door.clone().accept(listener));
    }
    drop(door);
    stop.await;
    accepting.shutdown().await;
    let drain = gateway.config.server.drain;
    tracing::info!(seconds = drain.as_secs(), "stopping: no new connections, open requests may finish");
    let _ = stopping.send(true);
    gateway.registry.connections.end_all(Ending::GoingAway);
    let tunnels = async {
        while gateway.registry.connections.count() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let drained = async { tokio::join!(all_closed.recv(), tunnels) };
    if tokio::time::timeout(drain, drained).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Door {
    gateway: Arc<Gateway>,
    service: Service,
    places: Places,
    stopped: watch::Receiver<bool>,
    open: mpsc::Sender<()>,
}

impl Door {
    async fn accept(self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // One waits here, the others in the kernel's queue. Never the other way round: a listener
                    // that nobody comes to would keep a place from the others.
                    match self.places.take(peer.ip()).await {
                        Some(place) => drop(tokio::spawn(self.clone().connection(stream, peer, place))),
                        None => self.gateway.metrics.refused("too-many-connections"),
                    }
                }
                Err(error) => {
                    // Out of file descriptors, most likely: give others time to close theirs.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn connection(self, stream: TcpStream, peer: SocketAddr, place: Place) {
        let Self { service, gateway, mut stopped, open, .. } = self;
        let limits = &gateway.config.limits;
        let _ = stream.set_nodelay(true);
        notice_who_vanishes(&stream);
        let held = place.clone();
        let answer = service_fn(move |request| service.clone().answer(peer.ip(), held.clone(), request));
        let heads = Heads::default();
        let mut connection = http1::Builder::new()
            .timer(heads.clone())
            .header_read_timeout(limits.header_timeout)
            .max_buf_size(limits.header_bytes)
            .max_headers(HEADER_LINES)
            .serve_connection(Inbound::new(Socket::new(stream, limits.idle_timeout), heads), answer)
            .with_upgrades();
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = async { drop(stopped.wait_for(|stopped| *stopped).await) } => {
                Pin::new(&mut connection).graceful_shutdown();
                (&mut connection).await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
            if let Some(parts) = connection.into_parts() {
                refuse(&gateway, &error, parts.io, !parts.read_buf.is_empty()).await;
            }
        }
        drop((open, place));
    }
}

/// What hyper refused before any request was made of it: counted here, because no service ever saw it. A
/// connection on which nobody began another request is none.
async fn refuse(gateway: &Gateway, error: &hyper::Error, connection: Inbound, begun: bool) {
    let reason = match connection.refused() {
        Some(reason) => reason,
        None if error.is_timeout() && begun => {
            connection.too_slow();
            "too-slow"
        }
        // Among them the preface of HTTP/2, which hyper does not answer at all.
        None if error.is_parse() => "malformed",
        None => return,
    };
    gateway.metrics.refused(reason);
    connection.linger().await;
}

/// A browser whose machine went to sleep or lost its network says nothing. The kernel asks it now and then, so that
/// a quiet WebSocket need not be ended to find out.
fn notice_who_vanishes(stream: &TcpStream) {
    use rustix::net::sockopt;
    // Where the kernel has no such thing, time limits do it.
    let _ = sockopt::set_socket_keepalive(stream, true);
    let _ = sockopt::set_tcp_keepidle(stream, Duration::from_secs(60));
    let _ = sockopt::set_tcp_keepintvl(stream, Duration::from_secs(20));
    let _ = sockopt::set_tcp_keepcnt(stream, 4);
}
