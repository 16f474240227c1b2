//! The userinfo endpoint (OpenID Connect Core, section 5.3): the person's claims, for an access token.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::{Provider, clock::Timestamp, random::Digest256, tokens};

pub async fn userinfo(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let Some(token) = bearer(&headers) else {
        return challenge("Bearer");
    };
    let access = provider.store.access(token, Timestamp::now());
    match access.as_ref().and_then(|access| Some((access, provider.person(&access.sub)?))) {
        Some((access, person)) => match serde_json::to_value(tokens::userinfo(access, person)) {
            Ok(claims) => Json(provider.misbehaviour.order().userinfo(claims)).into_response(),
            Err(_) => super::broken(),
        },
        None => challenge("Bearer error=\"invalid_token\""),
    }
}

/// In the header only (RFC 9700, section 4.3.2): never from the query.
fn bearer(headers: &HeaderMap) -> Option<Digest256> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Digest256::of(token.trim()))
}

fn challenge(how: &'static str) -> Response {
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, how)]).into_response()
}
