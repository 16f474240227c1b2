//! Signed-in browsers: their sessions, the cookies that stand for them, the one-time tickets that let their
//! frames in, and the connections that must end with them. Knows no policy and no HTTP routing.

pub mod connections;
pub mod cookies;

use std::{collections::BTreeSet, sync::Arc};

use lanyard_contract::RoleId;

use super::Person;
use crate::{clock::Timestamp, config::Secret, random::Digest256};

/// A session's name inside the gateway: the digest of its cookie, which only the browser holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub Digest256);

/// One signed-in browser. Immutable: what changes makes a new one.
pub struct Session {
    pub id: SessionId,
    pub person: Person,
    pub roles: BTreeSet<RoleId>,
    pub started: Timestamp,
    /// The absolute limit.
    pub expires: Timestamp,
    /// For `id_token_hint` at sign-out.
    pub id_token: Secret,
    /// For dashboards with `forward_access_token`.
    pub access_token: Secret,
}

impl Session {
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires
    }
}

/// Sessions are shared by everything that runs under them.
pub type Shared = Arc<Session>;
