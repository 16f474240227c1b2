//! The one place that draws randomness, from the operating system.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// The operating system had no randomness to give.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

/// A code, an access token or a session cookie: 256 random bits in base64url. Never printed.
pub struct Secret(String);

impl Secret {
    #[allow(clippy::disallowed_methods, reason = "this is the source of randomness")]
    pub fn new() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The value itself, for the answer that hands it out.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn digest(&self) -> Digest256 {
        Digest256::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// SHA-256 of a secret: what is kept and looked up instead of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest256([u8; 32]);

impl Digest256 {
    pub fn of(value: &str) -> Self {
        Self(Sha256::digest(value).into())
    }
}

/// The operating system's generator, for making the signing key.
pub fn generator() -> rand_core::OsRng {
    rand_core::OsRng
}

impl subtle::ConstantTimeEq for Digest256 {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}
