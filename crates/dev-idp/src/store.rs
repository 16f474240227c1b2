//! Codes, access tokens and the provider's own sessions: in memory, each with an end, none without a limit.
//! Kept and looked up by digest. Pure of clocks: the time comes in.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{clock::Timestamp, random::Digest256};

/// A code is redeemed at once by a program, so it does not live long.
pub const CODE: Duration = Duration::from_secs(60);
/// Of an access token.
pub const TOKEN: Duration = Duration::from_secs(600);
/// Of a browser's session at the provider.
pub const SESSION: Duration = Duration::from_secs(8 * 3600);
/// Entries of one kind at a time. Beyond it, whatever ends first goes first.
const MOST: usize = 10_000;

/// What a person allowed, as the code stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub sub: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub nonce: Option<String>,
    pub scopes: Vec<String>,
    pub auth_time: Timestamp,
}

/// What an access token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub sub: String,
    pub scopes: Vec<String>,
}

/// A browser that is signed in at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub sub: String,
    pub auth_time: Timestamp,
}

/// Why a code opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("the code is unknown or over")]
    Unknown,
    #[error("the code was used before; what it had opened is closed")]
    Reused,
    #[error("the code was issued for another client, address or verifier")]
    Refused,
}

/// A code, or the trace of one: a second use must close what the first use opened.
enum Code {
    Fresh(Grant),
    Spent(Option<Digest256>),
}

#[derive(Default)]
struct Entries {
    codes: Bounded<Code>,
    access: Bounded<Access>,
    sessions: Bounded<Session>,
}

#[derive(Default)]
pub struct Store(Mutex<Entries>);

impl Store {
    pub fn put_code(&self, code: Digest256, grant: Grant, now: Timestamp) {
        self.entries().codes.put(code, Code::Fresh(grant), now, CODE);
    }

    /// Turns a code into an access token, once. Looking, judging and opening are one step, so that of two
    /// callers with the same code the second one always closes what the first one opened.
    pub fn redeem(
        &self,
        code: Digest256,
        token: Digest256,
        now: Timestamp,
        judge: impl FnOnce(&Grant) -> bool,
    ) -> Result<Grant, CodeError> {
        let entries = &mut *self.entries();
        let (answer, opened) = match entries.codes.take(code, now) {
            None => return Err(CodeError::Unknown),
            Some(Code::Fresh(grant)) if judge(&grant) => (Ok(grant), Some(token)),
            Some(Code::Fresh(_)) => (Err(CodeError::Refused), None),
            Some(Code::Spent(opened)) => {
                if let Some(opened) = opened {
                    entries.access.take(opened, now);
                }
                (Err(CodeError::Reused), None)
            }
        };
        if let Ok(grant) = &answer {
            let access = Access { sub: grant.sub.clone(), scopes: grant.scopes.clone() };
            entries.access.put(token, access, now, TOKEN);
        }
        entries.codes.put(code, Code::Spent(opened), now, TOKEN);
        answer
    }

    pub fn access(&self, token: Digest256, now: Timestamp) -> Option<Access> {
        self.entries().access.get(token, now).cloned()
    }

    pub fn put_session(&self, id: Digest256, session: Session, now: Timestamp) {
        self.entries().sessions.put(id, session, now, SESSION);
    }

    pub fn session(&self, id: Digest256, now: Timestamp) -> Option<Session> {
        self.entries().sessions.get(id, now).cloned()
    }

    pub fn end_session(&self, id: Digest256, now: Timestamp) {
        self.entries().sessions.take(id, now);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Bounded<V>(HashMap<Digest256, (Timestamp, V)>);

impl<V> Default for Bounded<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<V> Bounded<V> {
    fn put(&mut self, key: Digest256, value: V, now: Timestamp, life: Duration) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (end, _)| *end > now);
        }
        if self.0.len() >= MOST
            && let Some(first) = self.0.iter().min_by_key(|(_, (end, _))| *end).map(|(key, _)| *key)
        {
            self.0.remove(&first);
        }
        self.0.insert(key, (now.plus(life), value));
    }

    fn get(&self, key: Digest256, now: Timestamp) -> Option<&V> {
        self.0.get(&key).filter(|(end, _)| *end > now).map(|(_, value)| value)
    }

    fn take(&mut self, key: Digest256, now: Timestamp) -> Option<V> {
        self.0.remove(&key).filter(|(end, _)| *end > now).map(|(_, value)| value)
    }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
