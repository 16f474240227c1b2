//! The token endpoint: the client trades a code for an ID token and an access token, once.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use openidconnect::{
    PkceCodeChallenge, PkceCodeVerifier, StandardErrorResponse, core::CoreErrorResponseType,
};
use serde_json::json;
use subtle::ConstantTimeEq as _;

use crate::{
    Provider,
    client::NotTheClient,
    clock::Timestamp,
    misbehave::{Signing, Unsigned},
    params::{Duplicated, Params},
    random::{Digest256, NoRandomness, Secret},
    store::{self, CodeError},
    tokens,
};

/// Why no token is given (RFC 6749, section 5.2).
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    Client(#[from] NotTheClient),
    #[error(transparent)]
    Form(#[from] Duplicated),
    #[error("the grant type must be authorization_code")]
    GrantType,
    #[error("'{0}' is missing")]
    Missing(&'static str),
    #[error("code_verifier must be 43 to 128 unreserved characters")]
    Verifier,
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error(transparent)]
    Signing(#[from] Unsigned),
}

impl axum::response::IntoResponse for TokenError {
    fn into_response(self) -> Response {
        use CoreErrorResponseType as Kind;
        let (status, kind) = match &self {
            Self::Client(NotTheClient::Failed) => (StatusCode::UNAUTHORIZED, Kind::InvalidClient),
            Self::GrantType => (StatusCode::BAD_REQUEST, Kind::UnsupportedGrantType),
            Self::Code(_) => (StatusCode::BAD_REQUEST, Kind::InvalidGrant),
            Self::Randomness(_) | Self::Signing(_) => return super::broken(),
            Self::Client(NotTheClient::TwoWays) | Self::Form(_) | Self::Missing(_) | Self::Verifier => {
                (StatusCode::BAD_REQUEST, Kind::InvalidRequest)
            }
        };
        tracing::info!(error = %self, "no token");
        let body = Json(StandardErrorResponse::new(kind, Some(self.to_string()), None));
        match status {
            StatusCode::UNAUTHORIZED => {
                (status, [(header::WWW_AUTHENTICATE, "Basic realm=\"token\"")], body).into_response()
            }
            _ => (status, body).into_response(),
        }
    }
}

pub async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Result<Response, TokenError> {
    let form = Params::parse(&form)?;
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    provider.client.authenticate(authorization, &form)?;
    if form.get("grant_type") != Some("authorization_code") {
        return Err(TokenError::GrantType);
    }
    let wanted = |name| form.get(name).ok_or(TokenError::Missing(name));
    let (code, redirect_uri) = (Digest256::of(wanted("code")?), wanted("redirect_uri")?);
    let challenge = challenge_of(wanted("code_verifier")?)?;

    let (access_token, now) = (Secret::new()?, Timestamp::now());
    let order = provider.misbehaviour.order();
    let grant = provider.store.redeem(code, access_token.digest(), now, |grant| {
        let same: bool = challenge.as_bytes().ct_eq(grant.challenge.as_bytes()).into();
        (same || order.ignores_verifier()) && grant.redirect_uri == redirect_uri
    })?;
    let person = provider.person(&grant.sub).ok_or(CodeError::Unknown)?;
    let id_token = tokens::id_token(
        (provider.issuer(), &provider.client.id),
        &provider.key,
        (&grant, person),
        (access_token.reveal(), now),
    );
    let signing = Signing {
        own: &provider.key,
        spare: &provider.misbehaviour.spare,
        client_secret: provider.client.secret(),
        access_token: access_token.reveal(),
    };
    let answer = json!({
        "access_token": access_token.reveal(),
        "token_type": "bearer",
        "expires_in": store::TOKEN.as_secs(),
        "scope": grant.scopes.join(" "),
        "id_token": order.id_token(id_token.map_err(|_| Unsigned)?, &signing)?,
    });
    Ok(Json(answer).into_response())
}

/// S256 (RFC 7636, section 4.2).
fn challenge_of(verifier: &str) -> Result<String, TokenError> {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return Err(TokenError::Verifier);
    }
    let verifier = PkceCodeVerifier::new(verifier.into());
    Ok(PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str().into())
}
