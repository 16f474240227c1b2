//! Finds the paths that a Markdown page names in backticks, to tell which of them no longer exist.

/// Folders at the root. Whatever begins with one of them is meant as a path.
const ROOTS: [&str; 8] = ["src", "crates", "xtask", "examples", "tests", "style", "docs", ".ci"];
const ENDINGS: [&str; 4] = [".rs", ".md", ".css", ".html"];

/// One complaint for each path that does not exist.
pub fn missing(page: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let absent = paths(page).into_iter().filter(|path| !exists(path));
    absent.map(|path| format!("`{path}` is named, but does not exist")).collect()
}

fn paths(page: &str) -> Vec<&str> {
    let mut fenced = false;
    let prose = page.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    });
    prose.flat_map(|line| line.split('`').skip(1).step_by(2)).filter(|text| is_path(text)).collect()
}

/// Not URLs (`/api/session`), media types (`text/html`) or names with a gap (`<id>.toml`).
fn is_path(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c));
    let root = text.split_once('/').is_some_and(|(first, _)| ROOTS.contains(&first));
    plain && !text.starts_with('/') && (root || ENDINGS.iter().any(|ending| text.ends_with(ending)))
}

#[test]
fn a_path_that_does_not_exist_is_named() {
    let page = "The code is in `src/ui` and `crates/gone/src/`; see `SECURITY.md`, `GET /api/session`, `/api/config`, \
        `text/html`, `crates/*/src`.\n```text\n├── `src/never`\n```\n`tests/tidy.rs`\n";
    assert_eq!(paths(page), ["src/ui", "crates/gone/src/", "SECURITY.md", "tests/tidy.rs"]);
    let complaints = missing(page, |path| path != "crates/gone/src/");
    assert_eq!(complaints, ["`crates/gone/src/` is named, but does not exist"]);
    assert!(missing(page, |_| true).is_empty());
}
