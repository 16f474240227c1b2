//! Counts tests by the closing lines of the runners themselves (libtest's and wasm-bindgen-test's), never by what
//! this program expects to have run. An ignored test counts as failed, and so does a runner without a closing
//! line: nothing may be skipped.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Count {
    pub(super) fn success() -> Self {
        Self { passed: 1, failed: 0 }
    }

    pub(super) fn failure() -> Self {
        Self { passed: 0, failed: 1 }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// What one `cargo test` printed, counted; with a sentence for each failure that is not a failing test.
pub(super) fn count(lines: &[String], success: bool) -> (Count, Vec<String>) {
    let (mut count, mut remarks, mut open) = (Count::default(), Vec::new(), None::<&str>);
    let unclosed = |runner: &str| format!("{runner} printed no closing line: counted as one failure");
    for line in lines {
        if let Some(runner) = opening(line) {
            if let Some(earlier) = open.replace(runner) {
                count.failed += 1;
                remarks.push(unclosed(earlier));
            }
        } else if let Some((closed, ignored)) = closing(line) {
            count.add(closed);
            if ignored > 0 {
                count.failed += ignored;
                let runner = open.unwrap_or("a runner");
                remarks.push(format!("{runner} ignored {ignored} tests: counted as failures"));
            }
            open = None;
        }
    }
    if let Some(runner) = open {
        count.failed += 1;
        remarks.push(unclosed(runner));
    }
    if count == Count::default() {
        count.failed = 1;
        remarks.push("no test was run: counted as one failure".to_owned());
    } else if !success && count.failed == 0 {
        count.failed = 1;
        remarks.push("cargo test failed although no test did: counted as one failure".to_owned());
    }
    (count, remarks)
}

/// Cargo's line before a runner's output: `Running tests/tidy.rs (target/…)` or `Doc-tests lanyard`.
fn opening(line: &str) -> Option<&str> {
    let text = line.strip_prefix("     ").or(line.strip_prefix("   "))?;
    (text.starts_with("Running ") || text.starts_with("Doc-tests "))
        .then(|| text.split(" (").next().unwrap_or(text))
        .map(|text| text.trim_start_matches("Running "))
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …` as passed and failed, and ignored.
fn closing(line: &str) -> Option<(Count, u64)> {
    // wasm-bindgen-test's runner says this of a binary that holds none of its tests.
    if line.trim() == "no tests to run!" {
        return Some((Count::default(), 0));
    }
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |of: &str| {
        counts.split(';').find_map(|part| part.trim().strip_suffix(of)?.trim_end().parse::<u64>().ok())
    };
    let count = Count { passed: number("passed")?, failed: number("failed")? };
    Some((count, number("ignored").unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    const GOOD: &str = "    Finished `test` profile [unoptimized + debuginfo] target(s) in 1.13s
     Running unittests src/lib.rs (target/debug/deps/lanyard_contract-0d)

running 2 tests
test id::tests::one ... ok
test id::tests::two ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/tidy.rs (target/debug/deps/tidy-1f)
test result: ok. 11 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s
   Doc-tests lanyard_contract
test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";

    #[test]
    fn closing_lines_of_all_runners_are_added() {
        assert_eq!(count(&lines(GOOD), true), (Count { passed: 13, failed: 0 }, vec![]));
    }

    #[test]
    fn failing_tests_are_counted_as_the_runner_counted_them() {
        let text = GOOD.replace("ok. 11 passed; 0 failed", "FAILED. 9 passed; 2 failed");
        assert_eq!(count(&lines(&text), false), (Count { passed: 11, failed: 2 }, vec![]));
    }

    #[test]
    fn ignored_tests_are_failures() {
        let (count, remarks) =
            count(&lines(&GOOD.replace("11 passed; 0 failed; 0", "10 passed; 0 failed; 1")), true);
        assert_eq!(count, Count { passed: 12, failed: 1 });
        assert_eq!(remarks, ["tests/tidy.rs ignored 1 tests: counted as failures"]);
    }

    #[test]
    fn a_runner_that_crashed_is_one_failure_and_named() {
        let text: String =
            GOOD.lines().filter(|line| !line.contains("11 passed")).map(|line| format!("{line}\n")).collect();
        let (count_of_middle, remarks) = count(&lines(&text), false);
        assert_eq!(count_of_middle, Count { passed: 2, failed: 1 });
        assert_eq!(remarks, ["tests/tidy.rs printed no closing line: counted as one failure"]);

        let cut = "     Running tests/tidy.rs (target/debug/deps/tidy-1f)\nrunning 3 tests\nmemory fault";
        assert_eq!(count(&lines(cut), false).0, Count::failure());
    }

    #[test]
    fn output_without_any_test_is_one_failure() {
        assert_eq!(count(&lines("error[E0432]: unresolved import"), false).0, Count::failure());
        assert_eq!(count(&[], true).0, Count::failure());
        let nothing = "     Running tests/a.rs (target/a)\nno tests to run!";
        assert_eq!(count(&lines(nothing), true).0, Count::failure());
    }

    #[test]
    fn an_error_after_good_tests_is_not_lost() {
        assert_eq!(count(&lines(GOOD), false).0, Count { passed: 13, failed: 1 });
    }

    #[test]
    fn the_browsers_runner_is_understood() {
        let text =
            "     Running tests/navigation.rs (target/wasm32-unknown-unknown/debug/deps/navigation-2.wasm)
running 3 tests

test navigation::c_sees_finance ... ok

test result: ok. 3 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.11s

     Running tests/tidy.rs (target/wasm32-unknown-unknown/debug/deps/tidy-1.wasm)
no tests to run!";
        assert_eq!(count(&lines(text), true), (Count { passed: 3, failed: 0 }, vec![]));
    }

    #[test]
    fn the_last_line_reads_as_promised() {
        assert_eq!(Count { passed: 412, failed: 3 }.to_string(), "412 passed, 3 failed");
    }
}
