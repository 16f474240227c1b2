//! The one place that draws randomness, from the operating system, and the secrets that are made of it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// The operating system had no randomness to give. Nothing secret can be made without it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

/// Fills `N` bytes from the operating system.
#[allow(clippy::disallowed_methods, reason = "this is the source of randomness")]
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// 256 random bits that are handed out once and kept only as a [`Digest256`]. Never printed.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    pub fn new() -> Result<Self, NoRandomness> {
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes::<32>()?)))
    }

    /// The value itself, 43 characters of base64url: for the answer that hands it out, and nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn digest(&self) -> Digest256 {
        Digest256::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token: what is stored and looked up. Looking up by digest needs no constant-time comparison,
/// since the caller cannot choose the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest256(pub [u8; 32]);

impl Digest256 {
    pub fn of(value: &[u8]) -> Self {
        Self(Sha256::digest(value).into())
    }
}

/// A short identifier for logs and the audit trail: 96 random bits as 16 characters of base64url. No secret.
pub fn reference() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<12>()?))
}
