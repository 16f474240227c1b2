//! What a first visit loads, file by file, over the wire and with the heads of the answers, as the browser counts it.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, Result};
use lanyard_testbed::{Stage, StageOptions, browser::Browser};
use tokio::time::sleep;

use crate::{figure::Figure, plan::Plan};

pub async fn measure(_: &Plan) -> Result<Vec<Figure>> {
    let stage = Stage::start(StageOptions::default().without_apps().default_log()).await;
    let browser = Browser::start("bench-first-visit").await;
    let page = browser.page().await;
    let portal = stage.portal().origin();
    page.open(&portal).await;
    page.find("button", "Sign in").await;
    // Icons come last.
    sleep(Duration::from_secs(1)).await;
    let mut files: BTreeMap<String, f64> = BTreeMap::new();
    for load in page.loads().into_iter().filter(|load| !load.url.starts_with("data:")) {
        let path = load.url.strip_prefix(&portal).with_context(|| format!("{} is not ours", load.url))?;
        *files.entry(name(path)).or_default() += load.bytes as f64;
    }
    let mut figures = vec![Figure::new("first-visit.total", files.values().sum(), "bytes")];
    figures.extend(
        files.into_iter().map(|(name, bytes)| Figure::new(format!("first-visit.{name}"), bytes, "bytes")),
    );
    Ok(figures)
}

/// A file without the digits that say its build.
fn name(path: &str) -> String {
    let path = path.trim_start_matches('/').split('?').next().unwrap_or_default();
    let digits = |part: &str| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let at = path.rfind('-').unwrap_or(path.len());
    let end = at + path[at..].find(['.', '_']).unwrap_or(path.len() - at);
    match path.get(at + 1..end) {
        _ if path.is_empty() => "index.html".to_owned(),
        Some(part) if digits(part) => [&path[..at], &path[end..]].concat(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_keep_their_names_from_build_to_build() {
        assert_eq!(name("/lanyard-shell-7102b31c2cb17f28_bg.wasm"), "lanyard-shell_bg.wasm");
        assert_eq!(name("/base-28b3c2b574bd6ef9.css"), "base.css");
        assert_eq!(name("/api/config"), "api/config");
        assert_eq!(name("/icons.svg?x"), "icons.svg");
        assert_eq!(name("/"), "index.html");
    }
}
