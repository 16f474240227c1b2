//! Where somebody is sent after entering, or back to the portal: whatever was asked for, the address that is
//! answered, read as a browser reads it (WHATWG URL), stays on the host that it is for and does not lead to
//! Lanyard's own part of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_contract::paths::{LONGEST, LocalPath, is_reserved};
use lanyard_testbed::{
    Answer, Person, Site, Stage, StageOptions,
    person::{CARLA, enter},
};
use url::Url;

/// Every way out that is known, and some that never were.
fn ways_out() -> Vec<String> {
    let mut ways: Vec<String> = [
        "",
        " ",
        "x",
        "?",
        "#",
        "@evil.example",
        "//",
        "///",
        "//evil.example",
        "///evil.example",
        "////evil.example/%2e%2e",
        "//evil.example:80/",
        "//user@evil.example",
        "//user:pass@evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\\/evil.example",
        "\\evil.example",
        "/%2fevil.example",
        "/%2f%2fevil.example",
        "%2f%2fevil.example",
        "/%5cevil.example",
        "/%5c%5cevil",
        "%5c%5cevil.example",
        "/%252fevil.example",
        "/%252f%252fevil.example",
        "/%25252fevil.example",
        "/%2525252f%2525252fevil.example",
        "/%255cevil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "\t//evil.example",
        "/\u{b}/evil.example",
        "/%09/evil.example",
        "/%0a/evil.example",
        "/%0d%0aLocation:%20//evil.example",
        "/\r\nLocation: //evil.example",
        "/%00/evil.example",
        "/\0/evil.example",
        "\0//evil.example",
        "/a\0b",
        "/.//evil.example",
        "/..//evil.example",
        "/../evil.example",
        "/a/..//evil.example",
        "/a/../..//evil.example",
        "/%2e//evil.example",
        "/%2e%2e//evil.example",
        "/.%2e//evil.example",
        "/a/%2e%2e%2f/evil.example",
        "/..;/evil.example",
        "/..%2f..%2fevil.example",
        "/..%5c..%5cevil.example",
        "/%252e%252e//evil.example",
        "/@evil.example",
        "/.evil.example",
        "/:80@evil.example",
        "/;//evil.example",
        "/?//evil.example",
        "/#//evil.example",
        "/?next=//evil.example#//evil.example",
        "/evil.example",
        "?//evil.example",
        "#//evil.example",
        "http://evil.example",
        "HTTP://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "http:\\\\evil.example",
        "ht\ntp://evil.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "/javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "blob:null/x",
        "about:blank",
        "file:///etc/passwd",
        "view-source:http://evil.example",
        "/\u{2f}evil.example",
        "/／evil.example",
        "／／evil.example",
        "/\u{2044}evil.example",
        "/\u{2215}/evil.example",
        "/\u{ff0f}\u{ff0f}evil.example",
        "//evil。example",
        "/%ef%bc%8f%ef%bc%8fevil.example",
        "/%e2%81%84evil.example",
        "/\u{2024}\u{2024}/evil",
        "/%e3%80%82%e3%80%82/evil",
        "/\u{ff0e}\u{ff0e}//evil.example",
        "/\u{a0}/evil.example",
        "\u{feff}//evil.example",
        "/\u{202e}//evil.example",
        "/\u{ad}/evil.example",
        "/%c0%af%c0%afevil.example",
        "/%u002fevil.example",
        "/%/evil",
        "/%2",
        "/%zz//evil",
        "/_lanyard/enter",
        "/_lanyard",
        "/_LANYARD/x",
        "/%5flanyard/enter",
        "/%255flanyard/enter",
        "/./_lanyard/enter",
        "/a/../_lanyard/enter",
        "//_lanyard/enter",
        "/_lanyard;a=b/enter",
        "/_lanyard%2fenter",
        "/_lanyard?x",
        "/_lanyard#x",
        "/_lanyard%00/enter",
        "/_lanyard./enter",
        "/_lanyard%20/enter",
    ]
    .map(str::to_owned)
    .into();
    ways.extend([
        format!("/{}", "a".repeat(LONGEST)),
        format!("/{}", "/".repeat(1_000)),
        format!("/{}//evil.example", "../".repeat(300)),
        format!("/{}", "%2f".repeat(600)),
    ]);
    ways
}

/// Where a browser goes from `at` with this `Location`. On that origin, in plain ASCII, and not reserved.
#[track_caller]
fn stays(case: &str, at: &Site, location: &str) -> Url {
    let base = Url::parse(&format!("{}/somewhere/deep?with=a#query", at.origin())).expect("a URL");
    let to = base.join(location).unwrap_or_else(|error| panic!("{case:?}: {location:?}: {error}"));
    assert_eq!(to.origin().ascii_serialization(), at.origin(), "{case:?} leads away: {location:?}");
    assert!(to.username().is_empty() && to.password().is_none(), "{case:?}: {location:?}");
    assert!(location.bytes().all(|b| b.is_ascii_graphic()), "{case:?}: {location:?}");
    assert!(!to.path().starts_with("//"), "{case:?}: {location:?}");
    assert!(!is_reserved(to.path()), "{case:?} leads to Lanyard's own part: {location:?}");
    to
}

#[track_caller]
fn one_location<'a>(case: &str, answer: &'a Answer) -> &'a str {
    let all: Vec<_> = answer.all("location").collect();
    assert_eq!((answer.status, all.len()), (303, 1), "{case:?}:\n{}", answer.everything());
    all[0]
}

async fn stage() -> Stage {
    let limits = "[limits]\nsign_ins = 100000";
    Stage::start(StageOptions::default().upstream("rec").without_apps().toml(limits)).await
}

#[tokio::test]
async fn entering_leads_into_the_app_and_nowhere_else() {
    let stage = stage().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let rec = stage.dashboard("rec");
    for way in ways_out() {
        let answer = carla.knock(&stage, "rec", &way).await;
        let to = stays(&way, &rec, one_location(&way, &answer));
        assert!(to.as_str().len() < LONGEST + 100, "{way:?}");
    }
    for kept in ["/reports/q3?next=//x#top", "/a%20b/%C3%A4?x=%2f%2f", "/?a=b", "/javascript:alert(1)"] {
        let answer = carla.knock(&stage, "rec", kept).await;
        assert_eq!(one_location(kept, &answer), kept, "an ordinary path is kept");
    }
}

#[tokio::test]
async fn a_window_without_a_ticket_goes_back_to_the_portal_for_one() {
    let stage = stage().await;
    let (rec, portal) = (stage.dashboard("rec"), stage.portal());
    for way in ways_out() {
        let request = enter(&rec, &stage, "no-such-ticket", &way).site("same-site", "navigate", "document");
        let answer = request.send().await;
        let to = stays(&way, &portal, one_location(&way, &answer));
        assert!(to.path().starts_with("/d/rec/"), "{way:?}: {to}");
        let query = to.query().unwrap_or_default();
        assert!(query == "window" || query.starts_with("window&"), "{way:?}: {to}");
        let inside = &to.path()["/d/rec".len()..];
        assert!(LocalPath::parse(inside).is_ok() && !is_reserved(inside), "{way:?}: {to}");
    }
    for (path, expected) in [
        ("/q3?a=b", "/d/rec/q3?window&a=b"),
        ("/q3#top", "/d/rec/q3?window#top"),
        ("/q3?a=b#c?d", "/d/rec/q3?window&a=b#c?d"),
    ] {
        let request = enter(&rec, &stage, "no-such-ticket", path).site("same-site", "navigate", "document");
        let answer = request.send().await;
        assert_eq!(one_location(path, &answer), format!("{}{expected}", portal.origin()));
    }
}

#[tokio::test]
async fn an_address_opened_without_a_key_goes_to_the_portal_and_the_portal_goes_nowhere() {
    let stage = stage().await;
    let (rec, portal) = (stage.dashboard("rec"), stage.portal());
    for way in ways_out() {
        // What cannot stand in a request line at all is another test's.
        if way.is_empty() || way.bytes().any(|b| matches!(b, b' ' | b'\r' | b'\n' | b'\0')) {
            continue;
        }
        let answer = rec.get(&way).top_document().send().await;
        match answer.header("location") {
            None => assert!((400..500).contains(&answer.status), "{way:?}:\n{}", answer.everything()),
            Some(_) => {
                let to = stays(&way, &portal, one_location(&way, &answer));
                assert!(to.path().starts_with("/d/rec/"), "{way:?}: {to}");
            }
        }
        let answer = portal.get(&way).top_document().send().await;
        assert_eq!(answer.header("location"), None, "{way:?} at the portal:\n{}", answer.everything());
        assert!(answer.status == 200 || (400..500).contains(&answer.status), "{way:?}: {}", answer.status);
    }
}

/// Every string of up to four of these pieces: what is taken as a local path is one to a browser as well.
#[test]
fn whatever_is_taken_for_a_local_path_stays_where_it_is() {
    let pieces = [
        "/", "\\", ".", "%2f", "%2e", "%5c", "%25", "2f", ":", "@", "?", "#", "\t", "a", "_lanyard", ";",
        "%00",
    ];
    let site = Site::new("dash.example", 8080);
    let mut taken = 0;
    let mut rows = vec![String::new()];
    for _ in 0..4 {
        rows = rows.iter().flat_map(|row| pieces.map(|piece| format!("{row}{piece}"))).collect();
        for path in rows.iter().filter(|path| LocalPath::parse(path).is_ok()) {
            taken += 1;
            let base = Url::parse(&format!("{}/d/x", site.origin())).expect("a URL");
            let to = base.join(path).expect("a URL");
            assert_eq!(to.origin().ascii_serialization(), site.origin(), "{path:?} leads to {to}");
            assert!(!to.path().starts_with("//"), "{path:?} leads to {to}");
            assert_eq!(is_reserved(path), is_reserved(to.path()), "{path:?} leads to {to}");
        }
    }
    assert!(taken > 1_000, "{taken} were taken");
}
