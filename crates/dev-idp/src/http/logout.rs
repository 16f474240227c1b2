//! RP-Initiated Logout 1.0: ends the browser's session here, and leads back to a registered address.
//! The client names itself by an ID token that was issued to it, or by its id. Nobody is asked whether they
//! mean it: whoever could be made to sign out here by a link can sign in again with one click.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use openidconnect::{ClientId, Nonce, core::CoreIdTokenVerifier};
use url::Url;

use super::{pages, sessions};
use crate::{Provider, claims::Token, clock::Timestamp, params::Params};

type Shared = State<Arc<Provider>>;

/// Why nobody is signed out.
#[derive(Debug, thiserror::Error)]
enum LogoutError {
    #[error("The request names one of its parameters more than once.")]
    Duplicated,
    #[error("The application that sent you here is not registered.")]
    Client,
    #[error("The address to return to is not registered for this application.")]
    Address,
}

pub async fn by_get(State(provider): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    logout(&provider, &headers, &query.unwrap_or_default(), Timestamp::now())
}

pub async fn by_post(State(provider): Shared, headers: HeaderMap, form: String) -> Response {
    logout(&provider, &headers, &form, Timestamp::now())
}

fn logout(provider: &Provider, headers: &HeaderMap, encoded: &str, now: Timestamp) -> Response {
    let back = match judge(provider, encoded) {
        Ok(back) => back,
        Err(error) => return pages::refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let cookie = [(header::SET_COOKIE, sessions::end(provider, headers, now))];
    match back {
        Some(url) => (StatusCode::SEE_OTHER, cookie, [(header::LOCATION, String::from(url))]).into_response(),
        None => (cookie, pages::signed_out()).into_response(),
    }
}

/// Where to go afterwards, if the request says so and may.
fn judge(provider: &Provider, encoded: &str) -> Result<Option<Url>, LogoutError> {
    let params = Params::parse(encoded).map_err(|_| LogoutError::Duplicated)?;
    let named = match params.get("client_id") {
        Some(id) if id != provider.client.id => return Err(LogoutError::Client),
        named => named.is_some(),
    };
    let hinted = params.get("id_token_hint").is_some_and(|hint| was_issued(provider, hint));
    if !named && !hinted {
        return Err(LogoutError::Client);
    }
    let Some(address) = params.get("post_logout_redirect_uri") else {
        return Ok(None);
    };
    if !provider.client.may_leave_to(address) {
        return Err(LogoutError::Address);
    }
    let mut url = Url::parse(address).map_err(|_| LogoutError::Address)?;
    if let Some(state) = params.get("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    Ok(Some(url))
}

/// Whether it is an ID token of ours for the client. One that is over is as good a hint (section 2).
fn was_issued(provider: &Provider, hint: &str) -> bool {
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new(provider.client.id.clone()),
        provider.issuer().clone(),
        provider.key.public.clone(),
    )
    .set_time_fn(|| std::time::UNIX_EPOCH.into())
    .set_issue_time_verifier_fn(|_| Ok(()));
    hint.parse::<Token>().is_ok_and(|token| token.claims(&verifier, any_nonce).is_ok())
}

/// A nonce binds a token to a sign-in; this is not one.
fn any_nonce(_: Option<&Nonce>) -> Result<(), String> {
    Ok(())
}
