//! Who somebody is: what the provider says (`oidc`, `groups`) or a proxy in front (`trusted_headers`), and the
//! browser that it was said to (`session`).
//! Says nothing about what anybody may do.

pub mod groups;
pub mod oidc;
pub mod session;
pub mod trusted_headers;

use sha2::{Digest, Sha256};

/// A person, as the identity provider describes them.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    pub issuer: String,
    /// `sub`: with the issuer, the only thing that people are told apart by.
    pub subject: String,
    pub name: Option<String>,
    pub preferred_username: Option<String>,
    pub email: Option<String>,
    pub email_verified: bool,
    pub groups: Vec<String>,
}

impl Person {
    /// What to call them.
    pub fn display_name(&self) -> &str {
        let names = [&self.name, &self.preferred_username, &self.email];
        names.into_iter().flatten().find(|name| !name.is_empty()).unwrap_or(&self.subject)
    }

    /// SHA-256 over a purpose, the issuer and the subject: recognizes the same person again under that
    /// purpose, and is useless under another.
    pub fn fingerprint(&self, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [purpose, &self.issuer, &self.subject] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}
