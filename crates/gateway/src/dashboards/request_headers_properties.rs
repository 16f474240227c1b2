//! What must hold of a request's headers on the way to an app: nothing by which a client could be somebody else
//! goes through, in any spelling, and what is no such thing goes through unchanged.

use std::sync::LazyLock;

use http::{Method, request::Parts, uri::PathAndQuery};

use super::*;
use crate::{
    config::{Config, Scheme},
    dashboards::{framing, stripped::without_session_parameters},
    fuzzing::{apps, configuration, decoded},
};

/// What browsers send and apps need. None of it is about a person.
const ORDINARY: [&str; 14] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "content-type",
    "if-none-match",
    "range",
    "referer",
    "sec-fetch-site",
    "sec-fetch-user",
    "sec-websocket-key",
    "user-agent",
    "x-csrftoken",
    "x-requested-with",
];

/// Beginnings, as an app may read them that takes `_` and everything else for `-`.
const FORGED: [&str; 20] = [
    "bokeh-session-id",
    "cf-connecting",
    "connection",
    "forwarded",
    "keep-alive",
    "oidc-",
    "proxy-",
    "remote-user",
    "te",
    "trailer",
    "true-client-ip",
    "upgrade",
    "via",
    "x-auth-",
    "x-client-cert",
    "x-forwarded-",
    "x-lanyard-",
    "x-original-",
    "x-real-ip",
    "x-ssl-client",
];

const WORDS: [&str; 7] = ["email", "groups", "login", "principal", "roles", "user", "username"];

static CONFIG: LazyLock<Config> = LazyLock::new(configuration);

pub fn requests(parts: &Parts) {
    let peer = IpAddr::from([192, 0, 2, 7]);
    for app in apps(&CONFIG) {
        let to = Prepared::new(app, &CONFIG.portal.origin);
        for purpose in [Purpose::Http, Purpose::WebSocket] {
            let sent = rewrite(parts.headers.clone(), &to, peer, purpose);
            forged(&sent, &to, purpose);
            ordinary(&parts.headers, &sent);
            cookies_of_others(&sent);
            assert_eq!(rewrite(sent.clone(), &to, peer, purpose), sent, "rewritten twice");
        }
    }
    if let Some(target) = parts.uri.path_and_query() {
        stripped(target);
    }
    length(parts);
}

fn forged(sent: &HeaderMap, to: &Prepared, purpose: Purpose) {
    let mut ours = vec![
        ("x-forwarded-for", b"192.0.2.7".to_vec()),
        ("x-forwarded-host", to.public_host.as_bytes().to_vec()),
        ("x-forwarded-proto", b"https".to_vec()),
    ];
    if purpose == Purpose::WebSocket {
        ours.extend([("connection", b"Upgrade".to_vec()), ("upgrade", b"websocket".to_vec())]);
    }
    for (name, value) in &ours {
        let lines: Vec<&[u8]> = sent.get_all(*name).iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(lines, [value.as_slice()], "{name}");
    }
    let host: Vec<_> = sent.get_all(header::HOST).iter().collect();
    assert_eq!(host, [&to.upstream_host]);
    assert!(
        sent.get_all(header::ORIGIN).iter().all(|origin| origin == to.upstream_origin || origin == "null")
    );
    for name in sent.keys().map(HeaderName::as_str).filter(|name| ours.iter().all(|(own, _)| own != name)) {
        let read: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        assert_eq!(name, read, "an app may read it otherwise");
        let forged = FORGED
            .iter()
            .any(|forged| read == *forged || (forged.ends_with('-') && read.starts_with(forged)));
        let personal = read.split('-').any(|word| WORDS.contains(&word));
        let known = matches!(name, "user-agent" | "sec-fetch-user");
        assert!(!forged && (!personal || known) && name != "authorization", "{name} went through");
    }
}

fn ordinary(came: &HeaderMap, sent: &HeaderMap) {
    let connection: Vec<u8> =
        came.get_all(header::CONNECTION).iter().flat_map(|line| [line.as_bytes(), b","].concat()).collect();
    let named: Vec<String> = String::from_utf8_lossy(&connection)
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in ORDINARY {
        let lines = |headers: &HeaderMap| headers.get_all(name).iter().cloned().collect::<Vec<_>>();
        let left = if named.iter().any(|other| other == name) { Vec::new() } else { lines(came) };
        assert_eq!(lines(sent), left, "{name}");
    }
}

fn cookies_of_others(sent: &HeaderMap) {
    assert!(sent.get_all(header::COOKIE).iter().count() <= 1);
    for name in [cookies::PORTAL, cookies::APP, cookies::SIGN_IN, cookies::VIEWER] {
        assert_eq!(cookies::value(sent, name), None, "{sent:?}");
    }
    assert!(cookies::pairs(sent).all(|(name, _)| !cookies::is_ours(name)), "{sent:?}");
}

/// No parameter is left by which a Bokeh app could be handed a session, and the others are as they were.
fn stripped(target: &PathAndQuery) {
    let left = without_session_parameters(target).unwrap_or_else(|| target.clone());
    assert_eq!(left.path(), target.path());
    assert_eq!(without_session_parameters(&left), None, "{target} became {left}");
    let parameters = |target: &PathAndQuery| -> Vec<String> {
        let query = target.query().unwrap_or_default();
        query.split(['&', ';']).filter(|pair| !pair.is_empty()).map(str::to_owned).collect()
    };
    let session = |pair: &String| {
        let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
        let name = String::from_utf8_lossy(&decoded(name.as_bytes())).to_ascii_lowercase();
        matches!(name.trim(), "bokeh-token" | "bokeh-session-id")
    };
    assert!(!parameters(&left).iter().any(session), "{target} became {left}");
    let plain = |pair: &&String| !pair.contains('%') && !pair.to_ascii_lowercase().contains("bokeh");
    let (before, after) = (parameters(target), parameters(&left));
    assert_eq!(
        before.iter().filter(plain).collect::<Vec<_>>(),
        after.iter().filter(plain).collect::<Vec<_>>()
    );
}

/// What is let in has one length at most, and no method that mirrors or opens.
fn length(parts: &Parts) {
    if framing::check(parts, Scheme::Https).is_err() {
        return;
    }
    assert!(![Method::CONNECT, Method::TRACE].contains(&parts.method));
    let lines =
        |name: HeaderName| parts.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
    let (lengths, codings) = (lines(header::CONTENT_LENGTH), lines(header::TRANSFER_ENCODING));
    assert!(lengths.len() + codings.len() <= 1, "{parts:?}");
    assert!(
        lengths.iter().all(|length| !length.is_empty() && length.iter().all(u8::is_ascii_digit)),
        "{parts:?}"
    );
    assert!(codings.iter().all(|coding| coding.eq_ignore_ascii_case(b"chunked")), "{parts:?}");
}
