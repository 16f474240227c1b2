//! An answer's headers on the way to the browser: what would reach beyond the dashboard's own origin is
//! removed, addresses of the upstream are rewritten, and what keeps the dashboard in its place is set.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{
    framing::tokens,
    location::Rewriter,
    prepared::{ContentPolicy, Prepared, without_ancestors},
};
use crate::identity::session::cookies;

/// Headers of the connection, and those by which an app would speak for the whole site or the browser.
const REMOVED: [HeaderName; 23] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::X_FRAME_OPTIONS,
    header::ALT_SVC,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("clear-site-data"),
    HeaderName::from_static("nel"),
    HeaderName::from_static("report-to"),
    HeaderName::from_static("reporting-endpoints"),
    HeaderName::from_static("service-worker-allowed"),
    HeaderName::from_static("set-cookie2"),
    HeaderName::from_static("origin-agent-cluster"),
    // Orders to a proxy in front of us, which would serve files of its own.
    HeaderName::from_static("x-accel-redirect"),
    HeaderName::from_static("x-accel-expires"),
    HeaderName::from_static("x-accel-limit-rate"),
    HeaderName::from_static("x-accel-charset"),
    HeaderName::from_static("x-sendfile"),
    HeaderName::from_static("x-lighttpd-send-file"),
];

/// What would let a cache keep a person's page, besides `Cache-Control` itself.
const CACHING: [HeaderName; 6] = [
    header::EXPIRES,
    header::PRAGMA,
    header::AGE,
    HeaderName::from_static("surrogate-control"),
    HeaderName::from_static("cdn-cache-control"),
    HeaderName::from_static("cloudflare-cdn-cache-control"),
];

/// The answer is not one that can be passed on in our own framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unframed;

/// Rewrites the headers of an upstream's answer. `personal` says that it was made for one person.
pub(super) fn rewrite(headers: &mut HeaderMap, from: &Prepared, personal: bool) -> Result<(), Unframed> {
    length(headers)?;
    let named: Vec<HeaderName> = tokens(headers, header::CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token).ok())
        .filter(|name| *name != header::CONTENT_LENGTH)
        .collect();
    for name in REMOVED.iter().chain(&named) {
        headers.remove(name);
    }
    set_cookies(headers, &from.reserved);
    locations(headers, &from.locations)?;
    content_policy(headers, from);
    headers.insert(ORIGIN_AGENT_CLUSTER, HeaderValue::from_static("?1"));
    if !tokens(headers, header::VARY).any(|name| name == b"*" || name.eq_ignore_ascii_case(b"cookie")) {
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    }
    if personal {
        let control = cache_control(headers);
        CACHING.iter().for_each(|name| drop(headers.remove(name)));
        headers.insert(header::CACHE_CONTROL, control);
    }
    Ok(())
}

const ORIGIN_AGENT_CLUSTER: HeaderName = HeaderName::from_static("origin-agent-cluster");

/// The body has been taken out of its framing by now, or was cut by its length. What said so must agree.
fn length(headers: &mut HeaderMap) -> Result<(), Unframed> {
    let mut lengths = tokens(headers, header::CONTENT_LENGTH);
    let first = lengths.next();
    let same = lengths.by_ref().all(|other| Some(other) == first);
    let number = first.is_none_or(|length| length.iter().all(u8::is_ascii_digit));
    let mut codings = tokens(headers, header::TRANSFER_ENCODING);
    // One that names no coding at all is not chunked either.
    let coding = headers.get(header::TRANSFER_ENCODING).map(|_| codings.next().unwrap_or_default());
    let chunked = coding.map(|coding| coding.eq_ignore_ascii_case(b"chunked"));
    if !same || !number || chunked == Some(false) || codings.next().is_some() {
        return Err(Unframed);
    }
    let one = first.and_then(|length| HeaderValue::from_bytes(length).ok());
    drop((lengths, codings));
    match one {
        // RFC 9112, section 6.3: Transfer-Encoding overrides.
        _ if chunked.is_some() => drop(headers.remove(header::CONTENT_LENGTH)),
        Some(one) => drop(headers.insert(header::CONTENT_LENGTH, one)),
        None => drop(headers.remove(header::CONTENT_LENGTH)),
    }
    Ok(())
}

fn set_cookies(headers: &mut HeaderMap, reserved: &[String]) {
    let is_settable = |line: &HeaderValue| is_settable(line, reserved);
    let header::Entry::Occupied(entry) = headers.entry(header::SET_COOKIE) else { return };
    if entry.iter().all(is_settable) {
        return;
    }
    let (_, values) = entry.remove_entry_mult();
    let kept: Vec<HeaderValue> = values.filter(is_settable).collect();
    for value in kept {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Whether an upstream may set this cookie: none of ours, none of the proxy's in front, and none beyond its own host.
fn is_settable(line: &HeaderValue, reserved: &[String]) -> bool {
    let mut parts = line.as_bytes().split(|byte| *byte == b';');
    let pair = parts.next().unwrap_or_default();
    // A cookie without a name is sent back as its bare value: `=__Host-lanyard=x` would look like ours. Its
    // name begins where the first character begins that a name of ours could begin with.
    let begins = pair.iter().position(|b| b.is_ascii_alphanumeric() || *b == b'_').unwrap_or(pair.len());
    let domain = parts.any(|attribute| {
        let name = attribute.split(|byte| *byte == b'=').next().unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case(b"domain")
    });
    let named = &pair[begins..];
    // Whatever spelling the proxy takes for its own.
    let begin = |name: &String| {
        named.get(..name.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(name.as_bytes()))
    };
    !domain && !cookies::is_ours(named) && !reserved.iter().any(begin)
}

/// Several lines must say the same: which one counts, every browser and proxy decides for itself.
fn locations(headers: &mut HeaderMap, rewriter: &Rewriter) -> Result<(), Unframed> {
    for name in [header::LOCATION, header::CONTENT_LOCATION, header::REFRESH] {
        let header::Entry::Occupied(mut entry) = headers.entry(name) else { continue };
        let read = |value: &HeaderValue| match *entry.key() {
            header::REFRESH => rewriter.refresh(value),
            _ => rewriter.location(value),
        };
        let mut lines = entry.iter().map(|value| read(value).unwrap_or_else(|| value.clone()));
        let Some(first) = lines.next() else { continue };
        if lines.any(|other| other != first) {
            return Err(Unframed);
        }
        drop(lines);
        entry.insert(first);
    }
    Ok(())
}

fn content_policy(headers: &mut HeaderMap, from: &Prepared) {
    let own: Vec<HeaderValue> = match headers.entry(header::CONTENT_SECURITY_POLICY) {
        header::Entry::Vacant(_) => Vec::new(),
        header::Entry::Occupied(entry) => {
            let lines = entry.remove_entry_mult().1;
            // A policy is ASCII; lossy reading of another keeps its plain directives.
            lines
                .map(|line| without_ancestors(&String::from_utf8_lossy(line.as_bytes())))
                .filter(|policy| !policy.is_empty())
                .filter_map(|policy| HeaderValue::try_from(policy).ok())
                .collect()
        }
    };
    headers.append(header::CONTENT_SECURITY_POLICY, from.ancestors.clone());
    match &from.csp {
        ContentPolicy::Default(policy) if own.is_empty() => {
            headers.append(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        ContentPolicy::Configured(policy) => {
            headers.append(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        _ => {}
    }
    for policy in own {
        headers.append(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// One person's page is kept by their own browser at most, and asked for again each time; only what can never
/// change may rest, for as long as the app said. An app that is stricter stays so.
fn cache_control(headers: &HeaderMap) -> HeaderValue {
    let (mut immutable, mut again, mut no_store, mut transform, mut age) = (false, false, false, true, None);
    for directive in tokens(headers, header::CACHE_CONTROL) {
        let directive = directive.to_ascii_lowercase();
        match directive.as_slice() {
            b"immutable" => immutable = true,
            b"no-cache" => again = true,
            b"no-store" => no_store = true,
            b"no-transform" => transform = false,
            other => {
                let seconds = other.strip_prefix(b"max-age=").and_then(|age| std::str::from_utf8(age).ok());
                age = age.or(seconds.and_then(|seconds| seconds.trim_matches('"').parse::<u32>().ok()));
            }
        }
    }
    let base = match (no_store, immutable && !again, age) {
        (true, ..) => "private, no-store".to_owned(),
        (false, true, Some(age)) => format!("private, max-age={age}, immutable"),
        _ if transform => return HeaderValue::from_static("private, no-cache"),
        _ => "private, no-cache".to_owned(),
    };
    let control = if transform { base } else { base + ", no-transform" };
    HeaderValue::try_from(control).unwrap_or(HeaderValue::from_static("private, no-store"))
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "response_headers_properties.rs"]
pub mod properties;

#[cfg(test)]
#[path = "response_headers_tests.rs"]
mod tests;
