//! Signed-in browsers: their sessions, the cookies that stand for them, the one-time tickets that let their
//! frames in, and the connections that must end with them. Knows no policy and no HTTP routing.

mod browser;
pub mod connections;
pub mod cookies;
pub mod departed;
pub mod memory;
pub mod store;
pub mod tickets;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

pub use browser::Browser;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lanyard_contract::RoleId;
use sha2::{Digest as _, Sha256};

use super::Person;
use crate::{clock::Timestamp, config::Secret, random::Digest256};

/// A session's name inside the gateway: the digest of its cookie, which only the browser holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub Digest256);

impl SessionId {
    /// Thirty-two characters that tell sessions apart for certain, and open nothing.
    pub fn key(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0.0[..24])
    }

    /// A name for its own person, by which they may end it. It opens nothing, and nothing that is kept follows
    /// from it.
    pub fn public(&self) -> String {
        let hash = Sha256::new().chain_update("open session").chain_update(self.0.0).finalize();
        URL_SAFE_NO_PAD.encode(&hash[..18])
    }

    /// Eight characters that tell sessions apart in logs and in the audit trail, and open nothing.
    pub fn short(&self) -> String {
        self.0.0.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// One signed-in browser. Nothing about it changes but that it ends: what changes makes a new one.
pub struct Session {
    pub id: SessionId,
    pub person: Person,
    pub roles: BTreeSet<RoleId>,
    pub started: Timestamp,
    /// The absolute limit.
    pub expires: Timestamp,
    pub browser: Browser,
    /// For `id_token_hint` at sign-out.
    pub id_token: Secret,
    /// For dashboards with `forward_access_token`.
    pub access_token: Secret,
    /// Set once, when it ends before its limit.
    pub ended: AtomicBool,
}

impl Session {
    /// Whether it has ended or its limit has passed. Requests that hold it while it ends see it here.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires || self.ended.load(Ordering::Acquire)
    }

    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }
}

/// Sessions are shared by everything that runs under them.
pub type Shared = Arc<Session>;
