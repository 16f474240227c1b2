//! The provider's signing keys (RFC 7517). What is not understood is skipped, key by key; symmetric keys
//! never count. Which key fits a token is decided here, whether its signature holds as well; nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde_json::Value;

use crate::config::Algorithm;

/// Everything that a configuration can pin.
const ALL: [Algorithm; 9] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::EdDsa,
];

/// The algorithm of this name in a JOSE header (RFC 7518, section 3.1). `none` and HMAC have none here.
pub fn algorithm(name: &str) -> Option<Algorithm> {
    ALL.into_iter().find(|algorithm| description(*algorithm).0 == name)
}

/// Its name there.
pub fn name(algorithm: Algorithm) -> &'static str {
    description(algorithm).0
}

/// Name, key type, curve, and what `openidconnect` calls it.
fn description(
    algorithm: Algorithm,
) -> (&'static str, &'static str, Option<&'static str>, CoreJwsSigningAlgorithm) {
    use CoreJwsSigningAlgorithm as Jws;
    match algorithm {
        Algorithm::Rs256 => ("RS256", "RSA", None, Jws::RsaSsaPkcs1V15Sha256),
        Algorithm::Rs384 => ("RS384", "RSA", None, Jws::RsaSsaPkcs1V15Sha384),
        Algorithm::Rs512 => ("RS512", "RSA", None, Jws::RsaSsaPkcs1V15Sha512),
        Algorithm::Ps256 => ("PS256", "RSA", None, Jws::RsaSsaPssSha256),
        Algorithm::Ps384 => ("PS384", "RSA", None, Jws::RsaSsaPssSha384),
        Algorithm::Ps512 => ("PS512", "RSA", None, Jws::RsaSsaPssSha512),
        Algorithm::Es256 => ("ES256", "EC", Some("P-256"), Jws::EcdsaP256Sha256),
        Algorithm::Es384 => ("ES384", "EC", Some("P-384"), Jws::EcdsaP384Sha384),
        Algorithm::EdDsa => ("EdDSA", "OKP", Some("Ed25519"), Jws::EdDsa),
    }
}

/// One public key that we understand.
#[derive(Clone)]
pub struct Key {
    id: Option<String>,
    /// What it may verify. Never empty.
    algorithms: Vec<Algorithm>,
    key: CoreJsonWebKey,
}

impl Key {
    fn read(json: &Value) -> Option<Self> {
        let algorithms: Vec<_> = ALL.into_iter().filter(|algorithm| fits(json, *algorithm)).collect();
        let key: CoreJsonWebKey = serde_json::from_value(json.clone()).ok()?;
        let id = key.key_id().map(|id| id.to_string());
        (!algorithms.is_empty()).then_some(Self { id, algorithms, key })
    }

    /// Whether the signature over `message` is this key's. An unusable key has signed nothing.
    pub fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.algorithms.contains(&algorithm)
            && self.key.verify_signature(&description(algorithm).3, message, signature).is_ok()
    }
}

/// Whether a key may be used with an algorithm, as far as its own members say (RFC 7517, section 4).
fn fits(json: &Value, algorithm: Algorithm) -> bool {
    let (name, kind, curve, _) = description(algorithm);
    let says = |member: &str| json.get(member).filter(|value| !value.is_null());
    let is_or_absent = |member, wanted: &str| says(member).is_none_or(|value| value == wanted);
    let verifies = says("key_ops").is_none_or(|value| {
        value.as_array().is_some_and(|operations| operations.iter().any(|operation| operation == "verify"))
    });
    let strong = kind != "RSA" || says("n").and_then(Value::as_str).is_some_and(is_2048_bits_or_more);
    says("kty").is_some_and(|value| value == kind)
        && curve.is_none_or(|curve| says("crv").is_some_and(|value| value == curve))
        && is_or_absent("use", "sig")
        && is_or_absent("alg", name)
        && verifies
        && strong
}

/// RFC 7518, sections 3.3 and 3.5: no smaller RSA key may be used.
fn is_2048_bits_or_more(modulus: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(modulus) else { return false };
    let significant = bytes.iter().skip_while(|byte| **byte == 0).count();
    let first = bytes.iter().find(|byte| **byte != 0);
    significant > 256 || (significant == 256 && first.is_some_and(|byte| *byte >= 0x80))
}

/// Why a document is no key set at all.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("it is not a JSON Web Key Set")]
pub struct NotAKeySet;

/// Why no key was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    Unknown,
    Ambiguous,
}

/// The keys of a provider at one time.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
    /// How many were not understood.
    pub skipped: usize,
}

impl KeySet {
    pub fn read(document: &[u8]) -> Result<Self, NotAKeySet> {
        let json: Value = serde_json::from_slice(document).map_err(|_| NotAKeySet)?;
        let all = json.get("keys").and_then(Value::as_array).ok_or(NotAKeySet)?;
        let keys: Vec<_> = all.iter().filter_map(Key::read).collect();
        Ok(Self { skipped: all.len() - keys.len(), keys })
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What there is a key for.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        ALL.into_iter().filter(|algorithm| self.keys.iter().any(|key| key.algorithms.contains(algorithm)))
    }

    /// The one key that fits: of this id, or, where the token names none, the only one for the algorithm.
    pub fn choose(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&Key, NoKey> {
        let mut fitting = self.keys.iter().filter(|key| {
            key.algorithms.contains(&algorithm) && id.is_none_or(|id| key.id.as_deref() == Some(id))
        });
        let key = fitting.next().ok_or(NoKey::Unknown)?;
        if fitting.next().is_some() { Err(NoKey::Ambiguous) } else { Ok(key) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_that_are_not_understood_are_skipped_one_by_one() {
        let n = URL_SAFE_NO_PAD.encode([0xC1; 256]);
        let weak = URL_SAFE_NO_PAD.encode([0x41; 256]);
        let good = json!({ "kty": "RSA", "kid": "good", "use": "sig", "alg": "RS256", "n": n, "e": "AQAB" });
        let with = |changes: Value| {
            let mut key = good.clone();
            for (member, value) in changes.as_object().expect("an object") {
                key[member] = value.clone();
            }
            key
        };
        let set = json!({ "keys": [
            { "kty": "quantum", "kid": "a" },
            { "kty": "oct", "kid": "b", "k": "c2VjcmV0" },
            with(json!({ "use": "enc" })),
            with(json!({ "alg": "RSA-OAEP" })),
            with(json!({ "alg": "HS256" })),
            with(json!({ "alg": "none" })),
            with(json!({ "key_ops": ["encrypt"] })),
            with(json!({ "n": weak })),
            with(json!({ "n": 7 })),
            with(json!({ "kid": 7 })),
            { "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA" },
            "nonsense", null, 7, [],
            good,
        ] });
        let set = KeySet::read(set.to_string().as_bytes()).expect("a key set");
        assert_eq!((set.len(), set.skipped), (1, 15));
        assert!(set.choose(Some("good"), Algorithm::Rs256).is_ok());
        assert_eq!(set.choose(Some("good"), Algorithm::Ps256).err(), Some(NoKey::Unknown));
    }

    #[test]
    fn what_is_no_key_set_is_refused_whole() {
        for document in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, "<html>"] {
            assert!(KeySet::read(document.as_bytes()).is_err(), "{document}");
        }
    }

    #[test]
    fn none_and_shared_secrets_are_not_algorithms() {
        for name in ["none", "None", "", "HS256", "HS512", "rs256", "RS256 "] {
            assert_eq!(algorithm(name), None, "{name}");
        }
        assert_eq!(algorithm("PS384"), Some(Algorithm::Ps384));
    }
}
