//! Durations as people write them: a whole number and a unit, such as "8h", "30s", "500ms", "10min".

use std::time::Duration;

/// The units, with how many milliseconds each has. The longest first, to write a duration.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    #[error("must be a whole number and a unit, such as '500ms', '30s', '10min', '8h' or '2d'")]
    Form,
    #[error("has the unit 'm', which could be minutes or months; write 'min'")]
    Minutes,
    #[error("is longer than anybody will wait")]
    TooLong,
}

/// Reads a duration.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    if number.is_empty() {
        return Err(DurationError::Form);
    }
    if unit == "m" {
        return Err(DurationError::Minutes);
    }
    let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(DurationError::Form)?;
    let number: u64 = number.parse().map_err(|_| DurationError::TooLong)?;
    number.checked_mul(*milliseconds).map(Duration::from_millis).ok_or(DurationError::TooLong)
}

/// Writes a duration as it would be written in the file.
pub fn write(duration: Duration) -> String {
    let total = duration.as_millis();
    let fits = UNITS.iter().find(|(_, unit)| total > 0 && total.is_multiple_of(u128::from(*unit)));
    fits.map_or("0s".to_owned(), |(name, unit)| format!("{}{name}", total / u128::from(*unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_and_nothing_else() {
        for (text, milliseconds) in
            [("500ms", 500), ("30s", 30_000), ("10min", 600_000), ("8h", 28_800_000), ("0s", 0)]
        {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
            assert_eq!(parse(&write(Duration::from_millis(milliseconds))), parse(text));
        }
        for text in ["", "8", "h", "8 h", " 8h", "-8h", "1.5h", "8H", "1h30min", "８h"] {
            assert_eq!(parse(text), Err(DurationError::Form), "{text}");
        }
        assert_eq!(parse("5m"), Err(DurationError::Minutes));
        for text in ["99999999999999999999s", "99999999999999999d"] {
            assert_eq!(parse(text), Err(DurationError::TooLong), "{text}");
        }
        assert_eq!(write(Duration::from_secs(90)), "90s");
    }
}
