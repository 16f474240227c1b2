//! `GET /api/states`: what is known of the apps behind the dashboards that the caller sees. Waits for none of them.

use std::sync::Arc;

use axum::{Json, extract::State};
use http::HeaderMap;
use lanyard_contract::wire::StatesAnswer;

use super::Gateway;
use crate::clock::Timestamp;

pub async fn show(State(gateway): State<Arc<Gateway>>, headers: HeaderMap) -> Json<StatesAnswer> {
    let now = Timestamp::now();
    let session = gateway.registry.of_portal(&headers, now).await;
    let seen = gateway.authority.projection(session.as_deref());
    Json(StatesAnswer { apps: gateway.health.glance(seen.iter().map(|dashboard| &dashboard.id), now) })
}
