//! Requests that no dashboard's own page would send: from other hosts' pages, too long, too slow, or with two
//! readings. Each is refused before the app hears of it, or reaches it with exactly one meaning.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Person, Stage, StageOptions,
    answer::Exchange,
    person::{ADA, CARLA},
};
use tokio::{
    io::AsyncWriteExt,
    time::{sleep, timeout},
};

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

#[tokio::test]
async fn scripts_images_and_fetches_of_other_hosts_are_refused() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    for (site, mode, destination) in [
        ("same-site", "no-cors", "script"),
        ("same-site", "no-cors", "image"),
        ("same-site", "cors", "empty"),
        ("cross-site", "cors", "empty"),
        ("cross-site", "navigate", "embed"),
        ("same-site", "navigate", "object"),
    ] {
        let answer = rec.get("/data").site(site, mode, destination).cookie(&cookie).send().await;
        assert_eq!(answer.status, 403, "{site} {mode} {destination}:\n{}", answer.everything());
    }
    let posted =
        rec.post("/data").site("same-site", "navigate", "iframe").cookie(&cookie).body("text/plain", "x");
    assert_eq!(posted.send().await.status, 403, "a form of another host");
    let old = rec.post("/data").cookie(&cookie).body("text/plain", "x");
    assert_eq!(old.clone().send().await.status, 403, "a browser that says nothing must say where from");
    assert_eq!(old.origin("http://evil.example").send().await.status, 403);
    let worker = rec.get("/worker.js").fetch().header("Service-Worker", "script").cookie(&cookie);
    assert_eq!(worker.send().await.status, 403, "no service worker");
    assert!(stage.recorder("rec").seen().is_empty(), "none of it reached the app");
    rec.get("/data").fetch().cookie(&cookie).send().await.expect(200);
}

#[tokio::test]
async fn a_header_above_the_limit_is_refused_and_a_slow_one_is_cut() {
    let options = options().toml("[limits]\nheader_timeout = \"1s\"");
    let stage = Stage::start(options).await;
    let rec = stage.dashboard("rec");
    // How much of it arrives in one piece differs from time to time.
    for kilobytes in [66, 70, 90, 130, 66, 70, 90, 130] {
        let answer = rec.get("/").fetch().header("X-Filler", "x".repeat(kilobytes * 1024)).send().await;
        assert!(matches!(answer.status, 400 | 431), "{kilobytes} KB:\n{}", answer.everything());
    }
    let mut exchange = rec.get("/").header("X-Half", "").begin().await;
    assert!(exchange.head().await.is_some(), "a whole header is answered");
    let bytes = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Slow: ", rec.host);
    let mut slow = Exchange::begin(rec.port, bytes.as_bytes(), false).await;
    for _ in 0..8 {
        sleep(Duration::from_millis(300)).await;
        if slow.stream.write_all(b"x").await.is_err() {
            break;
        }
    }
    let answer = timeout(Duration::from_secs(3), slow.head()).await.expect("the connection ends");
    assert!(answer.is_none_or(|answer| answer.status == 408), "a header that never ends is not served");
}

#[tokio::test]
async fn ambiguous_framing_is_refused_or_reaches_the_app_as_one_request() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let base = |line: &str, body: &str| {
        format!(
            "POST /smuggled HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n{line}\r\n\r\n{body}",
            rec.host,
            rec.origin()
        )
    };
    let inner = format!(
        "0\r\n\r\nGET /inner HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\r\n",
        rec.host
    );
    for (line, body) in [
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", inner.as_str()),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", &inner),
        ("Transfer-Encoding: xchunked", &inner),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", &inner),
        ("Content-Length: 5\r\nContent-Length: 6", "hello!"),
        ("Content-Length: +5", "hello"),
        ("Host: evil.example\r\nContent-Length: 0", ""),
        ("Transfer-Encoding : chunked", &inner),
    ] {
        let mut exchange = Exchange::begin(rec.port, base(line, body).as_bytes(), false).await;
        let answer = exchange.head().await;
        if let Some(answer) = answer.filter(|answer| answer.status != 400) {
            assert_eq!(answer.status, 200, "{line:?}:\n{}", answer.everything());
            assert_eq!(answer.header("connection"), Some("close"), "{line:?}:\n{}", answer.everything());
            // Served: then as one request in the gateway's own framing, and the connection ends with it
            // (RFC 9112, section 6.1).
            let seen = stage.recorder("rec").latest("/smuggled");
            assert_eq!(
                seen.count("content-length") + seen.count("transfer-encoding"),
                1,
                "{line:?}: {seen:?}"
            );
        }
        sleep(Duration::from_millis(100)).await;
        let reached: Vec<_> = stage.recorder("rec").seen().into_iter().map(|seen| seen.target).collect();
        assert!(reached.iter().all(|target| target != "/inner"), "{line:?} smuggled: {reached:?}");
    }
    let absolute =
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n", rec.host);
    let exchange = Exchange::begin(rec.port, absolute.as_bytes(), false);
    let answer = exchange.await.finish().await;
    assert!(matches!(answer.status, 400 | 421), "{}", answer.everything());
}
