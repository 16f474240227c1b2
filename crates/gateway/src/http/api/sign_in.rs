//! `POST /api/sign-in` binds a flow to this browser; `POST /api/session` redeems the code that came of it.
//! Between the two the gateway keeps nothing: the nonce is computed from the cookie and the state. Where a proxy in
//! front signs people in, the first of them is all.

use std::{collections::BTreeSet, sync::Arc, sync::atomic::AtomicBool};

use axum::{
    Extension, Json,
    extract::{State, rejection::JsonRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use lanyard_contract::wire::{SessionAnswer, SessionRequest, SignInAnswer, SignInRequest};
use serde_json::Value;

use super::{Gateway, refusal::refuse, session::answer};
use crate::{
    audit::{Event, Kind, Outcome},
    clock::Timestamp,
    config::Secret,
    http::{caller::Caller, problem::ApiError},
    identity::{
        Person,
        oidc::{Beginning, Redemption, SignedIn, nonce},
        session::{
            Browser, Session, SessionId,
            cookies::{self, Reach},
        },
    },
    policy::subject,
    random::Token,
};

/// How long a sign-in may take, in seconds.
const SIGN_IN_SECONDS: u64 = 600;

type Body<T> = Result<Json<T>, JsonRejection>;

pub async fn begin(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body<SignInRequest>,
) -> Response {
    let begun = match &gateway.front {
        Some(_) => by_proxy(&gateway, &caller, &headers).await.inspect_err(|error| {
            gateway.metrics.signed_in(error.name());
        }),
        None => prepare(&gateway, &headers, body).await,
    };
    begun.unwrap_or_else(|error| refuse(&gateway, error, &caller))
}

/// Signs in whom the proxy in front names, here and now.
async fn by_proxy(gateway: &Gateway, caller: &Caller, headers: &HeaderMap) -> Result<Response, ApiError> {
    let person = caller.named.person().ok_or(ApiError::NobodyNamed)?;
    let nothing = || Secret::new(String::new());
    let signed_in = SignedIn {
        person: Person::clone(person),
        id_token: nothing(),
        access_token: nothing(),
        claims: Value::Null,
        userinfo: None,
    };
    let (cookie, _) = welcome(gateway, caller, headers, signed_in, Timestamp::now()).await?;
    let answer = SignInAnswer { nonce: String::new(), request_uri: None };
    Ok(([(header::SET_COOKIE, cookie)], Json(answer)).into_response())
}

async fn prepare(
    gateway: &Gateway,
    headers: &HeaderMap,
    body: Body<SignInRequest>,
) -> Result<Response, ApiError> {
    let Json(request) = body.map_err(|_| ApiError::BadRequest("the body is not a sign-in"))?;
    if !is_base64url(&request.state) || !(16..=256).contains(&request.state.len()) {
        return Err(ApiError::BadRequest("the state is not 16 to 256 characters of base64url"));
    }
    let fresh;
    let secret = match present(headers) {
        Some(secret) => secret,
        None => {
            fresh = Token::new()?;
            fresh.reveal()
        }
    };
    let cookie = cookies::set(cookies::SIGN_IN, secret, Some(SIGN_IN_SECONDS), Reach::Strict);
    let nonce = nonce(secret.as_bytes(), &request.state);
    let request_uri = push(gateway, &request, &nonce).await?;
    let answer = SignInAnswer { nonce, request_uri };
    Ok(([(header::SET_COOKIE, cookie)], Json(answer)).into_response())
}

/// Without a challenge it is a shell that was loaded before the gateway could push requests, or none of ours.
async fn push(gateway: &Gateway, request: &SignInRequest, nonce: &str) -> Result<Option<String>, ApiError> {
    let Some(challenge) = request.challenge.as_deref() else { return Ok(None) };
    if !is_base64url(challenge) || challenge.len() != 43 {
        return Err(ApiError::BadRequest("the challenge is not the 43 characters of a SHA-256 in base64url"));
    }
    let (state, choose_account) = (&*request.state, request.choose_account);
    let provider = gateway.provider.as_ref().ok_or(ApiError::NoSuchEndpoint)?;
    Ok(provider.push(&Beginning { state, nonce, challenge, choose_account }).await?)
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// The secret that an earlier tab got, so that several may sign in at once.
fn present(headers: &HeaderMap) -> Option<&str> {
    let secret = cookies::value(headers, cookies::SIGN_IN)?;
    std::str::from_utf8(secret).ok().filter(|secret| secret.len() == 43)
}

pub async fn finish(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body<SessionRequest>,
) -> Response {
    match redeem(&gateway, &caller, &headers, body).await {
        Ok(response) => response,
        Err(error) => {
            gateway.metrics.signed_in(error.name());
            refuse(&gateway, error, &caller)
        }
    }
}

async fn redeem(
    gateway: &Gateway,
    caller: &Caller,
    headers: &HeaderMap,
    body: Body<SessionRequest>,
) -> Result<Response, ApiError> {
    let Json(request) = body.map_err(|_| ApiError::BadRequest("the body is not a code to redeem"))?;
    let secret = present(headers).ok_or(ApiError::SignInExpired)?;
    let nonce = nonce(secret.as_bytes(), &request.state);
    let flow = Redemption {
        code: &request.code,
        verifier: &request.verifier,
        iss: request.iss.as_deref(),
        nonce: &nonce,
    };
    let now = Timestamp::now();
    let provider = gateway.provider.as_ref().ok_or(ApiError::NoSuchEndpoint)?;
    let signed_in = provider.redeem(flow, now).await.inspect_err(|_| {
        // Counted, not written one by one: anybody can fail as often as they like. The log has each reason.
        gateway.registry.audit.anonymous("sign-in-refused");
    })?;
    let (cookie, body) = welcome(gateway, caller, headers, signed_in, now).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

/// Begins a session instead of the one that this browser had: its cookie, and what to tell the shell.
async fn welcome(
    gateway: &Gateway,
    caller: &Caller,
    headers: &HeaderMap,
    signed_in: SignedIn,
    now: Timestamp,
) -> Result<(HeaderValue, SessionAnswer), ApiError> {
    let token = Token::new()?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let roles: BTreeSet<_> = gateway.config.roles.roles_of(&signed_in.person.groups);
    let session = Session {
        id: SessionId(token.digest()),
        person: signed_in.person,
        roles,
        started: now,
        expires: now.plus(gateway.config.session.absolute),
        browser: Browser::of(agent),
        id_token: signed_in.id_token,
        access_token: signed_in.access_token,
        ended: AtomicBool::new(false),
    };
    if let Some(earlier) = gateway.registry.of_portal(headers, now).await {
        gateway.registry.end(earlier.id, Kind::SessionEnd, "a new sign-in in the same browser", now).await;
    }
    let event = Event::new(Kind::SignIn, Outcome::Allowed).of(subject(&session)).from(caller.address);
    let body = answer(gateway, Some(&session));
    gateway.registry.begin(session, now).await.map_err(|_| ApiError::Full)?;
    gateway.registry.audit.note(event, now);
    gateway.metrics.signed_in("signed-in");
    Ok((cookies::set(cookies::PORTAL, token.reveal(), None, Reach::Strict), body))
}
