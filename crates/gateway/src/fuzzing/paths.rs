//! Paths to return to, and the reserved part of a dashboard's host (`contract::paths`), held against a browser's
//! URL parser and against every kind of server that may read the path behind us. Here and not in `contract`,
//! which is compiled for the browser too and has none of this.

use lanyard_contract::paths::{LocalPath, is_reserved};
use url::{Position, Url};

use super::decoded;

/// A path, query and fragment.
pub fn paths(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    // A browser's spelling may be three times as long.
    let text: String = text.chars().take(300).collect();
    if let Ok(path) = LocalPath::parse(&text) {
        assert_eq!(path.as_str(), text, "a path is printed as it was read");
        stays(&text);
    }
    reserved(&text);
}

/// Wherever a local path is followed, also by somebody who decodes it first, the origin stays.
fn stays(path: &str) {
    let mut spelling = path.to_owned();
    for _ in 0..5 {
        for base in [
            "https://portal.example",
            "http://portal.example:8080/d/x/?a#b",
            "https://portal.example/callback?code=x",
        ] {
            let joined = Url::parse(base).and_then(|base| base.join(&spelling).map(|url| (base, url)));
            assert!(joined.is_ok(), "{spelling:?} is followed nowhere");
            let Ok((base, url)) = joined else { return };
            assert_eq!(url.origin(), base.origin(), "{spelling:?} leads away");
            assert!(url.username().is_empty() && url.password().is_none(), "{spelling:?} names a user");
            if spelling == path {
                let seen = &url[Position::BeforePath..];
                assert!(LocalPath::parse(seen).is_ok(), "{path:?} is seen as {seen:?}, which is not local");
                assert_eq!(
                    base.join(seen).as_ref(),
                    Ok(&url),
                    "{path:?} and {seen:?} lead to different places"
                );
            }
        }
        spelling = String::from_utf8_lossy(&decoded(spelling.as_bytes())).into_owned();
    }
}

fn reserved(path: &str) {
    let found = is_reserved(path);
    // A request names a path that begins so, or none at all.
    if !path.starts_with('/') {
        return;
    }
    for server in Server::all() {
        assert!(found || !server.takes_for_ours(path), "{path:?} would reach {server:?}");
    }
    // Anything else is encoded by a browser, or begins an authority.
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic()) && !path[1..].starts_with(['/', '\\']);
    if plain && let Ok(url) = Url::parse("https://finance.portal.example").and_then(|base| base.join(path)) {
        let ours = url.path() == "/_lanyard" || url.path().starts_with("/_lanyard/");
        assert!(found || !ours, "{path:?} is {url} to a browser");
    }
    let mut whole = path.split(['?', '#']).next().unwrap_or_default().as_bytes().to_vec();
    for _ in 0..4 {
        whole = decoded(&whole);
    }
    let named = whole.to_ascii_lowercase().windows(8).any(|part| part == b"_lanyard");
    assert!(!found || named || decoded(&whole) != whole, "{path:?} was taken from the app");
}

/// How some server reads a path.
#[derive(Debug)]
struct Server {
    /// Rounds of decoding before it looks for slashes.
    before: usize,
    /// Decodes each segment once more.
    after: bool,
    backslashes: bool,
    /// Cuts parameters off segments: `/a;b=c/`.
    parameters: bool,
    /// Takes several slashes for one.
    merges: bool,
    /// Takes blanks and dots off the end of names.
    trims: bool,
}

impl Server {
    fn all() -> impl Iterator<Item = Self> {
        (0..5 * 32).map(|number: usize| Self {
            before: number / 32,
            after: number & 1 != 0,
            backslashes: number & 2 != 0,
            parameters: number & 4 != 0,
            merges: number & 8 != 0,
            trims: number & 16 != 0,
        })
    }

    /// Whether it answers this as something below `/_lanyard`.
    fn takes_for_ours(&self, path: &str) -> bool {
        let mut path = path.split(['?', '#']).next().unwrap_or_default().as_bytes().to_vec();
        for _ in 0..self.before {
            path = decoded(&path);
        }
        let mut folded: Vec<Vec<u8>> = Vec::new();
        for segment in path.split(|byte| *byte == b'/' || (self.backslashes && *byte == b'\\')).skip(1) {
            let mut segment = segment.to_vec();
            if self.after {
                segment = decoded(&segment);
            }
            if self.parameters {
                segment.truncate(segment.iter().position(|byte| *byte == b';').unwrap_or(segment.len()));
            }
            while self.trims && segment.last() == Some(&b' ') {
                segment.pop();
            }
            match segment.as_slice() {
                b"." => {}
                b"" if self.merges => {}
                b".." => drop(folded.pop()),
                _ => folded.push(segment),
            }
        }
        let mut first = folded.first().cloned().unwrap_or_default();
        while self.trims && matches!(first.last(), Some(b' ' | b'.')) {
            first.pop();
        }
        first.eq_ignore_ascii_case(b"_lanyard")
    }
}
