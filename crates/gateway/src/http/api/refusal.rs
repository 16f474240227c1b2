//! How the API says no: every refusal is counted and answered here, and nowhere without the other. Which one it is,
//! the endpoints say.

use axum::response::Response;

use crate::http::{caller::Caller, gateway::Gateway, problem::ApiError};

pub fn refuse(gateway: &Gateway, error: ApiError, caller: &Caller) -> Response {
    gateway.metrics.refused(error.name());
    error.respond(caller)
}
