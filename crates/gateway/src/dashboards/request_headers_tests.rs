//! Every spelling by which a client could claim an identity, an address or a hop.

use super::*;
use crate::dashboards::testing::{app, parts};

fn send(headers: &[(&str, &str)], purpose: Purpose) -> HeaderMap {
    send_to(&Prepared::new(&app("localhost:8502"), &portal()), headers, purpose)
}

fn send_to(to: &Prepared, headers: &[(&str, &str)], purpose: Purpose) -> HeaderMap {
    let peer = "192.0.2.7".parse().expect("an address");
    rewrite(parts("GET /", headers).headers, to, peer, purpose)
}

fn portal() -> crate::config::Origin {
    "https://dash.example".parse().expect("the portal")
}

fn lines(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    let mut lines: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    lines.sort_unstable();
    lines
}

const BARE: [(&str, &[u8]); 4] = [
    ("host", b"localhost:8502"),
    ("x-forwarded-for", b"192.0.2.7"),
    ("x-forwarded-host", b"finance.dash.example"),
    ("x-forwarded-proto", b"https"),
];

#[test]
fn the_list_of_names_is_sorted_because_it_is_searched() {
    assert!(DROPPED.is_sorted());
    assert!(DROPPED.iter().chain(&DROPPED_PREFIXES).all(|name| *name == name.to_ascii_lowercase()));
}

#[test]
fn nothing_that_claims_an_identity_or_an_address_passes() {
    for name in [
        "X-Forwarded-User",
        "X_Forwarded_User",
        "X-Forwarded_User",
        "x.forwarded.user",
        "X~Forwarded-User",
        "X-Forwarded-Preferred-Username",
        "X-Forwarded-Email",
        "X-Forwarded-Groups",
        "X-Forwarded-For",
        "X-FORWARDED-HOST",
        "X-Forwarded-Proto",
        "X-Forwarded-Port",
        "X-Forwarded-Prefix",
        "X-Forwarded-Access-Token",
        "X-Forwarded",
        "Forwarded",
        "Via",
        "X-Real-IP",
        "X_Real_IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "Cf-Access-Jwt-Assertion",
        "Client-IP",
        "X-Lanyard-Assertion",
        "X_Lanyard_Assertion",
        "x-lanyard-anything",
        "X-Auth-Request-User",
        "X-Auth-User",
        "X-Remote-User",
        "Remote-User",
        "REMOTE_USER",
        "Remote-Groups",
        "X-User",
        "X-User-Id",
        "X-WebAuth-User",
        "X-Authenticated-User",
        "X-Original-URL",
        "X-Original-Host",
        "X-Rewrite-URL",
        "Shiny-Server-Credentials",
        "Shiny_Server_Credentials",
        "RStudio-Connect-Credentials",
        "Bokeh-Session-Id",
        "X-Ms-Client-Principal",
        "X-MS-CLIENT-PRINCIPAL-NAME",
        "X-Goog-Authenticated-User-Email",
        "X-Goog-Iap-Jwt-Assertion",
        "X-Amzn-Oidc-Data",
        "OIDC-Claim-Sub",
        "OIDC_CLAIM_sub",
        "Tailscale-User-Login",
        "Client-Cert",
        "X-SSL-Client-CN",
        "SSL_CLIENT_S_DN",
        "X-Accel-Redirect",
        "X-Script-Name",
        "Proxy",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Authorization",
        "TE",
        "Trailer",
        "Upgrade",
        "Keep-Alive",
        "HTTP2-Settings",
        "Expect",
        "a!b",
        "a'b",
    ] {
        for purpose in [Purpose::Http, Purpose::WebSocket] {
            let mut sent =
                send(&[(name, "evil"), ("host", "finance.dash.example"), (name, "evil2")], purpose);
            if purpose == Purpose::WebSocket {
                assert_eq!(sent.remove("connection").expect("set"), "Upgrade");
                assert_eq!(sent.remove("upgrade").expect("set"), "websocket");
            }
            assert_eq!(lines(&sent), BARE, "{name}");
        }
    }
}

#[test]
fn ordinary_headers_pass_as_they_are_and_as_often_as_they_came() {
    let sent = send(
        &[
            ("accept", "text/html"),
            ("x-custom", "1"),
            ("accept", "*/*"),
            ("x-custom", "2"),
            ("x-xsrftoken", "t"),
            ("x-requested-with", "XMLHttpRequest"),
            ("content-type", "application/json"),
            ("if-none-match", "\"a\""),
            ("range", "bytes=0-1"),
            ("sec-fetch-site", "same-origin"),
        ],
        Purpose::Http,
    );
    assert_eq!(sent.get_all("x-custom").iter().collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(sent.get_all("accept").iter().count(), 2);
    assert_eq!(sent.len(), 10 + BARE.len());
}

#[test]
fn what_connection_names_is_dropped_but_never_what_we_set() {
    let sent = send(
        &[
            ("connection", "close, X-Forwarded-For, host, x-private"),
            ("connection", "X-Forwarded-Proto,x-forwarded-host,cookie"),
            ("x-private", "1"),
            ("cookie", "a=b"),
            ("host", "finance.dash.example"),
        ],
        Purpose::Http,
    );
    assert_eq!(lines(&sent), BARE);
}

#[test]
fn our_cookies_stay_with_us() {
    let sent = send(
        &[("cookie", "_streamlit_xsrf=2|a; __Host-lanyard-app=secret"), ("cookie", "__HOST-lanyard=x; b=c")],
        Purpose::WebSocket,
    );
    assert_eq!(sent.get_all("cookie").iter().collect::<Vec<_>>(), ["_streamlit_xsrf=2|a; b=c"]);
    assert!(!send(&[("cookie", "__Host-lanyard-app=secret")], Purpose::Http).contains_key("cookie"));
}

#[test]
fn authorization_passes_only_where_it_is_allowed() {
    let mut open = app("localhost:8502");
    open.pass_authorization = true;
    let to = Prepared::new(&open, &portal());
    let header = [("authorization", "Basic eDp5"), ("proxy-authorization", "Basic eDp5")];
    let sent = send_to(&to, &header, Purpose::Http);
    assert_eq!(sent["authorization"], "Basic eDp5");
    assert!(!sent.contains_key("proxy-authorization"));
}

#[test]
fn host_and_origin_are_what_the_upstream_expects() {
    let inbound = [("host", "finance.dash.example"), ("origin", "https://finance.dash.example")];
    for (mode, host, origin) in [
        (HostHeader::Rewrite, "localhost:8502", Some("http://localhost:8502")),
        (HostHeader::Preserve, "finance.dash.example", Some("https://finance.dash.example")),
        (HostHeader::Drop, "localhost:8502", None),
    ] {
        let mut app = app("localhost:8502");
        app.host_header = mode;
        let sent = send_to(&Prepared::new(&app, &portal()), &inbound, Purpose::WebSocket);
        assert_eq!(sent["host"], host);
        assert_eq!(sent.get("origin").map(|value| value.to_str().expect("text")), origin);
    }
    assert!(!send(&[], Purpose::Http).contains_key("origin"), "no Origin is made up");
    assert_eq!(send(&[("origin", "null")], Purpose::Http)["origin"], "null");
    let two = send(
        &[("origin", "https://finance.dash.example"), ("origin", "https://evil.example")],
        Purpose::Http,
    );
    assert!(two.get_all("origin").iter().eq(["http://localhost:8502"]), "{two:?}");
}

#[test]
fn a_handshake_keeps_its_own_headers() {
    let sent = send(
        &[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "streamlit, xsrf"),
            ("sec-websocket-extensions", "permessage-deflate"),
        ],
        Purpose::WebSocket,
    );
    assert_eq!(sent["connection"], "Upgrade");
    assert_eq!(sent.keys().filter(|name| name.as_str().starts_with("sec-websocket-")).count(), 4);
}
