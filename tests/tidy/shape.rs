//! What every file must look like: short, opening with what it is for, not named after nothing in particular, and
//! without the paths of somebody's machine.

use crate::tree::is_test;

const LONGEST: usize = 300;
const LONGEST_TEST: usize = 400;
/// A translation is one file, however much there is to say.
const ALL_WORDS: &str = "src/ui/words.rs";

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "common", "commons", "helper", "helpers", "shared", "misc"];

/// Home folders and the like. Written in two parts, so that this file does not complain about itself.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/", "work/"), concat!("/", "root/"), concat!("/", "Users/"), concat!("/", "home/")];

pub fn complaints(path: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut complain = |what: String| complaints.push(format!("{path}: {what}"));
    for part in path.split('/') {
        let name = part.split('.').next().unwrap_or(part);
        if EMPTY_NAMES.contains(&name) {
            complain(format!("`{name}` says nothing about what is inside"));
        }
    }
    if let Some(found) = MACHINE_PATHS.iter().find(|found| text.contains(**found)) {
        complain(format!("names a path of somebody's machine ({found})"));
    }
    if path.ends_with(".rs") {
        let (lines, longest) = (text.lines().count(), if is_test(path) { LONGEST_TEST } else { LONGEST });
        if lines > longest && path != ALL_WORDS {
            complain(format!("{lines} lines, more than {longest}"));
        }
        if !text.starts_with("//!") {
            complain("does not open with `//!` and what it is for".to_owned());
        }
    }
    complaints
}

#[test]
fn each_rule_complains() {
    let long = format!("//! Long.\n{}", "\n".repeat(300));
    let very_long = format!("//! Long.\n{}", "\n".repeat(400));
    for (path, text, expected) in [
        ("src/ui/page.rs", "use a;\n//! Late.", "does not open"),
        ("src/ui/page.rs", long.as_str(), "301 lines"),
        ("crates/x/tests/a.rs", very_long.as_str(), "401 lines"),
        ("src/util.rs", "//! Things.", "`util` says nothing"),
        ("src/helpers/mod.rs", "//! Things.", "`helpers` says nothing"),
        ("style/common.css", "", "`common` says nothing"),
        ("README.md", concat!("see /", "work/main"), "somebody's machine"),
    ] {
        let complaints = complaints(path, text);
        assert_eq!(complaints.len(), 1, "{path}: {complaints:?}");
        assert!(complaints[0].contains(expected), "{complaints:?}");
    }
}

#[test]
fn a_good_file_has_no_complaint() {
    let long_test = format!("//! Long.\n{}", "\n".repeat(300));
    assert!(complaints("crates/x/tests/a.rs", &long_test).is_empty());
    assert!(complaints("src/ui/page.rs", "//! A page.\n").is_empty());
    assert!(complaints("style/tokens.css", ":root {}\n").is_empty());
}
