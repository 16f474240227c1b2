//! What must hold of our own parsers whatever comes in. One function a target: it takes any bytes, and panics when
//! something does not hold. `fuzz/` runs them for as long as one likes, the tests beside this for a moment, over
//! the same seeds. In no build but those two: the feature `fuzzing` is for nothing else.

mod paths;
#[cfg(test)]
mod tests;

use http::{HeaderMap, HeaderName, HeaderValue, Request, request::Parts};

use crate::config::{self, App, Config, Kind};

pub use crate::{
    config::properties::config,
    dashboards::properties::{frames, responses},
    http::properties::{entry, hosts},
    identity::session::cookies::properties::cookies,
};
pub use paths::paths;

/// Panics when something does not hold.
pub type Property = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Property); 9] = [
    ("config", config),
    ("cookies", cookies),
    ("entry", entry),
    ("frames", frames),
    ("groups", groups),
    ("hosts", hosts),
    ("paths", paths),
    ("requests", requests),
    ("responses", responses),
];

/// Two pointers to a claim, and two sources of claims: a line each.
pub fn groups(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let lines: Vec<&str> = text.splitn(4, '\n').collect();
    let json = |nth: usize| lines.get(nth).and_then(|line| serde_json::from_str(line).ok());
    let pointers: Vec<String> = lines.iter().take(2).map(|line| (*line).to_owned()).collect();
    let (id_token, userinfo) = (json(2).unwrap_or_default(), json(3));
    for pointer in &pointers {
        config::properties::pointer(pointer, &id_token);
    }
    crate::identity::groups::properties::groups(&pointers, &id_token, userinfo.as_ref());
}

/// A request's head: everything that reads a line of it.
pub fn requests(input: &[u8]) {
    let Some(parts) = request(input) else { return };
    crate::identity::trusted_headers::properties::proxied(&parts.headers);
    crate::dashboards::properties::admission(&parts);
    crate::dashboards::properties::requests(&parts);
    crate::http::properties::forwarded(&parts.headers);
    crate::http::properties::encodings(&parts.headers);
}

/// The dashboards that the properties are about: one below the portal, and one at a host of its own.
pub(crate) fn configuration() -> Config {
    const FILE: &str = "[portal]\nurl = \"https://dash.example\"\n[identity]\nissuer = \"https://id.example\"\n\
        client_id = \"lanyard\"\nclient_secret = \"env:SECRET\"\n[roles]\nfinance = [\"Finance Team\"]\n\
        [dashboards.finance]\napp = \"http://localhost:8502\"\nroles = [\"finance\"]\n\
        [dashboards.sales]\napp = \"http://app.internal\"\nroles = [\"finance\"]\nhost = \"sales.example\"\n";
    let read = config::properties::read(FILE);
    assert!(read.is_ok(), "{:?}", read.err());
    read.map(|(config, _)| config).unwrap_or_else(|_| unreachable!())
}

/// The proxied ones of these dashboards.
pub(crate) fn apps(config: &Config) -> impl Iterator<Item = &App> {
    config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
        Kind::App(app) => Some(&**app),
        Kind::External { .. } => None,
    })
}

pub(crate) fn lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    input.split(|byte| *byte == b'\n')
}

/// `Name: value` lines, as far as they are header lines at all.
pub(crate) fn headers<'a>(lines: impl Iterator<Item = &'a [u8]>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (HeaderName::from_bytes(&line[..colon]), line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// `METHOD target`, and header lines below.
fn request(input: &[u8]) -> Option<Parts> {
    let mut lines = lines(input);
    let (method, target) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
    let mut parts = Request::builder().method(method).uri(target).body(()).ok()?.into_parts().0;
    parts.headers = headers(lines);
    Some(parts)
}

/// Percent-decoded once, by itself (RFC 3986, section 2.1).
pub(crate) fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((first, after)) = rest.split_first() {
        let byte = match (first, digit(after.first()), digit(after.get(1))) {
            (b'%', Some(high), Some(low)) => Some((high << 4 | low) as u8),
            _ => None,
        };
        out.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    out
}
