//! Reads what libFuzzer prints: how many inputs it tried, how much of the code they reached, and where it has put
//! the one that failed.

use std::fmt;

/// What one fuzzer has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    runs: u64,
    edges: u64,
    /// The file with the input that failed.
    input: Option<String>,
}

impl Findings {
    pub(super) fn read(lines: &[String]) -> Self {
        let mut findings = Self::default();
        for line in lines {
            if let Some((runs, edges)) = pulse(line) {
                (findings.runs, findings.edges) = (findings.runs.max(runs), findings.edges.max(edges));
            } else if let Some(runs) = line.strip_prefix("stat::number_of_executed_units:") {
                findings.runs = runs.trim().parse().unwrap_or(findings.runs);
            } else if let Some((_, path)) = line.split_once("Test unit written to ") {
                findings.input = Some(path.to_owned());
            }
        }
        findings
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} inputs, {} edges", self.runs, self.edges)?;
        self.input.iter().try_for_each(|input| write!(f, "; what failed is in {input}"))
    }
}

/// Whether a line only tells how far it is.
pub(super) fn is_pulse(line: &str) -> bool {
    pulse(line).is_some()
}

/// `#4096  NEW    cov: 812 ft: 2000 corp: 300/20Kb …` to 4096 and 812.
fn pulse(line: &str) -> Option<(u64, u64)> {
    let (runs, rest) = line.strip_prefix('#')?.split_once(|c: char| c.is_ascii_whitespace())?;
    let edges = rest.split_once("cov: ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    Some((runs.parse().ok()?, edges.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Findings {
        Findings::read(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_quiet_run_is_counted() {
        let said = "INFO: Seed: 1\n#2\tINITED cov: 700 ft: 900 corp: 7/1b exec/s: 0\n#4096\tREDUCE cov: 812 ft: 2 corp: 3/1b\n\
            Done 5000 runs in 2 second(s)\nstat::number_of_executed_units: 5000\nstat::average_exec_per_sec: 2500";
        assert_eq!(read(said), Findings { runs: 5000, edges: 812, input: None });
        assert_eq!(read(said).to_string(), "5000 inputs, 812 edges");
    }

    #[test]
    fn what_failed_is_named() {
        let said = "#9\tpulse cov: 5 ft: 6\nthread '<unnamed>' panicked\n==1== ERROR: libFuzzer: deadly signal\n\
            artifact_prefix='fuzz/artifacts/paths/'; Test unit written to fuzz/artifacts/paths/crash-0a";
        let found = read(said);
        assert_eq!(found.input.as_deref(), Some("fuzz/artifacts/paths/crash-0a"));
        assert!(found.to_string().ends_with("; what failed is in fuzz/artifacts/paths/crash-0a"));
        assert!(is_pulse("#9\tpulse cov: 5 ft: 6") && !is_pulse("thread '<unnamed>' panicked"));
    }
}
