//! The gateway's counters, as operators read them: what a test compares before and after it was refused.

use std::time::Duration;

use tokio::time::sleep;

use crate::{Site, Stage};

/// What `/metrics` said at one moment.
#[derive(Debug, Clone)]
pub struct Counters(String);

impl Counters {
    pub async fn read(stage: &Stage) -> Self {
        Self::at(&stage.admin()).await
    }

    /// At an admin listener.
    pub async fn at(admin: &Site) -> Self {
        Self(admin.get("/metrics").send().await.expect(200).text())
    }

    /// What a series stands at; one that was never counted at nought.
    fn value(&self, series: &str) -> u64 {
        let line = self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map_or(0, |count| count.trim().parse().expect("a counter is a number"))
    }

    /// A counter that has reasons.
    pub fn of(&self, name: &str, reason: &str) -> u64 {
        self.value(&format!("{name}{{reason=\"{reason}\"}}"))
    }

    /// Requests refused for this reason.
    pub fn refusals(&self, reason: &str) -> u64 {
        self.of("lanyard_refusals_total", reason)
    }

    /// Sign-ins that ended like this.
    pub fn sign_ins(&self, outcome: &str) -> u64 {
        self.of("lanyard_sign_ins_total", outcome)
    }

    /// Requests whose app did not answer, for this reason.
    pub fn upstream_failures(&self, reason: &str) -> u64 {
        self.of("lanyard_upstream_failures_total", reason)
    }

    /// Audit events that found no room.
    pub fn audit_dropped(&self) -> u64 {
        self.value("lanyard_audit_dropped_total")
    }

    /// Sessions at the moment.
    pub fn sessions(&self) -> u64 {
        self.value("lanyard_sessions")
    }

    /// WebSockets and long answers at the moment.
    pub fn connections(&self) -> u64 {
        self.value("lanyard_connections")
    }

    /// Waits until so many WebSockets and long answers are open; fails after ten seconds.
    pub async fn until_connections(stage: &Stage, count: u64) {
        let mut open = 0;
        for _ in 0..200 {
            open = Self::read(stage).await.connections();
            if open == count {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("{open} connections are open after ten seconds, not {count}");
    }

    /// Requests refused for this reason since an earlier reading.
    pub fn refused_since(&self, earlier: &Self, reason: &str) -> u64 {
        self.refusals(reason) - earlier.refusals(reason)
    }

    /// Sign-ins that ended like this since an earlier reading.
    pub fn signed_in_since(&self, earlier: &Self, outcome: &str) -> u64 {
        self.sign_ins(outcome) - earlier.sign_ins(outcome)
    }
}
