//! The portal's API: its table of contents, and what every call must bring before anything else is read.

mod config;
mod refusal;
mod session;
mod sessions;
mod sign_in;
mod state;
mod states;
mod ticket;

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{delete, get, post},
};
use http::{HeaderMap, HeaderValue, Method, header};
use lanyard_contract::wire::{BUILD_HEADER, REQUEST_HEADER};
use tokio::time::timeout;

pub(super) use super::gateway::Gateway;
use super::{caller::Caller, headers::of_no_page, problem::ApiError};
use crate::{clock::Timestamp, config::Origin};
use refusal::refuse;

/// Codes, verifiers and states are short; nothing longer is read, in bytes.
const LARGEST_BODY: usize = 32 * 1024;

/// Everything under `/api`.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/config", get(config::show))
        .route("/sign-in", post(sign_in::begin))
        .route("/session", get(session::show).post(sign_in::finish).delete(session::end))
        .route("/sessions", get(sessions::show))
        .route("/sessions/{id}", delete(sessions::end))
        .route("/states", get(states::show))
        .route("/dashboards/{id}/ticket", post(ticket::issue))
        .route("/dashboards/{id}/state", get(state::show))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(middleware::from_fn_with_state(gateway.clone(), guard))
        .with_state(gateway)
}

async fn nothing_here(State(gateway): State<Arc<Gateway>>, Extension(caller): Extension<Caller>) -> Response {
    refuse(&gateway, ApiError::NoSuchEndpoint, &caller)
}

/// What every call must pass before it is understood, and the marks that every answer carries.
async fn guard(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match judge(&gateway, &caller, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => refuse(&gateway, error, &caller),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(header::VARY, HeaderValue::from_static("cookie"));
    if let Some(build) = gateway.shell.build() {
        headers.insert(BUILD_HEADER, build.clone());
    }
    of_no_page(headers);
    response
}

/// From the portal's own page, not too often, and whole within the time that a header has.
async fn judge(gateway: &Gateway, caller: &Caller, request: Request) -> Result<Request, ApiError> {
    if !from_the_portal(request.method(), request.headers(), &gateway.config.portal.origin) {
        return Err(ApiError::NotFromThePortal);
    }
    let now = Timestamp::now();
    let signs_in =
        request.method() == Method::POST && matches!(request.uri().path(), "/sign-in" | "/session");
    let admitted = if signs_in {
        gateway.strangers.admit(&caller.network(), now)
    } else {
        // Whoever looks at a public dashboard asks again and again, and must not use up what signing in needs.
        let looks = ["/state", "/states"].iter().any(|end| request.uri().path().ends_with(end));
        let strangers = if looks { &gateway.looking } else { &gateway.anonymous };
        gateway.registry.of_portal(request.headers(), now).await.is_some()
            || strangers.admit(&caller.network(), now)
    };
    if !admitted {
        gateway.registry.audit.anonymous("rate-limited");
        return Err(ApiError::TooManyRequests);
    }
    let (parts, body) = request.into_parts();
    let whole = timeout(gateway.config.limits.header_timeout, to_bytes(body, LARGEST_BODY)).await;
    let whole = whole
        .map_err(|_| ApiError::TooSlow)?
        .map_err(|_| ApiError::BadRequest("its body is too long or broke off"))?;
    Ok(Request::from_parts(parts, Body::from(whole)))
}

/// Same origin where the browser says so, our header and the exact `Origin` on everything that changes state.
fn from_the_portal(method: &Method, headers: &HeaderMap, portal: &Origin) -> bool {
    let only = |name: &str| {
        let mut values = headers.get_all(name).into_iter();
        (values.next().map(HeaderValue::as_bytes), values.next().is_some())
    };
    let same_site = match only("sec-fetch-site") {
        (None, _) => true,
        (Some(value), several) => value == b"same-origin" && !several,
    };
    let expected = portal.to_string();
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let origin = match only("origin") {
        (None, _) => reads,
        (Some(value), several) => value == expected.as_bytes() && !several,
    };
    same_site && origin && (reads || headers.contains_key(REQUEST_HEADER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(method: Method, lines: &[(&'static str, &'static str)]) -> bool {
        let headers = lines
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let portal = "https://dash.example".parse().expect("an origin");
        from_the_portal(&method, &headers, &portal)
    }

    #[test]
    fn the_portal_s_own_page_passes() {
        assert!(admitted(Method::GET, &[]));
        assert!(admitted(Method::GET, &[("sec-fetch-site", "same-origin")]));
        let own = [
            ("origin", "https://dash.example"),
            ("x-lanyard-request", "1"),
            ("sec-fetch-site", "same-origin"),
        ];
        assert!(admitted(Method::POST, &own) && admitted(Method::DELETE, &own));
    }

    #[test]
    fn everything_else_does_not() {
        for site in ["same-site", "cross-site", "none", ""] {
            assert!(!admitted(Method::GET, &[("sec-fetch-site", site)]), "{site}");
        }
        assert!(!admitted(Method::GET, &[("origin", "https://finance.dash.example")]));
        for lines in [
            &[][..],
            &[("origin", "https://dash.example")],
            &[("x-lanyard-request", "1")],
            &[("origin", "null"), ("x-lanyard-request", "1")],
            &[("origin", "https://dash.example:444"), ("x-lanyard-request", "1")],
            &[("origin", "http://dash.example"), ("x-lanyard-request", "1")],
            &[("origin", "https://dash.example.evil"), ("x-lanyard-request", "1")],
            &[
                ("origin", "https://dash.example"),
                ("origin", "https://dash.example"),
                ("x-lanyard-request", "1"),
            ],
        ] {
            assert!(!admitted(Method::POST, lines), "{lines:?}");
        }
    }
}
