//! The token endpoint (RFC 6749, section 4.1.3, with PKCE, RFC 7636): a code becomes two tokens.
//! Says nothing about whether the ID token is any good.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::{
    backchannel::{Backchannel, BackchannelError},
    discovery::{ClientAuthentication, Endpoints},
};
use crate::config::{Identity, Secret};

/// What a code was exchanged for.
pub struct Tokens {
    pub id_token: Secret,
    pub access_token: Secret,
}

/// Why a code was not redeemed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error(transparent)]
    Backchannel(#[from] BackchannelError),
    #[error("the token endpoint refuses with status {status} and the error {error:?}")]
    Refused { status: u16, error: String },
    #[error("the token endpoint answers with status {0}")]
    Outage(u16),
    #[error("the token endpoint's answer is not a token response")]
    Nonsense,
    #[error("the token response holds no ID token")]
    NoIdToken,
    #[error("the access token is not a bearer token")]
    NotBearer,
}

#[derive(Deserialize)]
struct Response {
    access_token: String,
    token_type: String,
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Redeems a code. It is sent once: a code works only once.
pub async fn redeem(
    backchannel: &Backchannel,
    endpoints: &Endpoints,
    identity: &Identity,
    redirect_uri: &str,
    code: &str,
    verifier: &str,
) -> Result<Tokens, ExchangeError> {
    let (authorization, form) = request(endpoints, identity, redirect_uri, code, verifier);
    let answer = backchannel.post_form(&endpoints.token, authorization, form).await?;
    read(answer.status, &answer.body)
}

/// The `Authorization` header, if there is one, and the form.
fn request(
    endpoints: &Endpoints,
    identity: &Identity,
    redirect_uri: &str,
    code: &str,
    verifier: &str,
) -> (Option<String>, String) {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code_verifier", verifier);
    let authorization = authenticate(endpoints, identity, &mut form);
    (authorization, form.finish())
}

/// Says in the form who the client is, or in the `Authorization` header that comes back.
pub(super) fn authenticate(
    endpoints: &Endpoints,
    identity: &Identity,
    form: &mut Serializer<'_, String>,
) -> Option<String> {
    let secret = identity.client_secret.as_ref().map(Secret::reveal).unwrap_or_default();
    match endpoints.authentication {
        ClientAuthentication::Basic => return Some(basic(&identity.client_id, secret)),
        ClientAuthentication::Post => {
            form.append_pair("client_id", &identity.client_id).append_pair("client_secret", secret);
        }
        ClientAuthentication::None => {
            form.append_pair("client_id", &identity.client_id);
        }
    }
    None
}

fn read(status: StatusCode, body: &[u8]) -> Result<Tokens, ExchangeError> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(ExchangeError::Outage(status.as_u16()));
    }
    if status != StatusCode::OK {
        return Err(ExchangeError::Refused { status: status.as_u16(), error: error_code(body) });
    }
    let response: Response = serde_json::from_slice(body).map_err(|_| ExchangeError::Nonsense)?;
    if !response.token_type.eq_ignore_ascii_case("bearer") {
        return Err(ExchangeError::NotBearer);
    }
    let token = &response.access_token;
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ExchangeError::Nonsense);
    }
    let id_token = response.id_token.ok_or(ExchangeError::NoIdToken)?;
    Ok(Tokens { id_token: Secret::new(id_token), access_token: Secret::new(response.access_token) })
}

/// RFC 6749, section 2.3.1: both are form-encoded first, so that a colon in the name stays one.
fn basic(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret))))
}

/// The `error` of RFC 6749, section 5.2, for the log: registered codes only have these characters, and
/// anything else could carry back what we sent.
pub(super) fn error_code(body: &[u8]) -> String {
    let error = serde_json::from_slice::<Refusal>(body).map(|refusal| refusal.error).unwrap_or_default();
    let plain = error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if plain { error } else { "unreadable".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_form_encoded_before_base64() {
        assert_eq!(basic("a:b", "p w+%"), format!("Basic {}", STANDARD.encode("a%3Ab:p+w%2B%25")));
    }

    #[test]
    fn only_a_whole_bearer_response_counts() {
        let read = |body: &str| read(StatusCode::OK, body.as_bytes()).err();
        assert!(read(r#"{"access_token":"a","token_type":"bearer","id_token":"i"}"#).is_none());
        for (body, wanted) in [
            ("<html>", ExchangeError::Nonsense),
            (r#"{"token_type":"Bearer","id_token":"i"}"#, ExchangeError::Nonsense),
            (r#"{"access_token":"","token_type":"Bearer","id_token":"i"}"#, ExchangeError::Nonsense),
            (r#"{"access_token":"a\r\nb","token_type":"Bearer","id_token":"i"}"#, ExchangeError::Nonsense),
            (r#"{"access_token":"a","token_type":"DPoP","id_token":"i"}"#, ExchangeError::NotBearer),
            (r#"{"access_token":"a","token_type":"Bearer"}"#, ExchangeError::NoIdToken),
        ] {
            let refused = read(body).map(|error| error.to_string());
            assert_eq!(refused, Some(wanted.to_string()), "{body}");
        }
    }

    #[test]
    fn a_refusal_names_its_code_and_repeats_nothing_that_we_sent() {
        let code = |body: &str| match read(StatusCode::BAD_REQUEST, body.as_bytes()) {
            Err(ExchangeError::Refused { error, .. }) => error,
            _ => panic!("not refused"),
        };
        assert_eq!(code(r#"{"error":"invalid_grant","error_description":"code abc"}"#), "invalid_grant");
        assert_eq!(code(r#"{"error":"code XyZ123 unknown"}"#), "unreadable");
        assert_eq!(code("nonsense"), "");
    }
}
