//! `POST /api/dashboards/{id}/ticket`: the key to a frame, if the dashboard is this person's to open.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use lanyard_contract::{DashboardId, wire::TicketAnswer};

use super::{Gateway, refusal::refuse};
use crate::{
    clock::Timestamp,
    http::{caller::Caller, problem::ApiError},
    identity::session::{store::Ticket, tickets},
    policy::{Action, Denied, Question},
    random::Token,
};

pub async fn issue(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // What is no text at all is an unknown dashboard too.
    let id = id.map(|Path(id)| id).unwrap_or_default();
    match ticket(&gateway, &caller, &id, &headers).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refuse(&gateway, error, &caller),
    }
}

async fn ticket(
    gateway: &Gateway,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
) -> Result<TicketAnswer, ApiError> {
    let now = Timestamp::now();
    let session = gateway.registry.of_portal(headers, now).await;
    // Asked before anything is decided, so that no event says "allowed" for what is refused here.
    if let Some(session) = &session
        && !gateway.tickets.admit(&session.person.fingerprint("tickets"), now)
    {
        return Err(ApiError::TooManyRequests);
    }
    // A name that cannot be a dashboard's is an unknown dashboard.
    let unknown = if session.is_some() { Denied::NotFound } else { Denied::SignedOut };
    let dashboard: DashboardId = id.parse().map_err(|_| unknown)?;
    let question = Question {
        session: session.as_ref(),
        dashboard: &dashboard,
        origin: None,
        entered: true,
        action: Action::Ticket,
        address: caller.address,
        now,
    };
    let permit = gateway.authority.authorize(question).await?;
    let session = permit.session().ok_or(Denied::SignedOut)?;
    let token = Token::new()?;
    let ticket = Ticket { session: session.id, dashboard, expires: now.plus(tickets::LIFETIME) };
    gateway.registry.tickets.put(token.digest(), ticket, now).await.map_err(|_| ApiError::Full)?;
    let action = format!("{}/_lanyard/enter", permit.app().origin);
    Ok(TicketAnswer { ticket: token.reveal().to_owned(), action })
}
