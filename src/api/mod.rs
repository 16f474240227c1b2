//! The only code that does HTTP: one function an endpoint of the portal's own API, on the portal's own origin.
//! Everything else sees the contract's types and one error. Nothing is cached and nothing is retried here.

mod error;
pub mod heard;

use gloo_net::http::{Method, RequestBuilder, Response};
use lanyard_contract::{
    DashboardId,
    wire::{
        BUILD_HEADER, PortalConfig, REQUEST_HEADER, SessionAnswer, SessionRequest, SessionsAnswer,
        SignInAnswer, SignInRequest, SignOutAnswer, StateAnswer, StatesAnswer, TicketAnswer,
    },
};
use serde::{Serialize, de::DeserializeOwned};

pub use error::ApiError;
pub use heard::Heard;

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

/// `GET /api/states`
pub async fn states() -> Result<StatesAnswer, ApiError> {
    read(get("/api/states").send().await).await
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
    hear(change(&path, Method::DELETE).send().await, async |_| Ok(())).await
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
    hear(answer, async |answer| answer.json().await.map_err(|_| ApiError::Unreadable)).await
}

/// Takes an answer in, with what it says of the gateway. `content` reads one that is no refusal.
async fn hear<T>(
    answer: Result<Response, gloo_net::Error>,
    content: impl AsyncFnOnce(&Response) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let Ok(answer) = answer else { return Err(silence()) };
    let build = answer.headers().get(BUILD_HEADER);
    let content = match answer.ok() {
        true => content(&answer).await,
        false => Err(answer.json().await.map_or(ApiError::Unreadable, ApiError::Problem)),
    };
    let unreadable = matches!(content, Err(ApiError::Unreadable));
    match build.as_deref() {
        // A server in front of the gateway says in its own words that it gets no answer either.
        None if unreadable && answer.status() >= 500 => return Err(silence()),
        None if unreadable => {}
        build => heard::answered(build),
    }
    if unreadable && heard::is_foreign(build.as_deref()) {
        return Err(ApiError::Outdated);
    }
    content
}

fn silence() -> ApiError {
    heard::unanswered();
    ApiError::Network
}
