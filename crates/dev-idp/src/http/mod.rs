//! The provider's endpoints, one file each, and what holds for all of them: the one Host, headers, limits.

mod authorize;
mod discovery;
mod logout;
mod misbehave;
mod pages;
mod sessions;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use crate::{
    Provider,
    misbehave::{Answer, Place, answers::ELSEWHERE},
};

/// Of a request, in bytes. Forms are small.
const BODY: usize = 64 * 1024;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/jwks";
const AUTHORIZE: &str = "/authorize";
const SIGN_IN: &str = "/sign-in";
const TOKEN: &str = "/token";
const USERINFO: &str = "/userinfo";
const LOGOUT: &str = "/logout";
const MISBEHAVE: &str = "/misbehave";
const STYLE: &str = "/style.css";

pub fn router(provider: Arc<Provider>) -> Router {
    let mut router = Router::new()
        .route(DISCOVERY, get(discovery::metadata))
        .route(JWKS, get(discovery::jwks))
        .route(AUTHORIZE, get(authorize::by_get).post(authorize::by_post))
        .route(SIGN_IN, post(authorize::sign_in))
        .route(TOKEN, post(token::token))
        .route(USERINFO, get(userinfo::userinfo).post(userinfo::userinfo))
        .route(LOGOUT, get(logout::by_get).post(logout::by_post))
        .route(STYLE, get(pages::style))
        .fallback(pages::not_found);
    if provider.may_misbehave {
        let large = DefaultBodyLimit::max(misbehave::BODY);
        router = router.route(MISBEHAVE, post(misbehave::give).get(misbehave::counts).layer(large));
    }
    router
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(provider.clone(), order))
        .layer(middleware::from_fn_with_state(provider.clone(), gate))
        .with_state(provider)
}

/// Answers for the issuer's own name only: a name that somebody points at loopback (DNS rebinding) gets 421.
async fn gate(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let mut response = if is_ours(provider.authority(), request.uri(), request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "This server does not answer for that host.\n").into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: it would turn the sign-in form's Origin into `null`.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

fn is_ours(authority: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()),
        _ => false,
    };
    named && uri.authority().is_none_or(|absolute| absolute.as_str().eq_ignore_ascii_case(authority))
}

/// Counts, and misbehaves in the answer, except for the endpoint that ends it.
async fn order(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let (path, misbehaviour) = (request.uri().path().to_owned(), &provider.misbehaviour);
    if path == MISBEHAVE {
        return next.run(request).await;
    }
    if request.uri().query() == Some(ELSEWHERE) {
        misbehaviour.count(Place::Elsewhere);
        return next.run(request).await;
    }
    let (order, place) = (misbehaviour.order(), place(&path));
    if let Some(place) = place {
        misbehaviour.count(place);
    }
    if let Some(delay) = order.delay() {
        tokio::time::sleep(delay).await;
    }
    match place.and_then(|place| order.answer(place)) {
        _ if order.is_down() => Answer::Down.give(&path, next.run(request)).await,
        Some(answer) => answer.give(&path, next.run(request)).await,
        None => next.run(request).await,
    }
}

/// Where a relying party asks by itself.
fn place(path: &str) -> Option<Place> {
    match path {
        DISCOVERY => Some(Place::Discovery),
        JWKS => Some(Place::Jwks),
        TOKEN => Some(Place::Token),
        USERINFO => Some(Place::Userinfo),
        _ => None,
    }
}

/// A failure that says nothing about its cause.
fn broken() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here.\n").into_response()
}
