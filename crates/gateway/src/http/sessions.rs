//! The life of a session across everything that hangs on it: store, grants, assertions, open connections.
//! Ending happens here and nowhere else, so that nothing of a session outlives it.

use std::sync::Arc;

use http::HeaderMap;

use super::caller::Named;
use crate::{
    audit::{Audit, Event, Kind, Outcome},
    clock::Timestamp,
    dashboards::Introductions,
    identity::session::{
        Session, SessionId, Shared,
        connections::{Connections, Ending},
        cookies,
        departed::Departed,
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
    pub departed: Departed,
    pub audit: Audit,
}

impl Registry {
    /// The session that the portal's cookie names.
    pub async fn of_portal(&self, headers: &HeaderMap, now: Timestamp) -> Option<Shared> {
        let digest = cookies::digest(headers, cookies::PORTAL)?;
        self.sessions.get(SessionId(digest), now).await
    }

    /// Whether a session is still true of whom the proxy in front names. One that is not ends here.
    pub async fn holds(&self, session: &Session, named: &Named, now: Timestamp) -> bool {
        if named.fits(&session.person) {
            return true;
        }
        self.end(session.id, Kind::SessionEnd, "the proxy in front says something else", now).await;
        false
    }

    /// Ends those of a request's sessions that are not true any more, before anything is done under them.
    pub async fn hold_to(&self, named: &Named, headers: &HeaderMap, now: Timestamp) {
        if matches!(named, Named::Unasked) {
            return;
        }
        let mut sessions: Vec<Shared> = self.of_portal(headers, now).await.into_iter().collect();
        if let Some(cookie) = cookies::digest(headers, cookies::APP) {
            let bound = self.sessions.by_app_cookie(cookie, now).await;
            sessions.extend(bound.map(|(session, _)| session));
        }
        for session in sessions {
            self.holds(&session, named, now).await;
        }
    }

    /// Whether the shell may sign somebody in by itself: the proxy in front names them, and they have not left the
    /// session whose cookie this browser still has.
    pub fn vouched(&self, named: &Named, headers: &HeaderMap) -> bool {
        let last = cookies::digest(headers, cookies::PORTAL).map(SessionId);
        named.person().is_some_and(|person| !last.is_some_and(|id| self.departed.contains(id, person)))
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

    /// Ends a session because its person says so.
    pub async fn leave(&self, session: &Session, kind: Kind, why: &str, now: Timestamp) -> Option<Shared> {
        self.departed.note(session.id, &session.person);
        self.end(session.id, kind, why, now).await
    }

    /// Ends the sessions whose absolute limit has passed.
    pub async fn end_due(&self, now: Timestamp) {
        for id in self.sessions.due(now).await {
            self.end(id, Kind::SessionEnd, "its absolute limit", now).await;
        }
    }
}
