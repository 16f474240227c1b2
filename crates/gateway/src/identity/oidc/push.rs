//! Pushed authorization requests (RFC 9126): where the provider wants it, the gateway hands it the whole request,
//! as the client that it is, and the browser carries only the name under which the provider keeps it.

use http::StatusCode;
use serde::Deserialize;
use url::form_urlencoded::{Serializer, Target};

use super::{
    backchannel::{Backchannel, BackchannelError},
    discovery::Endpoints,
    exchange::{authenticate, error_code},
};
use crate::config::Identity;

/// Of a `request_uri`, in bytes.
const LONGEST: usize = 1024;

/// What the shell knows of a sign-in that begins.
pub struct Beginning<'a> {
    pub state: &'a str,
    pub nonce: &'a str,
    /// The PKCE challenge (RFC 7636, method S256).
    pub challenge: &'a str,
    /// The person wants to choose the account.
    pub choose_account: bool,
}

/// Why a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    #[error(transparent)]
    Backchannel(#[from] BackchannelError),
    #[error("the provider refuses with status {status} and the error {error:?}")]
    Refused { status: u16, error: String },
    #[error("the provider answers with status {0}")]
    Outage(u16),
    #[error("the answer names no request")]
    Nonsense,
}

#[derive(Deserialize)]
struct Response {
    request_uri: String,
}

/// Pushes a request to the endpoint, if the provider wants that. The name under which it is kept.
pub async fn push(
    backchannel: &Backchannel,
    endpoints: &Endpoints,
    identity: &Identity,
    redirect_uri: &str,
    beginning: &Beginning<'_>,
) -> Result<Option<String>, PushError> {
    let Some(endpoint) = &endpoints.push else { return Ok(None) };
    let (authorization, form) = request(endpoints, identity, redirect_uri, beginning);
    let answer = backchannel.post_form(endpoint, authorization, form).await?;
    read(answer.status, &answer.body).map(Some)
}

/// What a sign-in asks for, but for the client's name.
pub(super) fn parameters<T: Target>(
    into: &mut Serializer<'_, T>,
    identity: &Identity,
    redirect_uri: &str,
    beginning: &Beginning<'_>,
) {
    into.append_pair("response_type", "code")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", &identity.scopes.join(" "))
        .append_pair("state", beginning.state)
        .append_pair("nonce", beginning.nonce)
        .append_pair("code_challenge", beginning.challenge)
        .append_pair("code_challenge_method", "S256");
}

/// The `Authorization` header, if there is one, and the form.
fn request(
    endpoints: &Endpoints,
    identity: &Identity,
    redirect_uri: &str,
    beginning: &Beginning<'_>,
) -> (Option<String>, String) {
    let mut form = Serializer::new(String::new());
    parameters(&mut form, identity, redirect_uri, beginning);
    if beginning.choose_account {
        form.append_pair("prompt", "select_account");
    }
    let authorization = authenticate(endpoints, identity, &mut form);
    if authorization.is_some() {
        // RFC 9126, section 2.1: it is a parameter of the authorization request, whoever is authenticated.
        form.append_pair("client_id", &identity.client_id);
    }
    (authorization, form.finish())
}

/// Section 2.2: 201 with the name. 200 is taken too, as some providers send it.
fn read(status: StatusCode, body: &[u8]) -> Result<String, PushError> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(PushError::Outage(status.as_u16()));
    }
    if status != StatusCode::CREATED && status != StatusCode::OK {
        return Err(PushError::Refused { status: status.as_u16(), error: error_code(body) });
    }
    let Response { request_uri } = serde_json::from_slice(body).map_err(|_| PushError::Nonsense)?;
    let plain = !request_uri.is_empty() && request_uri.bytes().all(|byte| byte.is_ascii_graphic());
    if plain && request_uri.len() <= LONGEST { Ok(request_uri) } else { Err(PushError::Nonsense) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_counts() {
        let read = |status: u16, body: &str| read(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        let named = r#"{"request_uri":"urn:ietf:params:oauth:request_uri:x","expires_in":60}"#;
        for status in [200, 201] {
            assert_eq!(read(status, named).unwrap(), "urn:ietf:params:oauth:request_uri:x");
        }
        let long = format!(r#"{{"request_uri":"{}"}}"#, "x".repeat(LONGEST + 1));
        for body in ["", "{}", r#"{"request_uri":""}"#, r#"{"request_uri":"a b"}"#, &long] {
            assert!(matches!(read(201, body), Err(PushError::Nonsense)), "{body}");
        }
        assert!(matches!(read(503, named), Err(PushError::Outage(503))));
        let refused = r#"{"error":"invalid_request","error_description":"state abc"}"#;
        let said = read(400, refused).unwrap_err().to_string();
        assert!(said.contains("invalid_request") && !said.contains("abc"), "{said}");
    }
}
