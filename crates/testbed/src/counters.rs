//! The gateway's counters, as operators read them: what a test compares before and after it was refused.

use std::collections::BTreeMap;

use crate::Stage;

/// What `/metrics` said at one moment: every counter of refusals and of sign-ins, by reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counters(BTreeMap<String, u64>);

impl Counters {
    pub async fn read(stage: &Stage) -> Self {
        let page = stage.admin().get("/metrics").send().await.expect(200).text();
        let line = |line: &str| {
            let (series, count) = line.rsplit_once(' ')?;
            let series = series.strip_prefix("lanyard_")?.replace("_total{reason=\"", " ").replace("\"}", "");
            Some((series, count.parse().ok()?))
        };
        Self(page.lines().filter_map(line).collect())
    }

    /// Requests refused for this reason since an earlier reading.
    pub fn refused_since(&self, earlier: &Self, reason: &str) -> u64 {
        self.since(earlier, &format!("refusals {reason}"))
    }

    /// Sign-ins that ended like this since an earlier reading.
    pub fn signed_in_since(&self, earlier: &Self, outcome: &str) -> u64 {
        self.since(earlier, &format!("sign_ins {outcome}"))
    }

    fn since(&self, earlier: &Self, series: &str) -> u64 {
        let of = |counters: &Self| counters.0.get(series).copied().unwrap_or(0);
        of(self) - of(earlier)
    }
}
