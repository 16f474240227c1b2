//! How often something may happen by itself, so that no page and no app can make the shell run in circles.

/// The span a budget is for, in seconds.
const SPAN: u64 = 60;

/// At most [`Budget::MOST`] times a minute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Budget {
    spent: Vec<u64>,
}

impl Budget {
    pub const MOST: usize = 3;

    /// Spends one, if one is left. `now` is in seconds.
    pub fn spend(&mut self, now: u64) -> bool {
        let left = self.wait(now) == 0;
        if left {
            self.spent.push(now);
        }
        left
    }

    /// Seconds until one is left. What was spent after `now` says only that the clock was set back.
    pub fn wait(&mut self, now: u64) -> u64 {
        self.spent.retain(|&then| (then..then.saturating_add(SPAN)).contains(&now));
        match self.spent.first() {
            Some(oldest) if self.spent.len() >= Self::MOST => oldest + SPAN - now,
            _ => 0,
        }
    }

    pub fn encode(&self) -> String {
        self.spent.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Reads what [`Budget::encode`] wrote; anything else counts as nothing spent.
    pub fn decode(kept: &str) -> Self {
        Self { spent: kept.split(' ').filter_map(|then| then.parse().ok()).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_a_minute_and_then_none() {
        let mut budget = Budget::default();
        assert!(budget.spend(100) && budget.spend(101) && budget.spend(102));
        assert!(!budget.spend(103));
        assert!(!budget.spend(159));
        assert!(budget.spend(160));
        assert!(!budget.spend(160));
    }

    #[test]
    fn after_the_wait_one_is_left() {
        let mut budget = Budget::default();
        assert!(budget.wait(100) == 0 && budget.spend(100) && budget.spend(101) && budget.spend(110));
        assert_eq!(budget.wait(120), 40);
        assert!(!budget.spend(159) && budget.wait(160) == 0 && budget.spend(160));
        assert_eq!(budget.wait(160), 1);
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_nothing() {
        let mut budget = Budget::default();
        assert!(budget.spend(5_000) && budget.spend(5_001) && budget.spend(5_002));
        assert!(budget.wait(100) == 0 && budget.spend(100));
    }

    #[test]
    fn what_was_spent_survives_a_change_of_page() {
        let mut budget = Budget::default();
        assert!(budget.spend(100) && budget.spend(101));
        let mut again = Budget::decode(&budget.encode());
        assert_eq!(again, budget);
        assert!(again.spend(102) && !again.spend(103));
        assert!(Budget::decode("nonsense").spend(1));
    }
}
