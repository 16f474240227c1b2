//! The portal's host: API, published keys and the shell, each with the portal's own headers.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, header};

use super::{api, gateway::Gateway};
use crate::config::{self, Config, Scheme};

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
    (caching, gateway.registry.introductions.keys().jwks().to_string()).into_response()
}

async fn shell(State(gateway): State<Arc<Gateway>>, request: Request<Body>) -> Response {
    gateway.shell.serve(request).await
}

/// The headers that every answer of the portal carries.
pub fn headers(config: &Config, inline_scripts: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    set("content-security-policy", content_security_policy(config, inline_scripts));
    // `no-referrer` and `same-origin` would turn the Origin of the entry's form into `null`.
    set("referrer-policy", "strict-origin".into());
    set("cross-origin-opener-policy", "same-origin".into());
    set("cross-origin-resource-policy", "same-origin".into());
    set("origin-agent-cluster", "?1".into());
    set("x-content-type-options", "nosniff".into());
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()".into());
    if config.portal.origin.scheme == Scheme::Https {
        set("strict-transport-security", "max-age=31536000".into());
    }
    headers
}

/// Frames: the wildcard and not the ids, which would tell everybody which dashboards there are. Hosts of
/// their own and external origins cannot be hidden from it.
fn content_security_policy(config: &Config, inline_scripts: &[String]) -> String {
    let apps = &config.portal.apps;
    let wildcard = format!("{}://*.{}", apps.scheme.as_str(), apps.suffix.display(apps.scheme));
    let (mut own, mut external) = (String::new(), String::new());
    for dashboard in &config.dashboards {
        match &dashboard.kind {
            config::Kind::App(app) if app.own_host => own += &format!(" {}", app.origin),
            config::Kind::App(_) => {}
            config::Kind::External { origin, .. } => external += &format!(" {origin}"),
        }
    }
    let scripts: String = inline_scripts.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; frame-src {wildcard}{own}{external}; \
         form-action 'self' {wildcard}{own}; base-uri 'none'; frame-ancestors 'none'"
    )
}
