//! Our cookies, read by a byte parser of our own and written with every attribute that keeps them ours.
//! Common cookie libraries decode names, trim more than white space and give up at the first odd byte: each
//! of these lets a sibling's script replace or hide our session, so none of them is used here.

use http::{HeaderMap, HeaderValue, header};

use crate::random::Digest256;

/// The portal's session.
pub const PORTAL: &str = "__Host-lanyard";
/// One dashboard host's key to the session.
pub const APP: &str = "__Host-lanyard-app";
/// The secret that binds a sign-in to this browser.
pub const SIGN_IN: &str = "__Host-lanyard-signin";
/// A hash of the last person at a dashboard host.
pub const VIEWER: &str = "__Host-lanyard-viewer";

/// Whether a cookie name is ours to set. An upstream may use none that begins like this, in any case.
pub fn is_ours(name: &[u8]) -> bool {
    let prefix = PORTAL.as_bytes();
    name.len() >= prefix.len() && name[..prefix.len()].eq_ignore_ascii_case(prefix)
}

/// Every `name=value` pair of every `Cookie` line, as bytes, in order. Split at `;`, trimmed of SP and HTAB.
pub fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    pieces(headers).map(|pair| match pair.iter().position(|b| *b == b'=') {
        Some(at) => (trim(&pair[..at]), trim(&pair[at + 1..])),
        None => (&b""[..], pair),
    })
}

fn pieces(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let pieces = lines.flat_map(|line| line.as_bytes().split(|b| *b == b';')).map(trim);
    pieces.filter(|piece| !piece.is_empty())
}

/// The digest of our cookie's value. Two cookies of one name count as none: one of them is not from us.
pub fn digest(headers: &HeaderMap, name: &str) -> Option<Digest256> {
    value(headers, name).map(Digest256::of)
}

/// Our cookie's value: 1 to 128 bytes of base64url. Two cookies of one name count as none.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut found = pairs(headers).filter(|(key, _)| *key == name.as_bytes()).map(|(_, value)| value);
    let value = found.next()?;
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (found.next().is_none() && plain && (1..=128).contains(&value.len())).then_some(value)
}

/// The `Cookie` line without our cookies, every other byte for byte; `None` when nothing is left.
pub fn without_ours(headers: &HeaderMap) -> Option<HeaderValue> {
    without(headers, is_ours)
}

/// Takes the cookies whose names begin like one of these out of a request.
pub fn strip(headers: &mut HeaderMap, beginnings: &[String]) {
    let begins = |name: &[u8]| beginnings.iter().any(|beginning| name.starts_with(beginning.as_bytes()));
    let rest = without(headers, begins);
    headers.remove(header::COOKIE);
    headers.extend(rest.map(|rest| (header::COOKIE, rest)));
}

fn without(headers: &HeaderMap, is_one: impl Fn(&[u8]) -> bool) -> Option<HeaderValue> {
    // Some servers look for the name of a nameless cookie in its value: `=__Host-lanyard=x`.
    let named =
        |piece: &[u8]| piece.iter().position(|b| !matches!(b, b'=' | b' ' | b'\t')).unwrap_or(piece.len());
    let theirs: Vec<&[u8]> = pieces(headers).filter(|piece| !is_one(&piece[named(piece)..])).collect();
    if theirs.is_empty() { None } else { HeaderValue::from_bytes(&theirs.join(&b"; "[..])).ok() }
}

/// How far a cookie of ours goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Sent within the portal's site only.
    Strict,
    /// On dashboard hosts of another site, inside the portal's frames: one jar for each top-level site.
    Partitioned,
}

/// A `Set-Cookie` line. `max_age` in seconds; `None` lives as long as the browser does.
pub fn set(name: &str, value: &str, max_age: Option<u64>, reach: Reach) -> HeaderValue {
    let reach = match reach {
        Reach::Strict => "SameSite=Strict",
        Reach::Partitioned => "SameSite=None; Partitioned",
    };
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let line = format!("{name}={value}; Path=/; Secure; HttpOnly; {reach}{age}");
    HeaderValue::try_from(line).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A `Set-Cookie` line that takes a cookie of ours away.
pub fn expire(name: &str, reach: Reach) -> HeaderValue {
    set(name, "", Some(0), reach)
}

fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "cookies_properties.rs"]
pub mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        lines
            .iter()
            .map(|line| (header::COOKIE, HeaderValue::from_bytes(line).expect("a header in a test")))
            .collect()
    }

    #[test]
    fn our_cookie_is_found_among_anything() {
        let all = headers(&[b"a=1; \xff\xfe=x;;; b", b"  __Host-lanyard=abc\t; z==;q"]);
        assert_eq!(value(&all, PORTAL), Some(&b"abc"[..]));
    }

    #[test]
    fn two_of_our_name_are_none() {
        assert_eq!(value(&headers(&[b"__Host-lanyard=a; __Host-lanyard=a"]), PORTAL), None);
        assert_eq!(value(&headers(&[b"__Host-lanyard=a", b"__Host-lanyard=b"]), PORTAL), None);
    }

    #[test]
    fn another_s_cookies_are_taken_out_by_how_they_begin() {
        let mut all =
            headers(&[b"_oauth2_proxy_0=a; __Host-lanyard=s", b"=authelia_session=x; a=authelia_session"]);
        strip(&mut all, &["_oauth2_proxy".to_owned(), "authelia_session".to_owned()]);
        let left: Vec<_> = all.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(left, [&b"__Host-lanyard=s; a=authelia_session"[..]]);
        let mut alone = headers(&[b"authelia_session=x"]);
        strip(&mut alone, &["authelia_session".to_owned()]);
        assert!(alone.is_empty());
    }

    #[test]
    fn names_are_compared_byte_for_byte() {
        for line in [
            &b"_%5fHost-lanyard=evil"[..],
            b"\xe2\x80\x80__Host-lanyard=evil",
            b"__host-lanyard=evil",
            b"__Host-lanyard-app=evil",
            b"\"__Host-lanyard\"=evil",
            b"__Host-lanyard",
        ] {
            assert_eq!(value(&headers(&[line]), PORTAL), None, "{line:?}");
        }
        let both = headers(&[b"_%5fHost-lanyard=evil; __Host-lanyard=good"]);
        assert_eq!(value(&both, PORTAL), Some(&b"good"[..]));
    }

    #[test]
    fn values_that_we_never_made_are_none() {
        for line in
            [&b"__Host-lanyard="[..], b"__Host-lanyard=a b", b"__Host-lanyard=\"a\"", b"__Host-lanyard=a%20"]
        {
            assert_eq!(value(&headers(&[line]), PORTAL), None, "{line:?}");
        }
    }

    #[test]
    fn an_upstream_gets_every_cookie_but_ours() {
        let all = headers(&[b"_xsrf=2|a; __Host-lanyard-app=secret; odd", b"__HOST-LANYARD=x; \xfcml=\xe4"]);
        assert_eq!(
            without_ours(&all).map(|v| v.as_bytes().to_vec()),
            Some(b"_xsrf=2|a; odd; \xfcml=\xe4".to_vec())
        );
        for kept in [&b"a = 1"[..], b"=x", b"a==", b"\"q\"=\" \"", b"$Version=1", b"_%5fHost-lanyard=x"] {
            let line = without_ours(&headers(&[kept, b"=__Host-lanyard=x; __Host-lanyard; ;"]));
            assert_eq!(line.as_ref().map(HeaderValue::as_bytes), Some(kept), "{kept:?}");
        }
        assert_eq!(without_ours(&headers(&[b"__Host-lanyard-app=secret"])), None);
        let nameless = headers(&[b"=a=b; =__Host-lanyard=x; = \t==__host-lanyard-app=x; =; __Host-lanyard"]);
        assert_eq!(without_ours(&nameless).as_ref().map(HeaderValue::as_bytes), Some(&b"=a=b; ="[..]));
    }
}
