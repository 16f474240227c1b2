//! Paths that come from outside: where to go after sign-in, where to go inside a dashboard, and whether a
//! request names the part of a dashboard's host that belongs to Lanyard.

use std::borrow::Cow;

/// The longest path that is kept or followed, in bytes.
pub const LONGEST: usize = 2_000;

/// The first path segment that is Lanyard's on every dashboard host, without slashes.
pub const RESERVED: &str = "_lanyard";

/// How often a path is decoded before it is judged: nested encodings deeper than this are refused.
const ROUNDS: usize = 4;

/// Why a path is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    #[error("a path begins with one '/'")]
    NotLocal,
    #[error("a path is at most {LONGEST} bytes long")]
    TooLong,
    #[error("a path holds only printable ASCII without '\\'; the rest is percent-encoded")]
    Characters,
    #[error("a path has no '.' or '..' segments and is not encoded several times over")]
    Ambiguous,
}

/// A path, with query and fragment, that stays on the origin it is followed on.
///
/// Held against how browsers read a URL (WHATWG URL, section 4.4): `//` and `/\` begin an authority, tabs
/// and line feeds vanish, dot segments are folded before anything else looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(Box<str>);

impl LocalPath {
    pub fn root() -> Self {
        Self("/".into())
    }

    pub fn parse(path: &str) -> Result<Self, PathError> {
        if path.len() > LONGEST {
            return Err(PathError::TooLong);
        }
        if !path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(PathError::Characters);
        }
        if !path.starts_with('/') {
            return Err(PathError::NotLocal);
        }
        let decoded = decode(before_query(path)).ok_or(PathError::Ambiguous)?;
        if decoded.starts_with("//") || decoded.bytes().any(|b| b == b'\\' || b.is_ascii_control()) {
            return Err(PathError::NotLocal);
        }
        if decoded.split('/').any(|segment| segment == "." || segment == "..") {
            return Err(PathError::Ambiguous);
        }
        Ok(Self(path.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a request path names Lanyard's own part of a dashboard host, in any spelling that some server
/// could read that way: encoded, doubled slashes, backslashes, parameters, dot segments, other case.
pub fn is_reserved(path: &str) -> bool {
    let Some(decoded) = decode(before_query(path)) else {
        return true;
    };
    let (mut deep, mut unclear) = (false, false);
    for segment in decoded.split(['/', '\\']) {
        // Some servers cut a name at a control character and take dots and blanks off its end.
        let cut = |c: char| matches!(c, ';' | '?' | '#') || c.is_control();
        match segment.split(cut).next().unwrap_or_default().trim_end_matches(' ') {
            name if is_ours(name) && (unclear || !deep) => return true,
            name @ ("" | ".") if name.len() == segment.len() => {}
            // How much `..` takes away, and a parameter swallows, depends on the server: what is a slash to one is
            // part of a name to another. Whatever follows may be the first segment.
            "" | "." | ".." => unclear = true,
            _ => deep = true,
        }
    }
    false
}

fn is_ours(name: &str) -> bool {
    name.trim_end_matches([' ', '.']).eq_ignore_ascii_case(RESERVED)
}

fn before_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

/// Percent-decodes until nothing changes. `None` when the path is still encoded after [`ROUNDS`].
/// Bytes that are not UTF-8 become U+FFFD, which matches nothing that is looked for.
fn decode(path: &str) -> Option<Cow<'_, str>> {
    let mut path = Cow::Borrowed(path);
    for _ in 0..ROUNDS {
        let Some(decoded) = decode_once(&path) else {
            return Some(path);
        };
        path = Cow::Owned(decoded);
    }
    decode_once(&path).is_none().then_some(path)
}

/// One round of percent-decoding (RFC 3986, section 2.1), or `None` when there is nothing to decode.
fn decode_once(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    (out.len() != bytes.len()).then(|| String::from_utf8_lossy(&shortest(&out)).into_owned())
}

/// ASCII characters that are written longer than UTF-8 allows (RFC 3629, section 3), as a careless server
/// reads them.
fn shortest(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let long = match rest {
            [0xc0 | 0xc1, second @ 0x80..=0xbf, after @ ..] => {
                Some(((first & 1) << 6 | second & 0x3f, after))
            }
            [0xe0, high @ (0x80 | 0x81), low @ 0x80..=0xbf, after @ ..]
            | [0xf0, 0x80, high @ (0x80 | 0x81), low @ 0x80..=0xbf, after @ ..] => {
                Some(((high & 1) << 6 | low & 0x3f, after))
            }
            _ => None,
        };
        let (byte, after) = long.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_are_followed() {
        for path in
            ["/", "/d/finance", "/d/finance/reports/q3?year=2026#top", "/a%20b", "/x?next=//y", "/%C3%A4"]
        {
            assert_eq!(LocalPath::parse(path).as_ref().map(LocalPath::as_str), Ok(path));
        }
    }

    #[test]
    fn every_way_out_is_refused() {
        for path in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%2f/evil.example",
            "/%2fevil.example",
            "/%c0%afevil.example",
            "/%e0%80%afevil.example",
            "/%5cevil.example",
            "/%252fevil.example",
            "/%25252fevil.example",
            "/\t/evil.example",
            "/%09/evil.example",
            "/\n",
            "https://evil.example",
            "javascript:alert(1)",
            "/../evil",
            "/a/%2e%2e//evil.example",
            "/./x",
            "/ä",
            "/%2e%2e",
            "/a/..",
            "/%2525252525252e/x",
            " /x",
            "/x y",
            "@evil.example",
            "/a\\b",
        ] {
            assert!(LocalPath::parse(path).is_err(), "{path:?} was followed");
        }
        assert_eq!(LocalPath::parse(&format!("/{}", "x".repeat(LONGEST))), Err(PathError::TooLong));
    }

    #[test]
    fn the_reserved_part_is_found_in_every_spelling() {
        for path in [
            "/_lanyard",
            "/_lanyard/",
            "/_lanyard/enter",
            "//_lanyard/enter",
            "/%5flanyard/enter",
            "/%255Flanyard/x",
            "/_LANYARD/x",
            "/a/../_lanyard/x",
            "/a/%2e%2e/_lanyard/x",
            "/./_lanyard",
            "/_lanyard;x=1/enter",
            "\\_lanyard\\x",
            "/%2f_lanyard/x",
            "/_lanyard%2fenter",
            "/_lanyard/../x",
            "/a/..;/_lanyard/",
            "/..%5c_lanyard",
            "/%25252525255flanyard",
            "/_lanyard%00/x",
            "/%c0%af_lanyard/x",
            "/%c1%9flanyard/x",
            "/%e0%81%9flanyard%e0%80%afx",
            "/%f0%80%81%9flanyard/x",
            "/_lanyard%20/x",
            "/_lanyard./x",
            "/_lanyard%3fx",
            "/_lanyard%23x",
            "/x%2fy/../_lanyard/x",
            "/x\\y/../_lanyard/x",
            "/a/../_lanyard/..;/x",
            "/a/../_lanyard//../x",
            "/x%2fy/..%20/_lanyard",
            "/;\\x/_lanyard/enter",
            "/.;%2fx/_lanyard/enter",
        ] {
            assert!(is_reserved(path), "{path:?} would reach the upstream");
        }
        for path in [
            "/",
            "/lanyard",
            "/a/_lanyard",
            "/a//b;c/./_lanyard",
            "/x?p=/_lanyard/",
            "/__lanyard/",
            "/_lanyards",
        ] {
            assert!(!is_reserved(path), "{path:?} was taken from the upstream");
        }
    }
}
