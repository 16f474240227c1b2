//! What must hold of the form that carries a ticket: held against a reading of the body that counts fields before
//! it decodes them (WHATWG URL, section 5.1).

use super::*;
use crate::fuzzing::decoded;

/// A content type, and below it a body.
pub fn entry(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (kind, body) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let kind = HeaderValue::from_bytes(kind);
    let headers: HeaderMap = kind.iter().map(|kind| (header::CONTENT_TYPE, kind.clone())).collect();
    let form = read(&headers, &Bytes::copy_from_slice(body));

    let essence = kind.as_ref().ok().and_then(|kind| kind.to_str().ok()?.split(';').next());
    let typed = essence.is_some_and(|essence| essence.trim() == "application/x-www-form-urlencoded");
    let fields: Vec<(Vec<u8>, String)> =
        body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).map(field).collect();
    let all = |wanted: &[u8]| {
        fields.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value).collect::<Vec<_>>()
    };
    let (tickets, paths) = (all(b"ticket"), all(b"path"));
    let once = tickets.len() == 1 && paths.len() <= 1 && tickets.len() + paths.len() == fields.len();
    assert_eq!(form.is_some(), typed && once, "{headers:?} {:?}", body.escape_ascii().to_string());

    let Some(form) = form else { return };
    assert_eq!(Some(&&form.ticket), tickets.first());
    let local = paths.first().filter(|path| LocalPath::parse(path).is_ok());
    assert_eq!(form.path.as_str(), local.map_or("/", |path| path.as_str()));
    assert!(HeaderValue::try_from(form.path.as_str()).is_ok(), "{:?} cannot be redirected to", form.path);
}

/// A field of the body. Names are compared as bytes: only a whole one counts.
fn field(text: &[u8]) -> (Vec<u8>, String) {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let at = spaced.iter().position(|byte| *byte == b'=').unwrap_or(spaced.len());
    let value = decoded(spaced.get(at + 1..).unwrap_or_default());
    (decoded(&spaced[..at]), String::from_utf8_lossy(&value).into_owned())
}
