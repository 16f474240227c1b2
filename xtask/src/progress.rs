//! Reads how far a tool is from what it prints: cargo's progress bar, libtest's and wasm-bindgen-test's lines,
//! libFuzzer's, pip's and apt's.
//! Says nothing itself.

/// What is known so far about one running tool.
#[derive(Debug, Default)]
pub(crate) struct HowFar {
    crates: Option<(u32, u32)>,
    tests: u32,
    inputs: u64,
    packages: u32,
}

impl HowFar {
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(done_and_all) = cargo_bar(line) {
            self.crates = Some(done_and_all);
        } else if is_test(line) {
            self.tests += 1;
        } else if let Some(inputs) = tried(line) {
            self.inputs = inputs;
        } else if is_package(line) {
            self.packages += 1;
        }
    }

    /// `39 of 143 crates`, `12 tests`, `4096 inputs`, `7 packages`, or nothing while nothing is known.
    pub(crate) fn text(&self) -> String {
        if self.inputs > 0 {
            return format!("{} inputs", self.inputs);
        }
        if self.packages > 0 {
            return format!("{} packages", self.packages);
        }
        match (self.tests, self.crates) {
            (0, Some((done, all))) => format!("{done} of {all} crates"),
            (0, None) => String::new(),
            (tests, _) => format!("{tests} tests"),
        }
    }
}

/// `    Building [=====>    ] 39/143: tokio, hyper` to 39 and 143.
pub(crate) fn cargo_bar(line: &str) -> Option<(u32, u32)> {
    let (_, rest) = line.trim_start().strip_prefix("Building [")?.split_once("] ")?;
    let (done, rest) = rest.split_once('/')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((done.parse().ok()?, rest[..digits].parse().ok()?))
}

/// `#4096  pulse  cov: 812 …` to 4096.
fn tried(line: &str) -> Option<u64> {
    line.strip_prefix('#')?.split_ascii_whitespace().next()?.parse().ok()
}

/// pip's `Collecting pandas==3.0.1 (from …)`, apt's `Unpacking r-cran-shiny (1.7.4) ...`.
fn is_package(line: &str) -> bool {
    line.starts_with("Collecting ") || line.starts_with("Unpacking ")
}

fn is_test(line: &str) -> bool {
    line.starts_with("test ")
        && (line.ends_with("... ok") || line.ends_with("... FAILED") || line.ends_with("... FAIL"))
}

/// Whether a line only tells how far a tool is, so that it can be left out of a failure's output.
pub(crate) fn is_chatter(line: &str) -> bool {
    const STATUS: [&str; 10] = [
        "Blocking",
        "Building",
        "Checking",
        "Compiling",
        "Downloaded",
        "Downloading",
        "Finished",
        "Fresh",
        "Installing",
        "Updating",
    ];
    let word = line.split_whitespace().next().unwrap_or_default();
    let indented = line.starts_with("   ");
    (indented && STATUS.contains(&word)) || (is_test(line) && line.ends_with("... ok"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_bar_tells_how_many_crates_of_how_many() {
        let mut how_far = HowFar::default();
        assert_eq!(how_far.text(), "");
        how_far.read("    Building [=======================>   ] 35/39: syn, clap_derive     ");
        assert_eq!(how_far.text(), "35 of 39 crates");
        how_far.read("   Compiling clap_derive v4.6.9");
        assert_eq!(how_far.text(), "35 of 39 crates");
    }

    #[test]
    fn tests_are_counted_as_they_end() {
        let mut how_far = HowFar::default();
        how_far.read("test policy::tests::no_rule_means_nobody ... ok");
        how_far.read("test policy::tests::another ... FAILED");
        how_far.read("test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(how_far.text(), "2 tests");
    }

    #[test]
    fn inputs_of_a_fuzzer_are_counted_by_itself() {
        let mut how_far = HowFar::default();
        how_far.read("#4096\tpulse  cov: 812 ft: 2000 corp: 300/20Kb lim: 4096 exec/s: 2048 rss: 80Mb");
        how_far.read("# no count");
        assert_eq!(how_far.text(), "4096 inputs");
    }

    #[test]
    fn packages_are_counted_as_they_come() {
        let mut how_far = HowFar::default();
        how_far.read("Collecting pandas==3.0.1 (from -r requirements.txt (line 20))");
        how_far.read("  Downloading pandas-3.0.1-cp311-cp311-manylinux_2_24_x86_64.whl (11.3 MB)");
        how_far.read("Unpacking r-cran-shiny (1.7.4+dfsg-3) ...");
        assert_eq!(how_far.text(), "2 packages");
    }

    #[test]
    fn compiler_errors_are_not_chatter() {
        assert!(is_chatter("   Compiling syn v3.0.10"));
        assert!(is_chatter("test a ... ok"));
        assert!(!is_chatter("error[E0432]: unresolved import"));
        assert!(!is_chatter("test a ... FAILED"));
        assert!(!is_chatter("Compiling is what this test's own output talks about"));
    }
}
