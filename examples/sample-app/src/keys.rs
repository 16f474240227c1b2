//! The portal's public keys by their `kid`: kept for a while, fetched again for an unknown one, but not as
//! often as somebody likes to make names up.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{
    clock::Timestamp,
    portal::{FetchError, Portal},
};

/// After this a key must be seen again, so that one that the portal took back stops working.
const FRESH: Duration = Duration::from_secs(600);
/// Between two fetches.
const PAUSE: Duration = Duration::from_secs(2);

/// Why there is no key of that name.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the portal does not publish this key")]
    Unknown,
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("the portal's answer is not a set of keys")]
    Form,
    #[error("the portal could not be asked a moment ago")]
    Waiting,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    until: Option<Timestamp>,
}

pub struct Keys {
    portal: Portal,
    known: RwLock<Known>,
    /// When the portal may be asked again. Held while it is asked, so that it is asked once.
    next: Mutex<Option<Timestamp>>,
}

impl Keys {
    pub fn new(portal: Portal) -> Self {
        Self { portal, known: RwLock::default(), next: Mutex::default() }
    }

    pub async fn find(&self, kid: &str, now: Timestamp) -> Result<DecodingKey, KeyError> {
        if let Some(key) = self.known(kid, now) {
            return Ok(key);
        }
        let mut next = self.next.lock().await;
        if let Some(key) = self.known(kid, now) {
            return Ok(key);
        }
        if next.is_some_and(|next| now < next) {
            return Err(if self.is_fresh(now) { KeyError::Unknown } else { KeyError::Waiting });
        }
        *next = Some(now.plus(PAUSE));
        let keys = read(&self.portal.jwks().await?)?;
        tracing::info!(keys = keys.len(), "fetched the portal's keys");
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Known { keys, until: Some(now.plus(FRESH)) };
        known.keys.get(kid).cloned().ok_or(KeyError::Unknown)
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.until.is_some_and(|until| now < until)
    }

    fn known(&self, kid: &str, now: Timestamp) -> Option<DecodingKey> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.until.filter(|until| now < *until)?;
        known.keys.get(kid).cloned()
    }
}

/// RFC 7517 and 8037. A key of another kind is skipped; it must not hide those that are understood.
fn read(body: &[u8]) -> Result<HashMap<String, DecodingKey>, KeyError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Key {
        kty: String,
        crv: String,
        x: String,
        kid: String,
        #[serde(rename = "use")]
        purpose: Option<String>,
        alg: Option<String>,
    }
    let set: Set = serde_json::from_slice(body).map_err(|_| KeyError::Form)?;
    let keys = set.keys.into_iter().filter_map(|key| {
        let key: Key = serde_json::from_value(key).ok()?;
        let signs = key.purpose.is_none_or(|purpose| purpose == "sig");
        let fits = key.kty == "OKP" && key.crv == "Ed25519" && key.alg.is_none_or(|alg| alg == "EdDSA");
        // 32 bytes in base64url. The verifier takes a shorter key's length on trust and would panic.
        (signs && fits && key.x.len() == 43).then_some(())?;
        Some((key.kid, DecodingKey::from_ed_components(&key.x).ok()?))
    });
    Ok(keys.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_another_kind_are_skipped_one_by_one() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let good = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"good","x":"{x}"}}"#);
        let body = format!(
            r#"{{"keys":[7, {{"kty":"RSA","kid":"rsa","n":"AQ","e":"AQAB"}}, {good},
                {{"kty":"OKP","crv":"X25519","kid":"x","x":"{x}"}},
                {{"kty":"OKP","crv":"Ed25519","kid":"enc","use":"enc","x":"{x}"}},
                {{"kty":"OKP","crv":"Ed25519","kid":"alg","alg":"RS256","x":"{x}"}},
                {{"kty":"OKP","crv":"Ed25519","kid":"short","x":"AQAB"}},
                {{"kty":"OKP","crv":"Ed25519","x":"{x}"}}]}}"#
        );
        let keys = read(body.as_bytes()).expect("a set");
        assert_eq!(keys.keys().collect::<Vec<_>>(), ["good"]);
        assert!(matches!(read(b"[]"), Err(KeyError::Form)));
    }
}
