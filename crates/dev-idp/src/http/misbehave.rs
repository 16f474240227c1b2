//! `POST /misbehave`: what to do wrong from now on. `GET /misbehave`: how often each endpoint was asked.
//! Only there with `--allow-misbehaviour`. The body must be `application/json`, which no other site's page can
//! send without being asked first.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use crate::{Provider, misbehave::Order};

/// Of an order, in bytes: it may hold many groups.
pub const BODY: usize = 4 * 1024 * 1024;

pub async fn give(State(provider): State<Arc<Provider>>, Json(order): Json<Order>) -> StatusCode {
    tracing::warn!(?order, "misbehaving on request");
    provider.misbehaviour.give(order);
    StatusCode::NO_CONTENT
}

pub async fn counts(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(json!({ "asked": provider.misbehaviour.asked() }))
}
