//! Wrong in the ID token itself: its header, and what it is signed with. Works on the compact form, and makes
//! tokens that are really valid but for the one thing that was ordered.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AccessToken, AccessTokenHash, JsonWebKey, PrivateSigningKey,
    core::{CoreHmacKey, CoreJsonWebKey, CoreJwsSigningAlgorithm as Jws},
};
use serde_json::Value;

use super::{Behaviour, Order, Spare};
use crate::key::SigningKey;

/// What there is to sign with, and what `at_hash` is about.
pub struct Signing<'a> {
    pub own: &'a SigningKey,
    pub spare: &'a Spare,
    pub client_secret: &'a str,
    pub access_token: &'a str,
}

/// The token that was ordered cannot be made.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the ID token could not be signed")]
pub struct Unsigned;

impl Order {
    /// The token in place of the honest one.
    pub fn id_token(&self, honest: String, with: &Signing<'_>) -> Result<String, Unsigned> {
        // Whatever stands before the keys in the list shows in the token; so does the key that signs it.
        let wrong = self.behaviours.range(Behaviour::AlgNone..=Behaviour::OtherKey).next().is_some();
        if !wrong && !self.changes_id_token_claims() {
            return Ok(honest);
        }
        let mut parts = honest.split('.').map(decoded);
        let (Some(Some(mut header)), Some(Some(mut claims))) = (parts.next(), parts.next()) else {
            return Err(Unsigned);
        };
        let (name, algorithm) = self.algorithm();
        header["alg"] = name.into();
        let token = AccessToken::new(with.access_token.into());
        let key = self.published(with)?;
        if let Ok(hash) = AccessTokenHash::from_token(&token, &algorithm, &key) {
            claims["at_hash"] = serde_json::to_value(hash).map_err(|_| Unsigned)?;
        }
        header["kid"] = match key.key_id().map(|id| id.as_str()) {
            Some(_) if self.has(Behaviour::UnknownKid) => "unknown".into(),
            Some(id) if !self.has(Behaviour::NoKid) => id.into(),
            _ => Value::Null,
        };
        if let Some(header) = header.as_object_mut() {
            header.retain(|_, value| !value.is_null());
        }
        let claims = self.id_token_claims(claims);
        let mut claims = claims.to_string();
        if self.has(Behaviour::DeepClaims) {
            let deep = format!("{{\"deep\":{}{},", "[".repeat(100_000), "]".repeat(100_000));
            claims.replace_range(..1, &deep);
        }
        let message = format!("{}.{}", encoded(&header.to_string()), encoded(&claims));
        let signature = self.sign(message.as_bytes(), &algorithm, with)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn algorithm(&self) -> (&'static str, Jws) {
        let has = |behaviour| self.has(behaviour);
        match () {
            () if has(Behaviour::AlgNone) => ("none", Jws::None),
            () if has(Behaviour::AlgHs256) => ("HS256", Jws::HmacSha256),
            () if has(Behaviour::AlgRs512) => ("RS512", Jws::RsaSsaPkcs1V15Sha512),
            () if has(Behaviour::AlgEddsa) => ("EdDSA", Jws::EdDsa),
            () => ("RS256", Jws::RsaSsaPkcs1V15Sha256),
        }
    }

    /// The key that the header names.
    fn published(&self, with: &Signing<'_>) -> Result<CoreJsonWebKey, Unsigned> {
        if self.has(Behaviour::AlgEddsa) {
            return with.spare.ed25519().map(PrivateSigningKey::as_verification_key).ok_or(Unsigned);
        }
        let rsa = if self.has(Behaviour::OtherKey) { with.spare.rsa() } else { Some(with.own) };
        rsa.map(|key| key.private.as_verification_key()).ok_or(Unsigned)
    }

    fn sign(&self, message: &[u8], algorithm: &Jws, with: &Signing<'_>) -> Result<Vec<u8>, Unsigned> {
        if self.has(Behaviour::AlgNone) || self.has(Behaviour::NoSignature) {
            return Ok(Vec::new());
        }
        let spare = self.has(Behaviour::OtherKey) || self.has(Behaviour::ForeignKey);
        let rsa = if spare { with.spare.rsa() } else { Some(with.own) };
        let signature = match algorithm {
            Jws::HmacSha256 => CoreHmacKey::new(with.client_secret).sign(algorithm, message),
            Jws::EdDsa => with.spare.ed25519().ok_or(Unsigned)?.sign(algorithm, message),
            _ => rsa.ok_or(Unsigned)?.private.sign(algorithm, message),
        };
        let mut signature = signature.map_err(|_| Unsigned)?;
        if self.has(Behaviour::WrongSignature)
            && let Some(byte) = signature.first_mut()
        {
            *byte ^= 1;
        }
        Ok(signature)
    }
}

fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn encoded(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}
