//! The judgement on an ID token (OpenID Connect Core, section 3.1.3.7): a pure function of the token, the
//! keys, what we expect and the time. Nothing in a token is believed before its signature holds.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use super::keys::{self, KeySet, NoKey};
use crate::{clock::Timestamp, config::Algorithm};

/// How far the provider's clock may be from ours, in seconds.
pub const LEEWAY: f64 = 60.0;
/// Of `sub`, in bytes (OpenID Connect Core, section 2).
const LONGEST_SUBJECT: usize = 255;

/// What an ID token must say.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub algorithms: &'a [Algorithm],
    pub nonce: &'a str,
    /// For `at_hash`.
    pub access_token: &'a str,
}

/// What a judged ID token says.
pub struct Claims {
    pub subject: String,
    /// All of it, as a JSON object.
    pub all: Value,
}

/// Why an ID token was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("it is not a signed JWT in compact form")]
    Form,
    #[error("it is encrypted, which was not agreed")]
    Encrypted,
    #[error("its header demands an extension (crit) that is not understood")]
    Critical,
    #[error("its type (typ) is that of another kind of token")]
    Type,
    #[error("its signature algorithm {0} is not among those that the configuration pins")]
    Algorithm(String),
    #[error("the provider's keys have none that fits its header")]
    UnknownKey,
    #[error("several of the provider's keys fit its header")]
    AmbiguousKey,
    #[error("its signature does not hold")]
    Signature,
    #[error("its payload is not a JSON object")]
    Payload,
    #[error("its issuer (iss) is not the configured one")]
    Issuer,
    #[error("its subject (sub) is missing, empty, too long or not text")]
    Subject,
    #[error("its audience (aud) is not this client")]
    Audience,
    #[error("it has several audiences and no authorized party (azp)")]
    NoAuthorizedParty,
    #[error("its authorized party (azp) is another client")]
    AuthorizedParty,
    #[error("it has no time of expiry (exp)")]
    NoExpiry,
    #[error("it has expired")]
    Expired,
    #[error("it has no time of issue (iat)")]
    NoIssueTime,
    #[error("it was issued in the future: are the clocks right?")]
    Future,
    #[error("its nonce is missing or belongs to another sign-in")]
    Nonce,
    #[error("its hash of the access token (at_hash) is wrong")]
    AccessTokenHash,
}

impl TokenError {
    /// Whether keys that the provider has changed since we read them would explain it.
    pub fn may_be_stale_keys(&self) -> bool {
        matches!(self, Self::UnknownKey | Self::AmbiguousKey | Self::Signature)
    }
}

/// Judges an ID token that came from the token endpoint.
pub fn judge(
    id_token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<Claims, TokenError> {
    let (algorithm, payload) = signed_payload(id_token, keys, expected.algorithms)?;
    let all: Value = serde_json::from_slice(&payload).map_err(|_| TokenError::Payload)?;
    let claims = all.as_object().ok_or(TokenError::Payload)?;

    if text(claims, "iss") != Some(expected.issuer) {
        return Err(TokenError::Issuer);
    }
    audience(claims, expected.client_id)?;
    times(claims, now)?;
    let nonce = text(claims, "nonce").ok_or(TokenError::Nonce)?;
    if expected.nonce.is_empty() || !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(TokenError::Nonce);
    }
    if let Some(hash) = claims.get("at_hash")
        && hash.as_str() != Some(&left_half(algorithm, expected.access_token))
    {
        return Err(TokenError::AccessTokenHash);
    }
    let subject = text(claims, "sub").ok_or(TokenError::Subject)?;
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT || subject.chars().any(char::is_control) {
        return Err(TokenError::Subject);
    }
    Ok(Claims { subject: subject.to_owned(), all })
}

/// The payload, once the signature over it holds (RFC 7515, section 5.2).
fn signed_payload(
    id_token: &str,
    keys: &KeySet,
    pinned: &[Algorithm],
) -> Result<(Algorithm, Vec<u8>), TokenError> {
    let parts: Vec<&str> = id_token.splitn(6, '.').collect();
    let [header, payload, signature] = match parts[..] {
        [header, payload, signature] => [header, payload, signature],
        [_, _, _, _, _] => return Err(TokenError::Encrypted),
        _ => return Err(TokenError::Form),
    };
    let signed = &id_token[..header.len() + 1 + payload.len()];
    let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Form);
    let header: Map<String, Value> =
        serde_json::from_slice(&decode(header)?).map_err(|_| TokenError::Form)?;

    if header.contains_key("crit") {
        return Err(TokenError::Critical);
    }
    if header.get("typ").is_some_and(|kind| !is_plain_jwt(kind)) {
        return Err(TokenError::Type);
    }
    let name = text(&header, "alg").ok_or(TokenError::Form)?;
    let algorithm = keys::algorithm(name)
        .filter(|algorithm| pinned.contains(algorithm))
        .ok_or_else(|| TokenError::Algorithm(format!("{:?}", name.chars().take(16).collect::<String>())))?;
    let id = match header.get("kid") {
        None => None,
        Some(Value::String(id)) => Some(id.as_str()),
        Some(_) => return Err(TokenError::Form),
    };
    let key = keys.choose(id, algorithm).map_err(|none| match none {
        NoKey::Unknown => TokenError::UnknownKey,
        NoKey::Ambiguous => TokenError::AmbiguousKey,
    })?;
    if !key.has_signed(algorithm, signed.as_bytes(), &decode(signature)?) {
        return Err(TokenError::Signature);
    }
    Ok((algorithm, decode(payload)?))
}

/// `JWT`, as some write it. Access tokens and logout tokens name a type of their own (RFC 8725, 3.11).
fn is_plain_jwt(kind: &Value) -> bool {
    let kind = kind.as_str().unwrap_or_default().to_ascii_lowercase();
    matches!(kind.strip_prefix("application/").unwrap_or(&kind), "jwt" | "jose")
}

fn audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), TokenError> {
    let several = match claims.get("aud") {
        Some(Value::String(one)) if one == client_id => false,
        Some(Value::Array(all)) if all.iter().all(Value::is_string) && all.iter().any(|a| a == client_id) => {
            all.len() > 1
        }
        _ => return Err(TokenError::Audience),
    };
    match claims.get("azp") {
        Some(party) if party == client_id => Ok(()),
        Some(_) => Err(TokenError::AuthorizedParty),
        None if several => Err(TokenError::NoAuthorizedParty),
        None => Ok(()),
    }
}

/// `exp`, `iat` and, where it is said, `nbf`: NumericDates, which may have a fraction (RFC 7519, section 2).
fn times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), TokenError> {
    let now = now.0 as f64 / 1000.0;
    let date = |claim| claims.get(claim).and_then(Value::as_f64);
    if now >= date("exp").ok_or(TokenError::NoExpiry)? + LEEWAY {
        return Err(TokenError::Expired);
    }
    if date("iat").ok_or(TokenError::NoIssueTime)? > now + LEEWAY {
        return Err(TokenError::Future);
    }
    if claims.contains_key("nbf") && date("nbf").is_none_or(|from| from > now + LEEWAY) {
        return Err(TokenError::Future);
    }
    Ok(())
}

/// `at_hash`: the left half of the access token's hash, as the signature hashes (section 3.1.3.6).
fn left_half(algorithm: Algorithm, access_token: &str) -> String {
    use Algorithm as A;
    let token = access_token.as_bytes();
    let hash = match algorithm {
        A::Rs256 | A::Ps256 | A::Es256 => Sha256::digest(token).to_vec(),
        A::Rs384 | A::Ps384 | A::Es384 => Sha384::digest(token).to_vec(),
        A::Rs512 | A::Ps512 | A::EdDsa => Sha512::digest(token).to_vec(),
    };
    URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

fn text<'a>(claims: &'a Map<String, Value>, claim: &str) -> Option<&'a str> {
    claims.get(claim).and_then(Value::as_str)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "judge_signature_tests.rs"]
mod signature_tests;
