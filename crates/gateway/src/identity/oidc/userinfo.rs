//! The userinfo endpoint (OpenID Connect Core, section 5.3), asked only with a judged ID token at hand.
//! Signed or encrypted answers are not understood and refused.

use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::backchannel::{Backchannel, BackchannelError};
use crate::config::Secret;

/// Why userinfo was refused.
#[derive(Debug, thiserror::Error)]
pub enum UserinfoError {
    #[error(transparent)]
    Backchannel(#[from] BackchannelError),
    #[error("it was answered with status {0}")]
    Status(u16),
    #[error("it was answered as a JWT: ask the provider for plain JSON, or set userinfo = false")]
    Jwt,
    #[error("it is not a JSON object")]
    Nonsense,
    #[error("its subject (sub) is not that of the ID token")]
    Subject,
}

/// Fetches what the provider says about `subject`. The answer is a JSON object.
pub async fn fetch(
    backchannel: &Backchannel,
    url: &Url,
    access_token: &Secret,
    subject: &str,
) -> Result<Value, UserinfoError> {
    let answer = backchannel.get(url, Some(access_token.reveal())).await?;
    if answer.status != StatusCode::OK {
        return Err(UserinfoError::Status(answer.status.as_u16()));
    }
    if answer.media_type == "application/jwt" {
        return Err(UserinfoError::Jwt);
    }
    let claims: Value = serde_json::from_slice(&answer.body).map_err(|_| UserinfoError::Nonsense)?;
    if !claims.is_object() {
        return Err(UserinfoError::Nonsense);
    }
    // A missing `sub` is another one: section 5.3.2 demands it against mixed-up tokens.
    match claims.get("sub").and_then(Value::as_str) {
        Some(found) if found == subject => Ok(claims),
        _ => Err(UserinfoError::Subject),
    }
}
