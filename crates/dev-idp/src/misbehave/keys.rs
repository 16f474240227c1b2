//! Wrong in the keys: rotated, several, or among others that nobody understands. Keys that the provider has
//! only to misbehave with are made when they are first needed.

use std::sync::OnceLock;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreEdDsaPrivateSigningKey, CoreJsonWebKeySet},
};
use serde_json::{Value, json};

use super::{Behaviour, Order};
use crate::{key::SigningKey, random::Secret};

/// Before the 32 bytes of an Ed25519 seed, so that it is a PKCS#8 document (RFC 8410, section 7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// A second RSA key, and an Ed25519 key.
#[derive(Default)]
pub struct Spare {
    rsa: OnceLock<Option<SigningKey>>,
    ed25519: OnceLock<Option<CoreEdDsaPrivateSigningKey>>,
}

impl Spare {
    pub(super) fn rsa(&self) -> Option<&SigningKey> {
        self.rsa.get_or_init(|| SigningKey::generate().ok()).as_ref()
    }

    pub(super) fn ed25519(&self) -> Option<&CoreEdDsaPrivateSigningKey> {
        self.ed25519.get_or_init(make_ed25519).as_ref()
    }
}

fn make_ed25519() -> Option<CoreEdDsaPrivateSigningKey> {
    let seed = URL_SAFE_NO_PAD.decode(Secret::new().ok()?.reveal()).ok()?;
    let der = STANDARD.encode([&PKCS8[..], &seed].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("ed25519".into()))).ok()
}

impl Order {
    /// What is published.
    pub fn jwks(&self, own: &SigningKey, spare: &Spare) -> Value {
        let set = |key: &SigningKey| keys(&key.public);
        let other = || spare.rsa().map(set).unwrap_or_default();
        let mut published = if self.has(Behaviour::OtherKey) { other() } else { set(own) };
        if self.has(Behaviour::SeveralKeys) {
            published.extend(other());
        }
        if self.has(Behaviour::AlgEddsa) {
            let key = spare.ed25519().map(|key| CoreJsonWebKeySet::new(vec![key.as_verification_key()]));
            published.extend(key.iter().flat_map(keys));
        }
        if self.has(Behaviour::UnknownKeys) {
            published.splice(0..0, unknown());
            published.extend(unknown());
        }
        json!({ "keys": published })
    }
}

fn keys(set: &CoreJsonWebKeySet) -> Vec<Value> {
    set.keys().iter().filter_map(|key| serde_json::to_value(key).ok()).collect()
}

/// Kinds, curves, uses and forms that a reader may not know, and things that are no keys.
fn unknown() -> Vec<Value> {
    let all = json!([
        { "kty": "AKP", "alg": "ML-DSA-65", "kid": "post-quantum", "pub": "AAAA" },
        { "kty": "EC", "crv": "secp256k1", "kid": "k1", "x": "AA", "y": "AA" },
        { "kty": "OKP", "crv": "X448", "kid": "x448", "x": "AA" },
        { "kty": "oct", "kid": "shared", "k": "AAAA" },
        { "kty": "RSA", "use": "enc", "kid": "encryption", "n": "AAAA", "e": "AQAB" },
        { "kty": "RSA", "kid": 7, "n": 7, "e": [] },
        "a text", 7, null, [],
    ]);
    all.as_array().cloned().unwrap_or_default()
}
