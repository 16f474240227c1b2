//! The figures that the page shows. Made up, but always the same for the same title and range.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};

use crate::App;

/// How far back the figures go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Range {
    #[serde(rename = "7d")]
    Week,
    #[serde(rename = "30d")]
    Month,
    #[serde(rename = "90d")]
    Quarter,
}

impl Range {
    fn days(self) -> u64 {
        match self {
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Wanted {
    range: Range,
}

#[derive(Debug, Serialize)]
struct Figure {
    label: &'static str,
    value: String,
    /// Against the range before, in per cent.
    change: f64,
}

#[derive(Debug, Serialize)]
pub struct Figures {
    days: u64,
    figures: Vec<Figure>,
    /// One bar a day, oldest first.
    pub bars: Vec<u64>,
}

pub async fn figures(State(app): State<Arc<App>>, Query(wanted): Query<Wanted>) -> Json<Figures> {
    Json(Figures::of(&app.title, wanted.range))
}

impl Figures {
    pub fn of(title: &str, range: Range) -> Self {
        let seed = title.bytes().fold(0, |seed: u64, byte| mix(seed ^ u64::from(byte)));
        // Counted back from the last day, so that a longer range only adds to the left.
        let bars: Vec<u64> = (0..range.days()).rev().map(|day| 40 + mix(seed ^ day) % 60).collect();
        let total: u64 = bars.iter().sum();
        let change = |nth: u64| (mix(seed ^ range.days() ^ (nth << 8)) % 240) as f64 / 10.0 - 9.0;
        let figures = vec![
            Figure { label: "Revenue", value: format!("€ {total} k"), change: change(1) },
            Figure { label: "Orders", value: (total * 13).to_string(), change: change(2) },
            Figure { label: "Margin", value: format!("{} %", 18 + mix(seed) % 20), change: change(3) },
            Figure { label: "On time", value: format!("{} %", 88 + mix(seed ^ 5) % 12), change: change(4) },
        ];
        Self { days: range.days(), figures, bars }
    }
}

/// The live figure at this tick: a wave with a little unrest, between 0 and 100.
pub fn live(title: &str, tick: u64) -> f64 {
    let phase = title.len() as f64;
    let wave = 50.0 + 28.0 * (tick as f64 / 9.0 + phase).sin() + 9.0 * (tick as f64 / 2.3).sin();
    let value = wave + (mix(tick ^ title.len() as u64) % 100) as f64 / 20.0;
    (value * 10.0).round() / 10.0
}

/// SplitMix64's finalizer: scatters neighbouring numbers.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_range_ends_with_the_shorter_one() {
        let (week, month) = (Figures::of("A", Range::Week), Figures::of("A", Range::Month));
        assert!(month.bars.ends_with(&week.bars));
        assert_ne!(Figures::of("B", Range::Week).bars, week.bars);
    }

    #[test]
    fn the_live_figure_moves_and_stays_on_the_chart() {
        let values: Vec<f64> = (0..500).map(|tick| live("A", tick)).collect();
        assert!(values.iter().all(|value| (0.0..=100.0).contains(value)));
        assert!(values.windows(2).filter(|pair| pair[0] != pair[1]).count() > 450);
    }
}
