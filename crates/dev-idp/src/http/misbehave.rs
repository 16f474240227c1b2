//! `POST /misbehave`: what to do wrong from now on. Only there with `--allow-misbehaviour`.
//! The body must be `application/json`, which no other site's page can send without being asked first.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};

use crate::{Provider, misbehave::Order};

pub async fn give(State(provider): State<Arc<Provider>>, Json(order): Json<Order>) -> StatusCode {
    tracing::warn!(?order, "misbehaving on request");
    provider.misbehaviour.give(order);
    StatusCode::NO_CONTENT
}
