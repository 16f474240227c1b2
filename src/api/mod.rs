//! The only code that does HTTP: one function an endpoint of the portal's own API, on the portal's own origin.
//! Everything else sees the contract's types and one error. Nothing is cached and nothing is retried here.

mod error;

use gloo_net::http::{Method, RequestBuilder, Response};
use lanyard_contract::{
    DashboardId,
    wire::{
        PortalConfig, REQUEST_HEADER, SessionAnswer, SessionRequest, SessionsAnswer, SignInAnswer,
        SignInRequest, SignOutAnswer, StateAnswer, TicketAnswer,
    },
};
use serde::{Serialize, de::DeserializeOwned};

pub use error::ApiError;

/// `GET /api/config`
pub async fn config() -> Result<PortalConfig, ApiError> {
    read(get("/api/config").send().await).await
}

/// `GET /api/session`. Nobody signed in is an answer too, not an error.
pub async fn session() -> Result<SessionAnswer, ApiError> {
    read(get("/api/session").send().await).await
}

/// `POST /api/sign-in`
pub async fn begin_sign_in(request: &SignInRequest) -> Result<SignInAnswer, ApiError> {
    post("/api/sign-in", request).await
}

/// `POST /api/session`
pub async fn redeem(request: &SessionRequest) -> Result<SessionAnswer, ApiError> {
    post("/api/session", request).await
}

/// `POST /api/dashboards/{id}/ticket`
pub async fn ticket(id: &DashboardId) -> Result<TicketAnswer, ApiError> {
    let path = ["/api/dashboards/", id.as_str(), "/ticket"].concat();
    read(change(&path, Method::POST).send().await).await
}

/// `GET /api/dashboards/{id}/state`
pub async fn state(id: &DashboardId) -> Result<StateAnswer, ApiError> {
    let path = ["/api/dashboards/", id.as_str(), "/state"].concat();
    read(get(&path).send().await).await
}

/// `DELETE /api/session`
pub async fn sign_out() -> Result<SignOutAnswer, ApiError> {
    read(change("/api/session", Method::DELETE).send().await).await
}

/// `GET /api/sessions`
pub async fn sessions() -> Result<SessionsAnswer, ApiError> {
    read(get("/api/sessions").send().await).await
}

/// `DELETE /api/sessions/{id}`
pub async fn end_session(id: &str) -> Result<(), ApiError> {
    // Ids come from the gateway; whatever else one was, it would be a path of its own.
    let id = String::from(js_sys::encode_uri_component(id));
    let path = ["/api/sessions/", &id].concat();
    let answer = change(&path, Method::DELETE).send().await.map_err(|_| ApiError::Network)?;
    if answer.ok() { Ok(()) } else { Err(refusal(&answer).await) }
}

fn get(path: &str) -> RequestBuilder {
    RequestBuilder::new(path).cache(web_sys::RequestCache::NoStore)
}

fn change(path: &str, method: Method) -> RequestBuilder {
    RequestBuilder::new(path).method(method).header(REQUEST_HEADER, "1")
}

async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, ApiError> {
    let request = change(path, Method::POST).json(body).map_err(|_| ApiError::Unreadable)?;
    read(request.send().await).await
}

async fn read<T: DeserializeOwned>(answer: Result<Response, gloo_net::Error>) -> Result<T, ApiError> {
    let answer = answer.map_err(|_| ApiError::Network)?;
    if !answer.ok() {
        return Err(refusal(&answer).await);
    }
    answer.json().await.map_err(|_| ApiError::Unreadable)
}

async fn refusal(answer: &Response) -> ApiError {
    answer.json().await.map_or(ApiError::Unreadable, ApiError::Problem)
}
