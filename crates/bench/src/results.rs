//! Figures as they were measured, and what they come to against their goals: ratio and verdict are computed here,
//! for the table and for results.json alike. It measures nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::goals;

/// One measured quantity, with the same of others in the same rounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub id: String,
    pub value: f64,
    pub unit: &'static str,
    pub peers: BTreeMap<String, f64>,
}

impl Figure {
    pub fn new(id: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { id: id.into(), value, unit, peers: BTreeMap::new() }
    }

    pub fn beside(mut self, peer: &str, value: f64) -> Self {
        self.peers.insert(peer.to_owned(), value);
        self
    }

    /// How many times a peer's figure it is.
    pub fn ratio(&self, peer: &str) -> Option<f64> {
        self.peers.get(peer).filter(|value| **value > 0.0).map(|value| self.value / value)
    }
}

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

/// The middle one of all rounds; of an even number the mean of the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

/// What several contestants reached, round by round; the first is Lanyard.
#[derive(Debug, Default)]
pub struct Rounds(Vec<(&'static str, Vec<f64>)>);

impl Rounds {
    pub fn note(&mut self, name: &'static str, value: f64) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => self.0.push((name, vec![value])),
        }
    }

    pub fn figure(self, id: impl Into<String>, unit: &'static str) -> Figure {
        let mut medians = self.0.into_iter().map(|(name, values)| (name, median(values)));
        let own = medians.next().map_or(f64::NAN, |(_, value)| value);
        medians.fold(Figure::new(id, own, unit), |figure, (peer, value)| figure.beside(peer, value))
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

    #[test]
    fn each_contestant_is_its_own_median() {
        let mut rounds = Rounds::default();
        for (own, nginx) in [(3.0, 10.0), (1.0, 30.0), (2.0, 20.0)] {
            rounds.note("lanyard", own);
            rounds.note("nginx", nginx);
        }
        let figure = rounds.figure("x", "ms");
        assert_eq!((figure.value, figure.peers["nginx"]), (2.0, 20.0));
        assert!((median(vec![4.0, 1.0]) - 2.5).abs() < 1e-9);
        assert!(median(Vec::new()).is_nan());
    }
}
