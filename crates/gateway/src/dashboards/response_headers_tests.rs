//! What an upstream may and may not say to the browser.

use super::*;
use crate::{config::App, dashboards::testing};

fn answer_of(app: &App, personal: bool, lines: &[(&str, &str)]) -> Result<HeaderMap, Unframed> {
    let prepared = Prepared::new(app, &"https://dash.example".parse().expect("the portal"));
    let mut headers = testing::parts("GET /", lines).headers;
    rewrite(&mut headers, &prepared, personal).map(|()| headers)
}

fn answer(lines: &[(&str, &str)]) -> HeaderMap {
    answer_of(&testing::app("localhost:8502"), true, lines).expect("an answer that can be framed")
}

fn all(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into()).collect()
}

#[test]
fn our_cookies_and_the_domains_of_others_cannot_be_set() {
    for line in [
        "__Host-lanyard=x; Path=/; Secure",
        "__Host-lanyard-app=x",
        "__HOST-LANYARD-viewer=x",
        "__host-lanyard-anything-new=x",
        " \t__Host-lanyard=x",
        "=__Host-lanyard=x",
        "= __Host-lanyard-app=x",
        "==__Host-lanyard-app=x",
        "\"__Host-lanyard=x",
        "__Host-lanyard",
        "\u{2000}__Host-lanyard-app=x",
        "a=b; Domain=localhost",
        "a=b; domain=.dash.example; Path=/",
        "a=b;\tDOMAIN = x",
        "a=b; Secure;Domain",
    ] {
        let headers = answer(&[("set-cookie", line), ("set-cookie", "ok=1"), ("set-cookie", line)]);
        assert_eq!(all(&headers, "set-cookie"), ["ok=1"], "{line:?}");
    }
}

#[test]
fn an_apps_own_cookies_are_set_as_they_are() {
    let lines =
        ["_streamlit_xsrf=2|a|b; Path=/", "c=d; Path=/domain=x; HttpOnly", "lanyard=1", "__Host-a=b", "bare"];
    let headers = answer(&lines.map(|line| ("set-cookie", line)));
    assert_eq!(all(&headers, "set-cookie"), lines);
}

#[test]
fn what_reaches_beyond_the_origin_is_removed() {
    for name in [
        "Clear-Site-Data",
        "Alt-Svc",
        "NEL",
        "Report-To",
        "Reporting-Endpoints",
        "X-Frame-Options",
        "Service-Worker-Allowed",
        "Set-Cookie2",
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "Proxy-Authenticate",
        "Upgrade",
        "Trailer",
        "TE",
    ] {
        let headers = answer(&[(name, "x"), (name, "y"), ("x-app", "1")]);
        assert!(!headers.contains_key(name), "{name}");
        assert_eq!(headers["x-app"], "1");
    }
    assert!(!answer(&[("connection", "x-hop"), ("x-hop", "1")]).contains_key("x-hop"));
    let kept = answer(&[("connection", "content-length, vary"), ("content-length", "3")]);
    assert_eq!((kept["content-length"].as_bytes(), kept["vary"].as_bytes()), (&b"3"[..], &b"Cookie"[..]));
    assert_eq!(answer(&[("origin-agent-cluster", "?0")])["origin-agent-cluster"], "?1");
}

#[test]
fn only_we_say_who_may_frame_it() {
    let ours = "frame-ancestors 'self' https://dash.example";
    let default = "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:";
    let csp = "content-security-policy";
    assert_eq!(all(&answer(&[]), csp), [ours, default]);
    for (own, left) in [
        ("frame-ancestors *", None),
        ("Frame-Ancestors 'none'; ; default-src 'self'", Some("default-src 'self'")),
        ("default-src 'self';\tframe-ancestors\thttps://evil.example", Some("default-src 'self'")),
        ("img-src *, frame-ancestors *, font-src *;frame-ancestors", Some("img-src *, font-src *")),
    ] {
        let headers = answer(&[(csp, own)]);
        let expected = [Some(ours), left.or(Some(default))];
        assert_eq!(all(&headers, csp), expected.into_iter().flatten().collect::<Vec<_>>(), "{own}");
    }
    let two = answer(&[(csp, "frame-ancestors *"), (csp, "default-src 'self'")]);
    assert_eq!(all(&two, csp), [ours, "default-src 'self'"]);
}

#[test]
fn a_configured_policy_stands_beside_the_apps_own() {
    let csp = "content-security-policy";
    let ours = "frame-ancestors 'self' https://dash.example";
    let mut app = testing::app("localhost:8502");
    app.csp = Some("script-src 'self' https://cdn.example; frame-ancestors *".into());
    let headers = answer_of(&app, true, &[(csp, "img-src 'self'")]).expect("an answer");
    assert_eq!(all(&headers, csp), [ours, "script-src 'self' https://cdn.example", "img-src 'self'"]);
    app.csp = Some(String::new());
    assert_eq!(all(&answer_of(&app, true, &[]).expect("an answer"), csp), [ours]);
}

#[test]
fn a_persons_page_is_kept_by_nobody_else() {
    for (own, control) in [
        (None, "private, no-cache"),
        (Some("public, max-age=600"), "private, no-cache"),
        (Some("public, max-age=31536000, immutable"), "private, max-age=31536000, immutable"),
        (Some("Immutable, MAX-AGE=\"60\""), "private, max-age=60, immutable"),
        (Some("immutable"), "private, no-cache"),
        (Some("max-age=60, immutable, no-cache"), "private, no-cache"),
        (Some("s-maxage=60, immutable"), "private, no-cache"),
        (Some("no-store, max-age=5, immutable"), "private, no-store"),
        (Some("no-cache, no-transform"), "private, no-cache, no-transform"),
    ] {
        let mut lines =
            vec![("expires", "x"), ("cdn-cache-control", "max-age=9"), ("pragma", "x"), ("etag", "e")];
        lines.extend(own.map(|own| ("cache-control", own)));
        let headers = answer(&lines);
        assert_eq!(all(&headers, "cache-control"), [control], "{own:?}");
        assert!(CACHING.iter().all(|name| !headers.contains_key(name)));
        assert_eq!(headers["etag"], "e");
    }
    let app = testing::app("localhost:8502");
    let public = answer_of(&app, false, &[("cache-control", "public, max-age=600")]).expect("an answer");
    assert_eq!(public["cache-control"], "public, max-age=600");
    assert_eq!(all(&answer(&[("vary", "Accept")]), "vary"), ["Accept", "Cookie"]);
    assert_eq!(all(&answer(&[("vary", "accept, COOKIE")]), "vary"), ["accept, COOKIE"]);
}

#[test]
fn addresses_of_the_upstream_are_rewritten() {
    let headers = answer(&[
        ("location", "https://localhost:8502/a/"),
        ("content-location", "http://127.0.0.1:8502/b"),
        ("refresh", "1; url=http://localhost:8502/c"),
    ]);
    assert_eq!(headers["location"], "https://finance.dash.example/a/");
    assert_eq!(headers["content-location"], "https://finance.dash.example/b");
    assert_eq!(headers["refresh"], "1; url=https://finance.dash.example/c");
}

#[test]
fn an_answer_whose_length_can_be_read_two_ways_is_refused() {
    let app = testing::app("localhost:8502");
    for lines in [
        &[("content-length", "3"), ("content-length", "4")][..],
        &[("content-length", "3, 4")],
        &[("content-length", "+3")],
        &[("transfer-encoding", "gzip, chunked")],
        &[("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
        &[("transfer-encoding", "identity")],
        &[("transfer-encoding", "")],
        &[("content-length", "3"), ("transfer-encoding", " , ")],
    ] {
        assert_eq!(answer_of(&app, true, lines), Err(Unframed), "{lines:?}");
    }
    let both = answer(&[("content-length", "3"), ("transfer-encoding", "chunked")]);
    assert!(!both.contains_key("content-length") && !both.contains_key("transfer-encoding"));
    assert_eq!(all(&answer(&[("content-length", "3"), ("content-length", "3")]), "content-length"), ["3"]);
}
