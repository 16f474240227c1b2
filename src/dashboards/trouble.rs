//! A dashboard that does not answer: how often it has been tried, and how long to wait. No timers here.

use lanyard_contract::DashboardId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub id: DashboardId,
    /// The name of the frame that failed; a frame entered later clears the trouble by loading.
    pub frame: String,
    pub attempt: u32,
    pub reference: Option<String>,
}

impl Trouble {
    /// Seconds until the next attempt: soon at first, patient later.
    pub fn delay(&self) -> u32 {
        match self.attempt {
            0..=3 => 5,
            4..=6 => 15,
            _ => 30,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_stays_bounded() {
        let delay = |attempt| {
            Trouble { id: "a".parse().expect("an id"), frame: String::new(), attempt, reference: None }
                .delay()
        };
        assert_eq!([delay(1), delay(3), delay(4), delay(7), delay(u32::MAX)], [5, 5, 15, 30, 30]);
    }
}
