//! What operators see at `/metrics`: counts and gauges in Prometheus' text format. No names of people or
//! dashboards: label values come from fixed lists, so nobody outside can make the series grow.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    /// `portal`, `dashboard` or `nobody`.
    target: &'static str,
    /// `2xx`, `3xx`, …
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    reason: &'static str,
}

/// All series.
pub struct Metrics {
    registry: Registry,
    requests: Family<Served, Counter>,
    refusals: Family<Named, Counter>,
    upstream_failures: Family<Named, Counter>,
    sign_ins: Family<Named, Counter>,
    sessions: Gauge,
    connections: Gauge,
    audit_dropped: Counter<u64, AtomicU64>,
}

/// Values that others keep and that are read when somebody asks.
pub struct Readings {
    pub sessions: usize,
    pub connections: usize,
    pub audit_dropped: u64,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("lanyard");
        let requests = Family::default();
        let refusals = Family::default();
        let upstream_failures = Family::default();
        let sign_ins = Family::default();
        let (sessions, connections, audit_dropped) = (Gauge::default(), Gauge::default(), Counter::default());
        registry.register("requests", "Requests answered", Clone::clone(&requests));
        registry.register("refusals", "Requests refused by Lanyard itself", Clone::clone(&refusals));
        registry.register(
            "upstream_failures",
            "Requests whose app did not answer, or failed in a frame",
            Clone::clone(&upstream_failures),
        );
        registry.register("sign_ins", "Sign-ins by how they ended", Clone::clone(&sign_ins));
        registry.register("sessions", "Signed-in browsers", Clone::clone(&sessions));
        registry.register("connections", "Open WebSockets and long answers", Clone::clone(&connections));
        registry.register("audit_dropped", "Audit events that found no room", Clone::clone(&audit_dropped));
        Self {
            registry,
            requests,
            refusals,
            upstream_failures,
            sign_ins,
            sessions,
            connections,
            audit_dropped,
        }
    }

    pub fn served(&self, target: &'static str, status: http::StatusCode) {
        let status = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&Served { target, status }).inc();
    }

    pub fn refused(&self, reason: &'static str) {
        self.refusals.get_or_create(&Named { reason }).inc();
    }

    pub fn upstream_failed(&self, reason: &'static str) {
        self.upstream_failures.get_or_create(&Named { reason }).inc();
    }

    pub fn signed_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&Named { reason: outcome }).inc();
    }

    /// The whole page.
    pub fn text(&self, readings: &Readings) -> String {
        self.sessions.set(readings.sessions as i64);
        self.connections.set(readings.connections as i64);
        let behind = readings.audit_dropped.saturating_sub(self.audit_dropped.get());
        self.audit_dropped.inc_by(behind);
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_on_the_page() {
        let metrics = Metrics::new();
        metrics.served("portal", http::StatusCode::OK);
        metrics.refused("not-found");
        let page = metrics.text(&Readings { sessions: 3, connections: 2, audit_dropped: 1 });
        for line in [
            r#"lanyard_requests_total{target="portal",status="2xx"} 1"#,
            r#"lanyard_refusals_total{reason="not-found"} 1"#,
            "lanyard_sessions 3",
            "lanyard_audit_dropped_total 1",
        ] {
            assert!(page.contains(line), "{line} is missing in:\n{page}");
        }
    }
}
