//! The one place that reads the wall clock. Everything else is handed a [`Timestamp`].

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The current time. Before 1970 counts as 1970.
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now() -> Self {
        Self(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64))
    }

    pub fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// For an end that others wait for: who asks at that second finds it passed.
    pub fn as_secs_rounded_up(self) -> u64 {
        self.0.div_ceil(1000)
    }

    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_millis() as u64))
    }

    /// How long until `later`; zero if it has passed.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(later.0.saturating_sub(self.0))
    }

    /// As seconds and milliseconds in RFC 3339, UTC: `2026-01-31T09:05:00.250Z`.
    pub fn rfc3339(self) -> String {
        let (days, ms) = (self.0 / 86_400_000, self.0 % 86_400_000);
        let (year, month, day) = civil(days as i64);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
    }
}

/// Days since 1970-01-01 to year, month and day of the Gregorian calendar (Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_is_waited_for_is_never_told_too_early() {
        assert_eq!(Timestamp(5_001).as_secs_rounded_up(), 6);
        assert_eq!(Timestamp(5_000).as_secs_rounded_up(), 5);
    }

    #[test]
    fn dates_are_written_as_rfc_3339_says() {
        assert_eq!(Timestamp(0).rfc3339(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp(951_782_400_250).rfc3339(), "2000-02-29T00:00:00.250Z");
        assert_eq!(Timestamp(1_795_305_599_999).rfc3339(), "2026-11-21T23:59:59.999Z");
    }
}
