//! The life of a session across everything that hangs on it: store, grants, assertions, open connections.
//! Ending happens here and nowhere else, so that nothing of a session outlives it.

use std::sync::Arc;

use http::HeaderMap;

use crate::{
    audit::{Audit, Event, Kind, Outcome},
    clock::Timestamp,
    dashboards::Introductions,
    identity::session::{
        Session, SessionId, Shared,
        connections::{Connections, Ending},
        cookies,
        store::{Full, Grants, Sessions, Tickets},
    },
    policy::subject,
};

/// Everything that knows sessions.
pub struct Registry {
    pub sessions: Arc<dyn Sessions>,
    pub tickets: Arc<dyn Tickets>,
    pub grants: Arc<dyn Grants>,
    pub connections: Arc<Connections>,
    pub introductions: Arc<Introductions>,
    pub audit: Audit,
}

impl Registry {
    /// The session that the portal's cookie names.
    pub async fn of_portal(&self, headers: &HeaderMap, now: Timestamp) -> Option<Shared> {
        let digest = cookies::digest(headers, cookies::PORTAL)?;
        self.sessions.get(SessionId(digest), now).await
    }

    /// Begins a session. The oldest of the same person end, where there are too many.
    pub async fn begin(&self, session: Session, now: Timestamp) -> Result<(), Full> {
        for surplus in self.sessions.insert(session).await? {
            self.end(surplus, Kind::SessionEnd, "too many sessions of this person", now).await;
        }
        Ok(())
    }

    /// Ends a session and everything that runs under it. Answers it, if there was one.
    pub async fn end(&self, id: SessionId, kind: Kind, why: &str, now: Timestamp) -> Option<Shared> {
        let session = self.sessions.remove(id).await?;
        session.end();
        self.connections.end_session(id, Ending::SessionOver);
        self.grants.forget(id).await;
        self.introductions.forget(id);
        self.audit.note(Event::new(kind, Outcome::Allowed).of(subject(&session)).by(why), now);
        Some(session)
    }

    /// Ends the sessions whose absolute limit has passed.
    pub async fn end_due(&self, now: Timestamp) {
        for id in self.sessions.due(now).await {
            self.end(id, Kind::SessionEnd, "its absolute limit", now).await;
        }
    }
}
