//! The portal's host: API, published keys, logo and the shell, each with the portal's own headers.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, header};

use super::{api, gateway::Gateway, headers::of_no_page, logo};

pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(keys))
        .fallback(shell)
        .with_state(gateway.clone())
        // As a service of its own, so that nothing under /api can fall through to the shell.
        .nest_service("/api", api::router(gateway))
}

async fn keys(State(gateway): State<Arc<Gateway>>) -> Response {
    let caching = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    let mut response = (caching, gateway.registry.introductions.keys().jwks().to_string()).into_response();
    of_no_page(response.headers_mut());
    response
}

async fn shell(State(gateway): State<Arc<Gateway>>, request: Request<Body>) -> Response {
    if let Some(picture) = logo::asked(&gateway, &request) {
        return logo::serve(&gateway, picture);
    }
    let response = gateway.shell.serve(request).await;
    if response.status().is_client_error() {
        gateway.metrics.refused("no-such-file");
    }
    response
}
