//! What the provider can do (OpenID Connect Discovery 1.0), and the key that it signs with.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use openidconnect::{
    AdditionalProviderMetadata, AuthUrl, EndSessionUrl, JsonWebKeySetUrl, ProviderMetadata, ResponseTypes,
    Scope, TokenUrl, UserInfoUrl,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
        CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Provider, http};

/// What later standards add: RP-Initiated Logout, RFC 9207 and RFC 8414.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Additional {
    end_session_endpoint: EndSessionUrl,
    authorization_response_iss_parameter_supported: bool,
    code_challenge_methods_supported: Vec<String>,
}

impl AdditionalProviderMetadata for Additional {}

type Metadata = ProviderMetadata<
    Additional,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub async fn metadata(State(provider): State<Arc<Provider>>) -> Response {
    match describe(&provider).ok().and_then(|metadata| serde_json::to_value(metadata).ok()) {
        Some(metadata) => Json(provider.misbehaviour.order().metadata(metadata)).into_response(),
        None => http::broken(),
    }
}

pub async fn jwks(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let misbehaviour = &provider.misbehaviour;
    Json(misbehaviour.order().jwks(&provider.key, &misbehaviour.spare))
}

fn describe(provider: &Provider) -> Result<Metadata, url::ParseError> {
    let at = |path: &str| format!("{}{path}", provider.issuer().as_str());
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let additional = Additional {
        end_session_endpoint: EndSessionUrl::new(at(http::LOGOUT))?,
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: words(&["S256"]),
    };
    let claims = ["iss", "aud", "sub", "exp", "iat", "auth_time", "nonce", "at_hash", "name"];
    let claims = claims.into_iter().chain(["preferred_username", "email", "email_verified", "groups"]);
    Ok(Metadata::new(
        provider.issuer().clone(),
        AuthUrl::new(at(http::AUTHORIZE))?,
        JsonWebKeySetUrl::new(at(http::JWKS))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
        additional,
    )
    .set_token_endpoint(Some(TokenUrl::new(at(http::TOKEN))?))
    .set_userinfo_endpoint(Some(UserInfoUrl::new(at(http::USERINFO))?))
    .set_scopes_supported(Some(words(&["openid", "profile", "email"]).into_iter().map(Scope::new).collect()))
    .set_response_modes_supported(Some(vec![CoreResponseMode::Query]))
    .set_grant_types_supported(Some(vec![CoreGrantType::AuthorizationCode]))
    .set_token_endpoint_auth_methods_supported(Some(vec![
        CoreClientAuthMethod::ClientSecretBasic,
        CoreClientAuthMethod::ClientSecretPost,
    ]))
    .set_claims_supported(Some(claims.map(|claim| CoreClaimName::new(claim.into())).collect()))
    .set_claims_parameter_supported(Some(false))
    .set_request_parameter_supported(Some(false))
    .set_request_uri_parameter_supported(Some(false)))
}
