//! May this session use this dashboard? `authorize` decides, writes the audit event and mints the permit, in
//! that order and nowhere else. The rule itself is `contract::policy::decide`; this is its enforcement.

mod denial;

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use lanyard_contract::{
    DashboardId,
    policy::{Basis, Decision, Policy, Reason, Viewer, decide, project},
    wire,
};

pub use denial::Denied;

use crate::{
    audit::{Audit, Event, Kind, Outcome, Subject},
    clock::Timestamp,
    config::{self, App, Origin},
    identity::session::{self, store::Grants},
    limiter::Limiter,
};

/// Denials of one session that are written to the audit trail in a minute.
const DENIALS_PER_MINUTE: u32 = 60;

/// WebSockets of one session that are written to the audit trail in a minute.
const SOCKETS_PER_MINUTE: u32 = 120;

/// Proof that a request runs under a grant. Only [`Authority::authorize`] makes one.
pub struct Permit {
    app: Arc<App>,
    session: Option<session::Shared>,
    grant: Arc<str>,
}

impl Permit {
    /// The dashboard that it is for.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Whose it is. Always `None` on a public dashboard, also when the viewer is signed in.
    pub fn session(&self) -> Option<&session::Shared> {
        self.session.as_ref()
    }

    /// For tests of what lies behind a permit.
    #[cfg(test)]
    pub(crate) fn for_tests(app: Arc<App>, session: Option<session::Shared>) -> Self {
        Self { app, session, grant: "grant".into() }
    }

    /// The audit event of the grant. Empty on a public dashboard, where nothing was granted to anybody.
    pub fn grant(&self) -> &Arc<str> {
        &self.grant
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Ticket,
    Request,
    WebSocket,
    /// How the dashboard is, asked every few seconds: lets nobody in, and is no event unless it is denied.
    State,
}

/// Who asks, for what, from where and when.
pub struct Question<'a> {
    pub session: Option<&'a session::Shared>,
    pub dashboard: &'a DashboardId,
    /// The origin that was asked, where a dashboard's host was: it must be that dashboard's own.
    pub origin: Option<&'a Origin>,
    /// Whether they hold a key to this very host. A key to another one opens nothing here, but it says who
    /// is asking: what is forbidden or unknown answers as it would to any signed-in person.
    pub entered: bool,
    pub action: Action,
    pub address: IpAddr,
    pub now: Timestamp,
}

/// The policy in force, and what it takes to enforce it.
pub struct Authority {
    policy: Policy,
    dashboards: Vec<config::Dashboard>,
    apps: HashMap<DashboardId, Arc<App>>,
    /// Grows with every change of the policy; grants of an older one are decided again.
    generation: u64,
    grants: Arc<dyn Grants>,
    audit: Audit,
    /// Denials of one session that are written one by one; the rest of a minute is not, so that nobody can
    /// fill the disk with names that do not exist.
    denials: Limiter,
    /// WebSockets of one session that are written one by one, likewise.
    sockets: Limiter,
}

impl Authority {
    /// The authority over these dashboards, in the order of the navigation.
    pub fn new(dashboards: Vec<config::Dashboard>, grants: Arc<dyn Grants>, audit: Audit) -> Self {
        let apps = dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
            config::Kind::App(app) => Some((dashboard.id.clone(), app.clone())),
            config::Kind::External { .. } => None,
        });
        Self {
            policy: Policy::new(dashboards.iter().map(|d| (d.id.clone(), d.access.clone()))),
            apps: apps.collect(),
            dashboards,
            generation: 1,
            grants,
            audit,
            denials: Limiter::new(DENIALS_PER_MINUTE),
            sockets: Limiter::new(SOCKETS_PER_MINUTE),
        }
    }

    /// Decides, records, permits. Denies by default; a new grant whose event cannot be stored is denied too.
    pub async fn authorize(&self, question: Question<'_>) -> Result<Permit, Denied> {
        let Question { session, dashboard, now, .. } = question;
        let session = session.filter(|session| !session.is_over(now));
        let viewer = session.map_or(Viewer::Anonymous, |session| Viewer::SignedIn { roles: &session.roles });
        let basis = match decide(&self.policy, viewer, dashboard) {
            Decision::Allow(basis) => basis,
            Decision::Deny(reason) => return Err(self.denied(&question, session, reason)),
        };
        let own = |app: &&Arc<App>| question.origin.is_none_or(|origin| *origin == app.origin);
        let Some(app) = self.apps.get(dashboard).filter(own).cloned() else {
            return Err(self.denied(&question, session, Reason::Unknown));
        };
        match (basis, session) {
            (Basis::Public, _) if question.action == Action::Ticket => Err(Denied::NotFound),
            (Basis::Public, _) => Ok(Permit { app, session: None, grant: "".into() }),
            (Basis::Role(_), Some(_)) if !question.entered => Err(Denied::SignedOut),
            (Basis::Role(role), Some(session)) => {
                let rule = format!("role {role}");
                let grant = self.grant(&question, session, &rule).await?;
                if session.is_over(now) {
                    // It ended while the event was written: leave nothing behind.
                    self.grants.forget(session.id).await;
                    return Err(Denied::SignedOut);
                }
                Ok(Permit { app, session: Some(session.clone()), grant })
            }
            // A role without a session cannot be: refuse rather than reason.
            (Basis::Role(_), None) => Err(Denied::SignedOut),
        }
    }

    async fn grant(
        &self,
        question: &Question<'_>,
        session: &session::Shared,
        rule: &str,
    ) -> Result<Arc<str>, Denied> {
        let Question { dashboard, action, address, now, .. } = *question;
        let event = |kind| {
            Event::new(kind, Outcome::Allowed)
                .of(subject(session))
                .at(dashboard.as_str())
                .by(rule)
                .from(address)
        };
        match action {
            Action::Ticket => {
                self.audit.note(event(Kind::Ticket), now);
                return Ok("".into());
            }
            Action::State => return Ok("".into()),
            Action::Request | Action::WebSocket => {}
        }
        let grant = self.recorded(question, session, event(Kind::Grant)).await?;
        if action == Action::WebSocket {
            // Last, so that no event says "allowed" for what could not be granted.
            match self.sockets.admit(&session.id, now) {
                true => self.audit.note(event(Kind::WebSocket), now),
                false => self.audit.suppressed(),
            }
        }
        Ok(grant)
    }

    /// The grant that this session already has, or a new one, stored before it is given.
    async fn recorded(
        &self,
        question: &Question<'_>,
        session: &session::Shared,
        event: Event,
    ) -> Result<Arc<str>, Denied> {
        let Question { dashboard, now, .. } = *question;
        if let Some(grant) = self.grants.get(session.id, dashboard, self.generation).await {
            return Ok(grant);
        }
        let grant = self.audit.store(event, now).await.map_err(|error| {
            tracing::error!(%error, %dashboard, "a grant was refused because its event could not be stored");
            Denied::Unrecorded
        })?;
        self.grants.put(session.id, dashboard.clone(), self.generation, grant.clone()).await;
        Ok(grant)
    }

    fn denied(&self, question: &Question<'_>, session: Option<&session::Shared>, reason: Reason) -> Denied {
        let Some(session) = session else {
            self.audit.anonymous("not-signed-in");
            return Denied::SignedOut;
        };
        if !self.denials.admit(&session.id, question.now) {
            self.audit.suppressed();
            return Denied::NotFound;
        }
        let kind = match question.action {
            Action::Ticket => Kind::Ticket,
            Action::Request => Kind::Grant,
            Action::WebSocket => Kind::WebSocket,
            Action::State => Kind::State,
        };
        let reason = match reason {
            Reason::NotSignedIn => "not signed in",
            Reason::NoRole => "no role",
            Reason::Unknown => "unknown dashboard",
        };
        let event = Event::new(kind, Outcome::Denied).of(subject(session)).at(question.dashboard.as_str());
        self.audit.note(event.by(reason).from(question.address), question.now);
        Denied::NotFound
    }

    /// What this viewer's navigation holds, in its order: nothing of anything else.
    pub fn projection(&self, session: Option<&session::Session>) -> Vec<wire::Dashboard> {
        let viewer = session.map_or(Viewer::Anonymous, |session| Viewer::SignedIn { roles: &session.roles });
        let seen = self.dashboards.iter().filter_map(|dashboard| {
            let access = project(&dashboard.access, viewer)?;
            let kind = match &dashboard.kind {
                config::Kind::App(app) => wire::Kind::App { origin: app.origin.to_string() },
                config::Kind::External { url, .. } => wire::Kind::External { url: url.clone() },
            };
            Some(wire::Dashboard {
                id: dashboard.id.clone(),
                title: dashboard.title.clone(),
                section: dashboard.section.clone(),
                description: dashboard.description.clone(),
                icon: dashboard.icon.map(str::to_owned),
                access,
                kind,
            })
        });
        seen.collect()
    }
}

/// A session's person, for the audit trail.
pub fn subject(session: &session::Session) -> Subject {
    Subject {
        issuer: session.person.issuer.clone(),
        subject: session.person.subject.clone(),
        name: session.person.display_name().to_owned(),
        session: Some(session.id.short()),
    }
}

#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;
