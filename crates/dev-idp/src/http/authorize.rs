//! The authorization endpoint and the sign-in page's answer: a person picks who they are and goes back with
//! a code. Whoever is signed in already goes back at once.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use openidconnect::core::CoreAuthErrorResponseType as Kind;

use super::{broken, pages, sessions};
use crate::{
    Provider,
    clock::Timestamp,
    params::Params,
    random::{NoRandomness, Secret},
    request::{Refused, Request, Step},
    store::{Grant, Session},
};

type Shared = State<Arc<Provider>>;

pub async fn by_get(State(provider): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    authorize(&provider, &headers, &query.unwrap_or_default(), Timestamp::now())
}

pub async fn by_post(State(provider): Shared, headers: HeaderMap, form: String) -> Response {
    authorize(&provider, &headers, &form, Timestamp::now())
}

fn authorize(provider: &Provider, headers: &HeaderMap, encoded: &str, now: Timestamp) -> Response {
    let request = match Request::parse(encoded, &provider.client) {
        Ok(request) => request,
        Err(refused) => return refuse(provider, refused),
    };
    // A person who was taken off the list is signed in no more.
    let session =
        sessions::current(provider, headers, now).filter(|session| provider.person(&session.sub).is_some());
    match (request.step(session.as_ref(), now), session) {
        (Step::Silent, Some(session)) => match code(provider, &request, &session, now) {
            Ok(url) => see_other(&url),
            Err(NoRandomness) => broken(),
        },
        (Step::LoginRequired, _) => {
            refuse(provider, Refused::Back(request.back, Kind::LoginRequired, "nobody is signed in"))
        }
        (_, session) => {
            let current = session.and_then(|session| provider.person(&session.sub));
            pages::sign_in(&provider.people, current, &provider.client.id, encoded, &request.back.origin())
        }
    }
}

pub async fn sign_in(State(provider): Shared, headers: HeaderMap, form: String) -> Response {
    if !from_our_page(provider.issuer().as_str(), &headers) {
        return pages::refusal(StatusCode::FORBIDDEN, "Sign in on this page, not from another site.");
    }
    let Ok(form) = Params::parse(&form) else {
        return pages::refusal(StatusCode::BAD_REQUEST, "The form names something more than once.");
    };
    let request = match Request::parse(form.get("request").unwrap_or_default(), &provider.client) {
        Ok(request) => request,
        Err(refused) => return refuse(&provider, refused),
    };
    if form.get("cancel").is_some() {
        return refuse(
            &provider,
            Refused::Back(request.back, Kind::AccessDenied, "The sign-in was cancelled."),
        );
    }
    let Some(person) = form.get("person").and_then(|sub| provider.person(sub)) else {
        return pages::refusal(StatusCode::BAD_REQUEST, "Nobody of that name can sign in here.");
    };
    let now = Timestamp::now();
    let signed_in = sessions::begin(&provider, &headers, &person.sub, now)
        .and_then(|(session, cookie)| code(&provider, &request, &session, now).map(|url| (url, cookie)));
    match signed_in {
        Ok((url, cookie)) => {
            tracing::info!(sub = person.sub, "signed in");
            ([(header::SET_COOKIE, cookie)], see_other(&url)).into_response()
        }
        Err(NoRandomness) => broken(),
    }
}

/// Issues a code and gives the address to go back to.
fn code(
    provider: &Provider,
    request: &Request,
    session: &Session,
    now: Timestamp,
) -> Result<String, NoRandomness> {
    let code = Secret::new()?;
    let grant = Grant {
        sub: session.sub.clone(),
        redirect_uri: request.back.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        scopes: request.scopes.clone(),
        auth_time: session.auth_time,
    };
    provider.store.put_code(code.digest(), grant, now);
    let order = provider.misbehaviour.order();
    Ok(request.back.with_code(order.iss_parameter(provider.issuer()), code.reveal()))
}

fn refuse(provider: &Provider, refused: Refused) -> Response {
    match refused {
        Refused::Here(why) => pages::refusal(StatusCode::BAD_REQUEST, why),
        Refused::Back(back, kind, why) => {
            let order = provider.misbehaviour.order();
            see_other(&back.with_error(order.iss_parameter(provider.issuer()), &kind, why))
        }
    }
}

/// 303, so that a POST never reaches the application with the form in it (RFC 9700, section 4.12).
fn see_other(url: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response()
}

/// Another site must not sign somebody in here as a person of its choice.
fn from_our_page(issuer: &str, headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.get(header::ORIGIN).is_none_or(|origin| origin == issuer),
    }
}
