//! One record of a decision or an action. Holds names and reasons, never a secret.

use std::net::IpAddr;

use serde::Serialize;

use crate::clock::Timestamp;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    SignIn,
    SignOut,
    /// The absolute limit of a session, or a newer session of the same person or browser.
    SessionEnd,
    Ticket,
    /// The first request of a session at a dashboard under a policy generation.
    Grant,
    WebSocket,
    /// Somebody asked how a dashboard is that is not theirs. Whoever may know it asks without an event.
    State,
    /// Denials of people who are not signed in, counted over a minute.
    AnonymousDenials,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Allowed,
    Denied,
}

/// Whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    pub issuer: String,
    pub subject: String,
    pub name: String,
    /// The session's short name.
    pub session: Option<String>,
}

/// An event before it has a time and an id.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    kind: Kind,
    outcome: Outcome,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    who: Option<Subject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<String>,
    /// The rule or the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// The client's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

/// An event as it is written: one JSON object a line.
#[derive(Serialize)]
struct Line<'a> {
    /// RFC 3339, UTC.
    time: String,
    id: &'a str,
    #[serde(flatten)]
    event: &'a Event,
}

impl Event {
    pub fn new(kind: Kind, outcome: Outcome) -> Self {
        Self { kind, outcome, who: None, dashboard: None, by: None, address: None, count: None }
    }

    pub fn of(self, who: Subject) -> Self {
        Self { who: Some(who), ..self }
    }

    pub fn at(self, dashboard: &str) -> Self {
        Self { dashboard: Some(dashboard.to_owned()), ..self }
    }

    pub fn by(self, rule_or_reason: impl Into<String>) -> Self {
        Self { by: Some(rule_or_reason.into()), ..self }
    }

    pub fn from(self, address: IpAddr) -> Self {
        Self { address: Some(address), ..self }
    }

    pub fn times(self, count: u64) -> Self {
        Self { count: Some(count), ..self }
    }

    /// The line, with its line feed. JSON escapes line feeds, so a name cannot forge a second line.
    pub(super) fn line(&self, id: &str, now: Timestamp) -> String {
        let line = Line { time: now.rfc3339(), id, event: self };
        serde_json::to_string(&line).map(|json| json + "\n").unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_line() {
        let who = Subject {
            issuer: "https://id.example".into(),
            subject: "s".into(),
            name: "x\"}\n{\"kind\":\"sign-in".into(),
            session: None,
        };
        let line = Event::new(Kind::SignIn, Outcome::Allowed).of(who).line("id", Timestamp(0));
        assert_eq!(line.lines().count(), 1);
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
    }
}
