//! What each figure should reach. A goal names its peer or a bound; whether it holds is computed from figures and
//! never written down.

use crate::figure::{Figure, number};

/// What one figure should reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// At least so many times this peer's figure.
    AtLeast(f64, &'static str),
    /// At most so many times this peer's figure.
    AtMost(f64, &'static str),
    /// No more than this, in the figure's own unit.
    Below(f64),
}

/// By the beginning and the end of a figure's id; the first that fits is its goal.
const GOALS: [(&str, &str, Goal); 12] = [
    ("http.1kb.", ".rate", Goal::AtLeast(1.0, "nginx")),
    ("http.1mb.", ".rate", Goal::AtLeast(1.5, "nginx")),
    ("http.half-load.", ".p99", Goal::AtMost(1.0, "nginx")),
    ("websockets.round-trip", "", Goal::AtMost(1.0, "nginx")),
    ("websockets.messages.", "", Goal::AtLeast(1.2, "nginx")),
    ("memory.websocket", ".each", Goal::Below(6.0 * 1024.0)),
    ("memory.session", ".each", Goal::Below(1024.0)),
    ("growth.decision.", ".1000", Goal::Below(1000.0)),
    // A tenth is what two rounds of the same differ by.
    ("growth.first-byte.sessions", "", Goal::AtMost(1.1, "one session")),
    ("first-visit.total", "", Goal::Below(260_000.0)),
    ("navigation.cold.4x.", ".after-bytes", Goal::Below(300.0)),
    ("navigation.warm.4x.", ".after-bytes", Goal::Below(300.0)),
];

/// The goal of a figure, if it has one.
pub fn of(id: &str) -> Option<Goal> {
    GOALS.iter().find(|(begin, end, _)| id.starts_with(begin) && id.ends_with(end)).map(|(.., goal)| *goal)
}

impl Goal {
    /// The peer that it names.
    pub fn peer(self) -> Option<&'static str> {
        match self {
            Self::AtLeast(_, peer) | Self::AtMost(_, peer) => Some(peer),
            Self::Below(_) => None,
        }
    }

    /// Whether the figure reaches it; unknown without the peer's figure.
    pub fn holds(self, figure: &Figure) -> Option<bool> {
        let ratio = self.peer().and_then(|peer| figure.ratio(peer));
        match self {
            Self::AtLeast(times, _) => ratio.map(|ratio| ratio >= times),
            Self::AtMost(times, _) => ratio.map(|ratio| ratio <= times),
            Self::Below(bound) => Some(figure.value <= bound),
        }
    }

    pub fn spoken(self, unit: &str) -> String {
        match self {
            Self::AtLeast(times, peer) => format!("≥ {times:.1} × {peer}"),
            Self::AtMost(times, peer) => format!("≤ {times:.1} × {peer}"),
            Self::Below(bound) => format!("≤ {} {unit}", number(bound)),
        }
    }
}
