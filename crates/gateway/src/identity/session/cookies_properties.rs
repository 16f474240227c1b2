//! What must hold of our cookies whatever else is in the jar: held against a reading that looks for our name from
//! the front of each piece, instead of splitting pieces into names and values.

use super::*;
use crate::fuzzing::lines;

/// What a sibling, an app or an old browser may have put beside our cookie.
const TOSSED: [&[u8]; 8] = [
    b"_%5fHost-lanyard=evil; _%5FHost-lanyard-app=evil",
    b"\xe2\x80\x80__Host-lanyard=evil",
    b"__host-lanyard=evil; __HOST-LANYARD-APP=evil",
    b"\"__Host-lanyard\"=evil; __Host-lanyard",
    b"=__Host-lanyard=evil; ==__Host-lanyard-viewer=evil",
    b"a=__Host-lanyard=evil, __Host-lanyard=evil",
    b";;; ,\xff\xfe=\xff;",
    b"__Host-lanyard-signin2=evil; __Host-lanyar=d=evil",
];

/// Each line of the input is a `Cookie` line.
pub fn cookies(input: &[u8]) {
    let sent = jar(lines(input));
    for name in [PORTAL, APP, SIGN_IN, VIEWER] {
        let answer = value(&sent, name);
        assert_eq!(answer, expected(&sent, name), "{name} in {sent:?}");
        let around = TOSSED[..4].iter().copied().chain(lines(input)).chain(TOSSED[4..].iter().copied());
        assert_eq!(value(&jar(around), name), answer, "{name} in {sent:?}, and more");

        let foreign = || {
            lines(input)
                .flat_map(|line| line.split(|byte| *byte == b';'))
                .filter(|piece| find(piece, name).is_none())
        };
        let ours = [name.as_bytes(), b"=a-Secret_1"].concat();
        let with = |times| {
            jar(foreign().take(3).chain(std::iter::repeat_n(ours.as_slice(), times)).chain(foreign().skip(3)))
        };
        assert_eq!(value(&with(1), name), Some(&b"a-Secret_1"[..]), "{name} beside {sent:?}");
        assert_eq!(value(&with(2), name), None, "two of {name} beside {sent:?}");
    }
    forwarded(&sent);
}

/// An app gets every cookie but ours, unchanged and in order.
fn forwarded(sent: &HeaderMap) {
    let passed: HeaderMap = without_ours(sent).map(|line| (header::COOKIE, line)).into_iter().collect();
    let (before, after): (Vec<&[u8]>, Vec<&[u8]>) = (pieces(sent).collect(), pieces(&passed).collect());
    // However many '=' or blanks an app may skip before it finds a name.
    let ours = |piece: &[u8]| {
        let name = piece.iter().position(|byte| !matches!(byte, b'=' | b' ' | b'\t')).unwrap_or(piece.len());
        piece[name..].to_ascii_lowercase().starts_with(b"__host-lanyard")
    };
    let kept: Vec<&[u8]> = before.into_iter().filter(|piece| !ours(piece)).collect();
    assert_eq!(after, kept, "{sent:?} was passed on as {passed:?}");
    assert_eq!(without_ours(&passed).as_ref(), passed.get(header::COOKIE), "passed on twice");
}

fn jar<'a>(lines: impl Iterator<Item = &'a [u8]>) -> HeaderMap {
    lines.filter_map(|line| Some((header::COOKIE, HeaderValue::from_bytes(line).ok()?))).collect()
}

fn expected<'a>(sent: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let found: Vec<&[u8]> = pieces(sent).filter_map(|piece| find(piece, name)).collect();
    let ours = |value: &&&[u8]| {
        let text = std::str::from_utf8(value).unwrap_or(" ");
        (1..=128).contains(&text.len())
            && text.chars().all(|c| matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_'))
    };
    if found.len() == 1 { found.first().filter(ours).copied() } else { None }
}

/// The value, when a piece is our name, `=`, and whatever.
fn find<'a>(piece: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let rest = blank(piece).strip_prefix(name.as_bytes())?;
    Some(blank(blank(rest).strip_prefix(b"=")?))
}

fn blank(bytes: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let from = bytes.iter().position(|byte| !is_blank(byte)).unwrap_or(bytes.len());
    let to = bytes.iter().rposition(|byte| !is_blank(byte)).map_or(from, |last| last + 1);
    &bytes[from..to]
}

fn pieces(sent: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let all =
        sent.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    all.map(blank).filter(|piece| !piece.is_empty())
}
