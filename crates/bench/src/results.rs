//! What figures come to against their goals: ratio and verdict are computed here, for the table and for results.json
//! alike. It measures nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{figure::Figure, goals};

/// A figure with its verdict, as results.json has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    pub id: String,
    pub value: f64,
    pub unit: &'static str,
    pub peers: BTreeMap<String, f64>,
    /// Against the peer that the goal names.
    pub ratio: Option<f64>,
    pub goal: Option<String>,
    /// `None` where there is no goal.
    pub holds: Option<bool>,
}

pub fn judge(figure: Figure) -> Judged {
    let goal = goals::of(&figure.id);
    let ratio = goal.and_then(goals::Goal::peer).and_then(|peer| figure.ratio(peer));
    Judged {
        ratio,
        holds: goal.and_then(|goal| goal.holds(&figure)),
        goal: goal.map(|goal| goal.spoken(figure.unit)),
        id: figure.id,
        value: figure.value,
        unit: figure.unit,
        peers: figure.peers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_computed_from_the_figures() {
        let rate =
            |own, nginx| judge(Figure::new("http.1mb.c16.rate", own, "requests/s").beside("nginx", nginx));
        assert_eq!((rate(150.0, 100.0).ratio, rate(150.0, 100.0).holds), (Some(1.5), Some(true)));
        assert_eq!(rate(149.0, 100.0).holds, Some(false));
        assert_eq!(rate(149.0, 100.0).goal.as_deref(), Some("≥ 1.5 × nginx"));
        let without = judge(Figure::new("http.1mb.c16.rate", 1.0, "requests/s"));
        assert_eq!((without.ratio, without.holds), (None, None));
    }

    #[test]
    fn slower_is_worse_where_time_is_measured() {
        let p99 = |own| judge(Figure::new("http.half-load.c128.p99", own, "µs").beside("nginx", 100.0)).holds;
        assert_eq!((p99(100.0), p99(101.0)), (Some(true), Some(false)));
        let each = |own| judge(Figure::new("memory.websockets.5000.each", own, "bytes")).holds;
        assert_eq!((each(6144.0), each(6145.0)), (Some(true), Some(false)));
    }

    #[test]
    fn what_has_no_goal_has_no_verdict() {
        let judged = judge(Figure::new("http.1kb.c1.p50", 1.0, "µs").beside("nginx", 2.0));
        assert_eq!((judged.goal, judged.ratio, judged.holds), (None, None, None));
    }
}
