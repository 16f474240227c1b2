//! `GET /api/sessions`: where the caller is signed in. `DELETE /api/sessions/{id}` ends one of these sessions, and
//! never anybody else's.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use lanyard_contract::wire::{OpenSession, SessionsAnswer};

use super::{Gateway, refusal::refuse, session::farewell};
use crate::{
    audit::Kind,
    clock::Timestamp,
    http::{caller::Caller, problem::ApiError},
    identity::session::Shared,
    policy::Denied,
};

pub async fn show(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    match own(&gateway, &headers, Timestamp::now()).await {
        Ok((current, sessions)) => {
            let sessions = sessions.iter().map(|session| open(session, &current));
            Json(SessionsAnswer { sessions: sessions.collect() }).into_response()
        }
        Err(error) => refuse(&gateway, error, &caller),
    }
}

pub async fn end(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // What is no text at all is an unknown session too.
    let id = id.map(|Path(id)| id).unwrap_or_default();
    match end_own(&gateway, &caller, &id, &headers).await {
        Ok(response) => response,
        Err(error) => refuse(&gateway, error, &caller),
    }
}

async fn end_own(
    gateway: &Gateway,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let now = Timestamp::now();
    let (current, sessions) = own(gateway, headers, now).await?;
    let session = sessions.iter().find(|session| session.id.public() == id).ok_or(ApiError::NoSuchSession)?;
    if session.id == current.id {
        gateway.registry.leave(session, Kind::SignOut, "the person", now).await;
        return Ok((StatusCode::NO_CONTENT, farewell(gateway)).into_response());
    }
    // Whoever has taken somebody's cookie leaves their own traces by this.
    let why = format!("the person, in session {} from {}", current.id.short(), caller.address);
    gateway.registry.leave(session, Kind::SessionEnd, &why, now).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The session that asks, and all of its person's.
async fn own(
    gateway: &Gateway,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(Shared, Vec<Shared>), ApiError> {
    let current = gateway.registry.of_portal(headers, now).await.ok_or(Denied::SignedOut)?;
    let sessions = gateway.registry.sessions.of_person(&current.person, now).await;
    Ok((current, sessions))
}

fn open(session: &Shared, current: &Shared) -> OpenSession {
    OpenSession {
        id: session.id.public(),
        begun: session.started.as_secs(),
        expires: session.expires.as_secs_rounded_up(),
        browser: session.browser.text(),
        current: session.id == current.id,
    }
}
