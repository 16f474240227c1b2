//! What a dashboard's host takes, as a table: one row a request.

use super::*;
use crate::dashboards::testing::parts;

const OWN: &str = "https://finance.dash.example";
const PORTAL: &str = "https://dash.example";

fn judge(line: &str, headers: &[(&str, &str)]) -> Result<Admission, Refusal> {
    admit(&parts(line, headers), &OWN.parse().expect("own"), &PORTAL.parse().expect("portal"))
}

/// `site/mode/dest`, and an Origin where there is one.
fn fetch(line: &str, metadata: &str, origin: Option<&str>) -> Result<Admission, Refusal> {
    let mut headers: Vec<(&str, &str)> = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"]
        .into_iter()
        .zip(metadata.split('/'))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    headers.extend(origin.map(|origin| ("origin", origin)));
    judge(line, &headers)
}

#[test]
fn the_dashboards_own_pages_may_ask_for_anything() {
    for (line, metadata, origin, kind) in [
        ("GET /", "same-origin/navigate/iframe", None, Admission::FrameDocument),
        ("GET /", "same-origin/navigate/document", None, Admission::TopDocument),
        ("POST /", "same-origin/navigate/iframe", Some(OWN), Admission::FrameDocument),
        ("GET /app.js", "same-origin/no-cors/script", None, Admission::Fetch),
        ("POST /cb", "same-origin/cors/empty", Some(OWN), Admission::Fetch),
        ("POST /cb", "same-origin/cors/empty", Some("null"), Admission::Fetch),
        ("DELETE /x", "same-origin/cors/empty", Some(OWN), Admission::Fetch),
        ("GET /x", "same-origin/navigate/embed", None, Admission::Fetch),
    ] {
        assert_eq!(fetch(line, metadata, origin), Ok(kind), "{line} {metadata} {origin:?}");
    }
}

#[test]
fn others_may_only_navigate_to_it() {
    for site in ["same-site", "cross-site"] {
        let with = |line: &str, rest: &str, origin| fetch(line, &format!("{site}/{rest}"), origin);
        assert_eq!(with("GET /", "navigate/iframe", None), Ok(Admission::FrameDocument));
        assert_eq!(with("GET /x", "navigate/document", None), Ok(Admission::TopDocument));
        for (line, rest, origin) in [
            ("GET /a.js", "no-cors/script", None),
            ("GET /a.png", "no-cors/image", None),
            ("GET /", "cors/empty", Some(PORTAL)),
            ("GET /", "no-cors/iframe", None),
            ("GET /", "navigate/embed", None),
            ("GET /", "navigate/object", None),
            ("GET /", "navigate/frame", None),
            ("GET /", "navigate/", None),
            ("GET /", "/document", None),
            ("GET /", "/", None),
            ("POST /", "navigate/iframe", Some("https://science.dash.example")),
            ("POST /", "navigate/document", Some(OWN)),
            ("PUT /", "cors/empty", Some(PORTAL)),
        ] {
            assert_eq!(with(line, rest, origin), Err(Refusal::CrossOrigin), "{site} {line} {rest}");
        }
        assert_eq!(with("GET /", "navigate/document", Some("null")), Err(Refusal::Origin));
    }
}

#[test]
fn nothing_is_fetched_ahead_for_others() {
    for (site, expected) in [
        ("same-site", Err(Refusal::CrossOrigin)),
        ("cross-site", Err(Refusal::CrossOrigin)),
        ("same-origin", Ok(Admission::TopDocument)),
        ("none", Err(Refusal::CrossOrigin)),
    ] {
        for purpose in
            [("sec-purpose", "prefetch"), ("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")]
        {
            let navigation = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
            let headers = [("sec-fetch-site", site), navigation[0], navigation[1], purpose];
            assert_eq!(judge("GET /", &headers), expected, "{site} {purpose:?}");
        }
    }
}

#[test]
fn the_address_bar_may_only_read() {
    assert_eq!(fetch("GET /", "none/navigate/document", None), Ok(Admission::TopDocument));
    assert_eq!(fetch("HEAD /", "none/navigate/document", None), Ok(Admission::TopDocument));
    assert_eq!(fetch("POST /", "none/navigate/document", None), Err(Refusal::CrossOrigin));
    assert_eq!(fetch("GET /", "none/navigate/document", Some("null")), Err(Refusal::Origin));
}

#[test]
fn unknown_or_doubled_metadata_is_refused() {
    assert_eq!(fetch("GET /", "Same-Origin/navigate/document", None), Err(Refusal::CrossOrigin));
    assert_eq!(fetch("GET /", "same-origin2/navigate/document", None), Err(Refusal::CrossOrigin));
    let twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")];
    assert_eq!(judge("GET /", &twice), Err(Refusal::Metadata));
    assert_eq!(judge("GET /", &[("sec-fetch-site", "")]), Err(Refusal::Metadata));
    let foreign = fetch("POST /", "same-origin/cors/empty", Some("https://evil.example"));
    assert_eq!(foreign, Err(Refusal::Origin));
}

#[test]
fn without_metadata_the_origin_decides() {
    for (line, origin, expected) in [
        ("GET /", None, Ok(Admission::Fetch)),
        ("HEAD /", None, Ok(Admission::Fetch)),
        ("GET /", Some(OWN), Ok(Admission::Fetch)),
        ("POST /", Some(OWN), Ok(Admission::Fetch)),
        ("POST /", None, Err(Refusal::Origin)),
        ("OPTIONS /", None, Err(Refusal::Origin)),
        ("GET /", Some("null"), Err(Refusal::Origin)),
        ("GET /", Some(PORTAL), Err(Refusal::Origin)),
        ("POST /", Some(PORTAL), Err(Refusal::Origin)),
        ("GET /", Some("https://finance.dash.example.evil.example"), Err(Refusal::Origin)),
        ("GET /", Some("https://finance.dash.example:444"), Err(Refusal::Origin)),
        ("GET /", Some("http://finance.dash.example"), Err(Refusal::Origin)),
        ("GET /", Some(""), Err(Refusal::Origin)),
    ] {
        let headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
        assert_eq!(judge(line, &headers), expected, "{line} {origin:?}");
    }
    assert_eq!(judge("GET /", &[("origin", OWN), ("origin", OWN)]), Err(Refusal::Origin));
    assert_eq!(judge("GET /", &[("accept", "text/html,*/*;q=0.8")]), Ok(Admission::TopDocument));
}

#[test]
fn a_socket_is_opened_by_the_dashboards_own_pages_only() {
    let open = |origins: &[&str]| {
        let mut headers = vec![("upgrade", "websocket"), ("connection", "Upgrade")];
        headers.extend(origins.iter().map(|origin| ("origin", *origin)));
        judge("GET /ws", &headers)
    };
    assert_eq!(open(&[OWN]), Ok(Admission::WebSocket));
    for origins in [
        &[][..],
        &["null"],
        &[PORTAL],
        &["https://science.dash.example"],
        &["https://finance.dash.example."],
        &["https://finance.dash.example:443"],
        &["https://FINANCE.dash.example"],
        &["https://finance.dash.example.evil.example"],
        &["http://finance.dash.example"],
        &[OWN, OWN],
    ] {
        assert_eq!(open(origins), Err(Refusal::SocketOrigin), "{origins:?}");
    }
}

#[test]
fn no_service_worker_is_ever_delivered() {
    let script = [("sec-fetch-site", "same-origin"), ("service-worker", "script")];
    assert_eq!(judge("GET /sw.js", &script), Err(Refusal::ServiceWorker));
    assert_eq!(judge("GET /sw.js", &[("service-worker", "script")]), Err(Refusal::ServiceWorker));
    assert_eq!(
        fetch("GET /sw.js", "same-origin/same-origin/serviceworker", None),
        Err(Refusal::ServiceWorker)
    );
}

#[test]
fn only_the_portal_posts_tickets() {
    let line = "POST /_lanyard/enter";
    for metadata in ["same-site/navigate/iframe", "cross-site/navigate/document", "//"] {
        assert_eq!(fetch(line, metadata, Some(PORTAL)), Ok(Admission::Enter), "{metadata}");
    }
    for (metadata, origin) in [
        ("same-site/navigate/iframe", None),
        ("same-site/navigate/iframe", Some("null")),
        ("same-site/navigate/iframe", Some("https://science.dash.example")),
        ("same-origin/navigate/iframe", Some(OWN)),
        ("same-origin/navigate/iframe", Some(PORTAL)),
        ("none/navigate/document", Some(PORTAL)),
        ("same-site/cors/empty", Some(PORTAL)),
        ("same-site/no-cors/iframe", Some(PORTAL)),
        ("//", Some(OWN)),
        ("//", None),
    ] {
        assert_eq!(fetch(line, metadata, origin), Err(Refusal::Entry), "{metadata} {origin:?}");
    }
    assert_eq!(
        fetch("POST /_lanyard/enter2", "same-site/navigate/iframe", Some(PORTAL)),
        Err(Refusal::CrossOrigin)
    );
}
