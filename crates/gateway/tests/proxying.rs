//! Between the browser and the app: which headers reach the upstream and which come back, on HTTP and on
//! WebSockets, that bodies stream, and what is said when the app is down.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{Person, Stage, StageOptions, person::ADA};
use tokio::time::timeout;

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").public_upstream("open").without_apps()
}

#[tokio::test]
async fn a_websocket_carries_messages_both_ways() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let request = rec.get("/ws").websocket(&rec.origin()).header("Sec-WebSocket-Protocol", "chat, other");
    let mut socket = request.cookie(&cookie).opened().await;
    assert_eq!(socket.answer.header("sec-websocket-protocol"), Some("chat"));
    let long = "ä".repeat(100_000);
    for text in ["hello", "", &long] {
        socket.say(text).await;
        assert_eq!(socket.hear().await, text);
    }
    let upstream = format!("http://localhost:{}", stage.recorder("rec").port());
    assert_eq!(stage.recorder("rec").latest("/ws").header("origin"), Some(upstream.as_str()));
}

#[tokio::test]
async fn what_is_posted_arrives_as_from_the_apps_own_page() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let post = rec.post("/echo").fetch().origin(&rec.origin()).cookie(&cookie).body("text/plain", "figures");
    assert_eq!(post.send().await.expect(200).text(), "figures");
    let upstream = format!("http://localhost:{}", stage.recorder("rec").port());
    assert_eq!(stage.recorder("rec").latest("/echo").header("origin"), Some(upstream.as_str()));
}

#[tokio::test]
async fn what_an_upstream_may_not_say_is_removed_and_what_must_be_said_is_added() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let answer = rec.get("/headers").frame_document().cookie(&cookie).send().await.expect(200);
    let names = [
        "clear-site-data",
        "alt-svc",
        "nel",
        "report-to",
        "reporting-endpoints",
        "x-frame-options",
        "service-worker-allowed",
    ];
    for name in names {
        assert_eq!(answer.header(name), None, "{}", answer.everything());
    }
    let cookies: Vec<_> = answer.all("set-cookie").collect();
    assert!(cookies.iter().any(|line| line.starts_with("own=1")), "its own cookie stays: {cookies:?}");
    assert!(
        !cookies.iter().any(|line| line.to_ascii_lowercase().starts_with("__host-lanyard")),
        "{cookies:?}"
    );
    assert!(!cookies.iter().any(|line| line.to_ascii_lowercase().contains("domain")), "{cookies:?}");
    assert_eq!(answer.header("x-own"), Some("kept"));
    assert_eq!(answer.header("origin-agent-cluster"), Some("?1"));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert!(answer.all("vary").any(|line| line.to_ascii_lowercase().contains("cookie")));
    let policies: Vec<_> = answer.all("content-security-policy").collect();
    let ours = format!("frame-ancestors 'self' {}", stage.portal().origin());
    assert!(policies.iter().any(|policy| policy.contains(&ours)), "{policies:?}");
    assert!(!policies.iter().any(|policy| policy.contains("frame-ancestors 'none'")), "{policies:?}");
    let kept = rec.get("/immutable").fetch().cookie(&cookie).send().await.expect(200);
    let rule = kept.header("cache-control").unwrap_or_default();
    assert!(rule.starts_with("private") && rule.contains("31536000") && rule.contains("immutable"), "{rule}");
}

#[tokio::test]
async fn redirects_to_the_upstreams_own_authority_come_back_to_the_dashboard() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let answer = rec.get("/redirect").frame_document().cookie(&cookie).send().await.expect(307);
    let port = stage.recorder("rec").port().to_string();
    for (name, path) in [("location", "/there?a=1"), ("content-location", "/here"), ("refresh", "/later")] {
        let value = answer.header(name).unwrap_or_else(|| panic!("{name} is gone"));
        assert!(value.ends_with(path) && !value.contains(&port), "{name}: {value}");
        assert!(!value.contains("://") || value.contains(&rec.origin()), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_body_streams_while_the_app_still_writes_it() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let request = stage.dashboard("rec").get("/stream").fetch().cookie(&cookie);
    let mut exchange = request.begin().await;
    let head = timeout(Duration::from_millis(700), exchange.head()).await.expect("the head comes at once");
    assert_eq!(head.map(|head| head.status), Some(200));
    let first =
        timeout(Duration::from_millis(700), exchange.piece()).await.expect("the first piece comes at once");
    let first = String::from_utf8_lossy(&first).into_owned();
    assert!(first.contains("first") && !first.contains("second"), "{first}");
    let mut rest = String::new();
    while !rest.contains("second") {
        rest.push_str(&String::from_utf8_lossy(&exchange.piece().await));
    }
}

#[tokio::test]
async fn a_request_body_of_unknown_length_arrives_whole() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let request = rec.post("/upload").fetch().origin(&rec.origin()).cookie(&cookie);
    let request = request
        .header("Transfer-Encoding", "chunked")
        .body("text/plain", "5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n");
    request.send().await.expect(200);
    let body = String::from_utf8_lossy(&stage.recorder("rec").latest("/upload").body).into_owned();
    assert!(body.contains("first") && body.contains("second"), "{body}");
}

#[tokio::test]
async fn an_app_that_is_down_is_502_with_a_page_that_tells_the_shell() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "finance").await;
    let answer =
        stage.dashboard("finance").get("/").frame_document().cookie(&cookie).send().await.expect(502);
    let page = answer.text();
    assert!(page.contains("postMessage") && page.contains("unreachable"), "{page}");
    assert!(!page.contains(&stage.upstream_port("finance").to_string()), "it does not say where the app is");
    let finance = stage.dashboard("finance");
    let socket = finance.get("/live").websocket(&finance.origin()).cookie(&cookie).open().await;
    assert_eq!(socket.err().map(|refusal| refusal.status), Some(502));
}
