//! What must hold of an answer's headers on the way to the browser: an app speaks for its own origin and for no
//! more, cannot set what we would take for ours, and everything else of it arrives.

use std::sync::LazyLock;

use http::HeaderMap;
use url::Url;

use super::*;
use crate::{
    config::{App, Config},
    fuzzing::{self, apps, configuration, lines},
};

const NEVER: [&str; 14] = [
    "alt-svc",
    "clear-site-data",
    "connection",
    "keep-alive",
    "nel",
    "proxy-connection",
    "report-to",
    "reporting-endpoints",
    "service-worker-allowed",
    "set-cookie2",
    "transfer-encoding",
    "upgrade",
    "x-accel-redirect",
    "x-frame-options",
];

const ORDINARY: [&str; 8] = [
    "access-control-allow-origin",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "etag",
    "last-modified",
    "x-app",
];

/// Header lines.
pub fn responses(input: &[u8]) {
    static CONFIG: LazyLock<Config> = LazyLock::new(configuration);
    let came = fuzzing::headers(lines(input));
    for app in apps(&CONFIG) {
        let from = Prepared::new(app, &CONFIG.portal.origin);
        for personal in [false, true] {
            let mut sent = came.clone();
            if rewrite(&mut sent, &from, personal).is_err() {
                assert!(!framed(&came) || ambiguous(&came), "{came:?} was refused");
                continue;
            }
            assert!(framed(&came), "{came:?} was taken");
            let mut twice = sent.clone();
            assert!(
                rewrite(&mut twice, &from, personal).is_ok() && twice == sent,
                "{sent:?} became {twice:?}"
            );
            passed(&came, &sent);
            cookies_set(&came, &sent);
            policies(&sent);
            addresses(&came, &sent, app);
            if personal {
                kept_to_oneself(&came, &sent);
            }
        }
    }
}

fn members(headers: &HeaderMap, name: &str) -> Vec<Vec<u8>> {
    let all = headers.get_all(name).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    all.map(|member| member.trim_ascii().to_ascii_lowercase()).filter(|member| !member.is_empty()).collect()
}

/// Whether the length of the body can be read in one way only.
fn framed(came: &HeaderMap) -> bool {
    let (mut lengths, codings) = (members(came, "content-length"), members(came, "transfer-encoding"));
    lengths.dedup();
    let number = lengths.iter().flatten().all(u8::is_ascii_digit);
    let chunked = !came.contains_key(header::TRANSFER_ENCODING) || codings == [b"chunked"];
    lengths.len() <= 1 && number && chunked
}

const ADDRESSES: [HeaderName; 3] = [header::LOCATION, header::CONTENT_LOCATION, header::REFRESH];

/// Whether there is more than one line of an address, which may say different things.
fn ambiguous(came: &HeaderMap) -> bool {
    ADDRESSES.iter().any(|name| came.get_all(name).iter().count() > 1)
}

fn passed(came: &HeaderMap, sent: &HeaderMap) {
    for name in NEVER {
        assert!(!sent.contains_key(name), "{name} went through");
    }
    let named = members(came, "connection");
    for name in ORDINARY {
        let lines = |headers: &HeaderMap| headers.get_all(name).iter().cloned().collect::<Vec<_>>();
        let left = if named.iter().any(|other| other == name.as_bytes()) { Vec::new() } else { lines(came) };
        assert_eq!(lines(sent), left, "{name}");
    }
    let lengths = sent.get_all(header::CONTENT_LENGTH).iter().count();
    assert!(lengths <= 1 && (lengths == 0 || !came.contains_key(header::TRANSFER_ENCODING)));
    assert_eq!(sent.get_all("origin-agent-cluster").iter().collect::<Vec<_>>(), ["?1"]);
    assert!(members(sent, "vary").iter().any(|name| name == b"cookie" || name == b"*"));
}

/// What a browser keeps of it comes back beside ours, and is never taken for ours (RFC 6265, section 5.2).
fn cookies_set(came: &HeaderMap, sent: &HeaderMap) {
    for line in sent.get_all(header::SET_COOKIE) {
        let mut parts = line.as_bytes().split(|byte| *byte == b';');
        let pair = parts.next().unwrap_or_default().trim_ascii();
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii()),
            None => (&b""[..], pair),
        };
        let back = if name.is_empty() { value.to_vec() } else { [name, b"=", value].concat() };
        for name in [cookies::PORTAL, cookies::APP, cookies::SIGN_IN, cookies::VIEWER] {
            for jar in [
                [back.as_slice(), b"; ", name.as_bytes(), b"=ours"],
                [name.as_bytes(), b"=ours", b"; ", &back],
            ] {
                let Ok(jar) = HeaderValue::from_bytes(&jar.concat()) else { continue };
                let jar = HeaderMap::from_iter([(header::COOKIE, jar)]);
                assert_eq!(cookies::value(&jar, name), Some(&b"ours"[..]), "{line:?} comes back");
            }
        }
        let domain = |part: &[u8]| {
            let name = part.split(|byte| *byte == b'=').next().unwrap_or_default();
            name.trim_ascii().eq_ignore_ascii_case(b"domain")
        };
        assert!(!parts.any(domain), "{line:?}");
    }
    let named = members(came, "connection").iter().any(|name| name == b"set-cookie");
    let innocent = |line: &&HeaderValue| {
        let line = String::from_utf8_lossy(line.as_bytes()).to_ascii_lowercase();
        !named && !line.contains("domain") && !line.contains("lanyard")
    };
    let kept = |headers: &HeaderMap| {
        headers.get_all(header::SET_COOKIE).iter().filter(innocent).cloned().collect::<Vec<_>>()
    };
    assert_eq!(kept(came), kept(sent));
}

/// One policy says who may frame it, and it is ours.
fn policies(sent: &HeaderMap) {
    let policies = sent.get_all(header::CONTENT_SECURITY_POLICY).iter();
    let mut said = Vec::new();
    for directive in policies.flat_map(|line| line.as_bytes().split(|byte| matches!(byte, b';' | b','))) {
        let directive = directive.trim_ascii();
        if directive.to_ascii_lowercase().starts_with(b"frame-ancestors") {
            said.push(directive);
        }
    }
    let ours = |said: &&&[u8]| **said == b"frame-ancestors 'self' https://dash.example";
    assert_eq!(said.iter().filter(ours).count(), 1, "{sent:?}");
    let name = |directive: &&[u8]| directive.split(u8::is_ascii_whitespace).next().unwrap_or_default().len();
    assert!(said.iter().filter(|said| name(said) == "frame-ancestors".len()).count() == 1, "{sent:?}");
}

/// An address that was rewritten named the upstream, and is the same one at the dashboard now.
fn addresses(came: &HeaderMap, sent: &HeaderMap, app: &App) {
    assert!(!ambiguous(sent), "{sent:?}");
    for name in [header::LOCATION, header::CONTENT_LOCATION] {
        let text = |headers: &HeaderMap| {
            headers.get(&name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok().map(str::to_owned))
        };
        let (Some(before), Some(after)) = (text(came), text(sent)) else { continue };
        if before == after {
            continue;
        }
        // A browser reads it against the page's own address.
        let upstream = Url::parse(&app.origin.to_string()).and_then(|base| base.join(&before));
        let public = Url::parse(&after);
        assert!(upstream.is_ok() && public.is_ok(), "{before:?} became {after:?}");
        let (Ok(upstream), Ok(public)) = (upstream, public) else { continue };
        assert_eq!(
            public.origin().ascii_serialization(),
            app.origin.to_string(),
            "{before:?} became {after:?}"
        );
        let same = |url: &Url| {
            (url.path().to_owned(), url.query().map(str::to_owned), url.fragment().map(str::to_owned))
        };
        assert_eq!(same(&upstream), same(&public), "{before:?} became {after:?}");
        let host = upstream.host_str().map(|host| host.strip_suffix('.').unwrap_or(host));
        let local = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::]"];
        let named =
            host == Some(app.upstream.authority.host()) || host.is_some_and(|host| local.contains(&host));
        assert!(named, "{before:?} became {after:?}");
    }
}

/// One person's page is in no cache but their own, and an app that is stricter stays so.
fn kept_to_oneself(came: &HeaderMap, sent: &HeaderMap) {
    let (asked, said) = (members(came, "cache-control"), members(sent, "cache-control"));
    let says = |said: &[Vec<u8>], word: &[u8]| said.iter().any(|directive| directive == word);
    assert!(says(&said, b"private") && !says(&said, b"public"), "{sent:?}");
    assert_eq!(sent.get_all(header::CACHE_CONTROL).iter().count(), 1);
    let named = members(came, "connection").iter().any(|name| name == b"cache-control");
    for strict in [&b"no-store"[..], b"no-cache", b"no-transform"] {
        let kept = says(&said, strict) || says(&said, b"no-store");
        assert!(named || kept || !says(&asked, strict), "{asked:?} became {sent:?}");
    }
    assert!(!sent.contains_key(header::EXPIRES) && !sent.contains_key(header::AGE));
}
