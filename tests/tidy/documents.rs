//! Finds the paths that a Markdown page names in backticks, to tell which of them no longer exist.

/// Folders at the root. Whatever begins with one of them is meant as a path.
const ROOTS: [&str; 9] = ["src", "crates", "fuzz", "xtask", "examples", "tests", "style", "docs", ".ci"];
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

/// One complaint for each relative link, `[text](path)`, that leads nowhere.
pub fn broken_links(page: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let relative = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    let paths = relative.map(|target| target.split('#').next().unwrap_or(target));
    paths.filter(|path| !exists(path)).map(|path| format!("the link to {path} leads nowhere")).collect()
}

#[test]
fn a_link_that_leads_nowhere_is_named() {
    let page = "![p](docs/gone.png) [a](README.md#x) [b](https://example.org/x) [c](#here)";
    assert_eq!(broken_links(page, |path| path == "README.md"), ["the link to docs/gone.png leads nowhere"]);
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
