//! `GET /api/dashboards/{id}/state`: how a dashboard is while somebody looks at it, told to whoever may open it.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use lanyard_contract::{
    DashboardId,
    wire::{SocketState, StateAnswer},
};

use super::{Gateway, refusal::refuse};
use crate::{
    clock::Timestamp,
    http::{caller::Caller, problem::ApiError},
    policy::{Action, Denied, Question},
};

pub async fn show(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // What is no text at all is an unknown dashboard too.
    let id = id.map(|Path(id)| id).unwrap_or_default();
    match state(&gateway, &caller, &id, &headers).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refuse(&gateway, error, &caller),
    }
}

async fn state(
    gateway: &Gateway,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
) -> Result<StateAnswer, ApiError> {
    let now = Timestamp::now();
    let session = gateway.registry.of_portal(headers, now).await;
    // A name that cannot be a dashboard's is an unknown dashboard.
    let unknown = if session.is_some() { Denied::NotFound } else { Denied::SignedOut };
    let dashboard: DashboardId = id.parse().map_err(|_| unknown)?;
    let question = Question {
        session: session.as_ref(),
        dashboard: &dashboard,
        origin: None,
        entered: true,
        action: Action::State,
        address: caller.address,
        now,
    };
    let permit = gateway.authority.authorize(question).await?;
    let app = gateway.health.of(&dashboard, now).await;
    // That may have taken seconds.
    if session.is_some() && gateway.registry.of_portal(headers, Timestamp::now()).await.is_none() {
        return Err(Denied::SignedOut.into());
    }
    let connections = &gateway.registry.connections;
    let socket = permit.session().map(|session| connections.socket(session.id, &dashboard));
    Ok(StateAnswer { app, socket: socket.unwrap_or(SocketState::None) })
}
