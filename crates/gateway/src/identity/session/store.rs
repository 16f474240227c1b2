//! Where sessions, tickets and grants are kept, as traits: in memory today, elsewhere when several gateways
//! must share them. Only digests of secrets come in here, so a store that leaks gives nobody a session.

use std::{future::Future, pin::Pin, sync::Arc};

use lanyard_contract::DashboardId;

use super::{Session, SessionId, Shared};
use crate::{clock::Timestamp, identity::Person, random::Digest256};

/// What a store answers with. Boxed, so that a store can be chosen when the gateway starts.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The store holds as many as it may. Nobody's session is thrown out for a newcomer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store is full")]
pub struct Full;

/// Sessions, and the app cookies that lead to them.
pub trait Sessions: Send + Sync {
    /// Keeps a new session. Answers the sessions that this one displaces: the oldest of the same person,
    /// where there are too many. The caller ends them.
    fn insert(&self, session: Session) -> Answer<'_, Result<Vec<SessionId>, Full>>;

    /// The session, unless it is over.
    fn get(&self, id: SessionId, now: Timestamp) -> Answer<'_, Option<Shared>>;

    /// Takes a session and all its app cookies away. `None` when there was none.
    fn remove(&self, id: SessionId) -> Answer<'_, Option<Shared>>;

    /// Remembers an app cookie of a session. It dies with the session. `false` when there is no such session.
    fn bind(&self, cookie: Digest256, session: SessionId, dashboard: DashboardId) -> Answer<'_, bool>;

    /// Whose app cookie this is, and for which dashboard's host it was made.
    fn by_app_cookie(&self, cookie: Digest256, now: Timestamp) -> Answer<'_, Option<(Shared, DashboardId)>>;

    /// Where a person is signed in, the youngest first.
    fn of_person(&self, person: &Person, now: Timestamp) -> Answer<'_, Vec<Shared>>;

    /// The sessions whose absolute limit has passed. The caller ends them.
    fn due(&self, now: Timestamp) -> Answer<'_, Vec<SessionId>>;

    /// How many there are.
    fn count(&self) -> usize;
}

/// A ticket, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub session: SessionId,
    pub dashboard: DashboardId,
    pub expires: Timestamp,
}

/// One-time keys.
pub trait Tickets: Send + Sync {
    fn put(&self, digest: Digest256, ticket: Ticket, now: Timestamp) -> Answer<'_, Result<(), Full>>;

    /// Takes the ticket away and answers it: of a hundred who try at once, one gets it. `None` when it is
    /// unknown, used or expired.
    fn take(&self, digest: Digest256, now: Timestamp) -> Answer<'_, Option<Ticket>>;
}

/// A grant's name: that of the audit event which recorded the decision.
pub type GrantId = Arc<str>;

/// Recorded decisions that a session may use a dashboard, under a policy generation.
pub trait Grants: Send + Sync {
    fn get(
        &self,
        session: SessionId,
        dashboard: &DashboardId,
        generation: u64,
    ) -> Answer<'_, Option<GrantId>>;

    fn put(
        &self,
        session: SessionId,
        dashboard: DashboardId,
        generation: u64,
        grant: GrantId,
    ) -> Answer<'_, ()>;

    /// Forgets all grants of a session that has ended.
    fn forget(&self, session: SessionId) -> Answer<'_, ()>;
}
