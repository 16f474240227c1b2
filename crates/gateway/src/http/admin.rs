//! The admin listener: health, readiness and metrics, for machines in the same network. It knows the hosts
//! that it is called by and refuses all others, so that no page in an operator's browser can read it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::gateway::Gateway;
use crate::config::{Authority, Scheme};

#[derive(Clone)]
struct Admin {
    gateway: Arc<Gateway>,
    stopping: Arc<AtomicBool>,
    address: SocketAddr,
}

/// Serves for ever. `stopping` makes `/readyz` say no, so that load balancers look elsewhere.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener, stopping: Arc<AtomicBool>) {
    let address = gateway.config.server.admin;
    let state = Admin { gateway, stopping, address };
    let router = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .layer(middleware::from_fn_with_state(state.clone(), known_host))
        .with_state(state);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        };
        let router = router.clone();
        let answer =
            service_fn(move |request: http::Request<hyper::body::Incoming>| router.clone().oneshot(request));
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(std::time::Duration::from_secs(5))
            .serve_connection(TokioIo::new(stream), answer);
        tokio::spawn(connection);
    }
}

/// `localhost`, a loopback address, or the very address that is listened on.
async fn known_host(State(admin): State<Admin>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).into_iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| Authority::parse(host, Scheme::Http).ok()),
        _ => None,
    };
    let known = host.is_some_and(|host| {
        let bare = host.host().trim_start_matches('[').trim_end_matches(']');
        let address = bare.parse::<std::net::IpAddr>();
        host.port() == admin.address.port()
            && (bare == "localhost" || address.is_ok_and(|ip| ip.is_loopback() || ip == admin.address.ip()))
    });
    match known {
        true => next.run(request).await,
        false => (StatusCode::MISDIRECTED_REQUEST, "No such host is served here.\n").into_response(),
    }
}

/// Ready to take requests. The provider may be down: public dashboards and open sessions work without it.
async fn ready(State(admin): State<Admin>) -> Response {
    match admin.stopping.load(Ordering::Relaxed) {
        true => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
        false => match &admin.gateway.provider {
            Some(provider) if provider.endpoints().is_none() => {
                "ready, but the identity provider does not answer\n".into_response()
            }
            Some(_) | None => "ready\n".into_response(),
        },
    }
}

async fn metrics(State(admin): State<Admin>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], admin.gateway.metrics_page()).into_response()
}
