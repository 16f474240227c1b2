//! Figures as they were measured: a value in its unit, and the same of others in the same rounds. It knows no goal.

use std::collections::BTreeMap;

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

/// Three digits or all before the point, with a gap between thousands.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let digits = match value.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut spaced = String::new();
    for (nth, digit) in whole.chars().enumerate() {
        if nth > 0 && (whole.len() - nth).is_multiple_of(3) && whole.len() > 4 {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    if rest.is_empty() { spaced } else { format!("{spaced}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn numbers_are_as_precise_as_they_are_of_use() {
        let all = [0.034, 5.678, 56.78, 5678.9, 1_234_567.8, f64::NAN].map(number);
        assert_eq!(all, ["0.03", "5.68", "56.8", "5679", "1 234 568", "–"]);
    }
}
