//! Requests that no dashboard's own page would send: from other hosts' pages, too long, or too slow. None
//! reaches the app, and each is counted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{Person, Stage, StageOptions, answer::Exchange, counters::Counters, person::CARLA};
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
    let before = Counters::read(&stage).await;
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
    let after = Counters::read(&stage).await;
    let counted = ["cross-origin", "origin", "service-worker"].map(|why| after.refused_since(&before, why));
    assert_eq!(counted, [7, 2, 1], "each for its reason");
    rec.get("/data").fetch().cookie(&cookie).send().await.expect(200);
}

#[tokio::test]
async fn a_header_above_the_limit_is_refused_and_a_slow_one_is_cut() {
    let options = options().toml("[limits]\nheader_timeout = \"1s\"");
    let stage = Stage::start(options).await;
    let rec = stage.dashboard("rec");
    let admin = stage.admin();
    // How much of it arrives in one piece differs from time to time.
    for kilobytes in [66, 70, 90, 130, 300, 66, 70, 90, 130, 300] {
        let before = admin.refusals("header-too-large").await;
        let answer = rec.get("/").fetch().header("X-Filler", "x".repeat(kilobytes * 1024)).send().await;
        assert_eq!(answer.status, 431, "{kilobytes} KB:\n{}", answer.everything());
        assert!(answer.text().contains("longer than is read"), "{kilobytes} KB:\n{}", answer.everything());
        admin.has_refused("header-too-large", before + 1).await;
    }
    let long = rec.get(&format!("/{}", "x".repeat(70 * 1024))).fetch().send().await;
    assert!(matches!(long.status, 414 | 431) && !long.text().is_empty(), "{}", long.everything());
    let mut exchange = rec.get("/").header("X-Half", "").begin().await;
    assert!(exchange.head().await.is_some(), "a whole header is answered");
    // Whoever says nothing more is not slow; the connection just ends.
    let before = admin.refusals("too-slow").await;
    assert!(exchange.rest(Duration::from_secs(3)).await.1, "an idle connection is closed");
    assert_eq!(admin.refusals("too-slow").await, before);
    let bytes = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Slow: ", rec.host);
    let mut slow = Exchange::begin(rec.port, bytes.as_bytes(), false).await;
    for _ in 0..8 {
        sleep(Duration::from_millis(300)).await;
        if slow.stream.write_all(b"x").await.is_err() {
            break;
        }
    }
    let answer = timeout(Duration::from_secs(3), slow.head()).await.expect("the connection ends");
    let mut answer = answer.expect("with an answer").expect(408);
    answer.body = slow.body(&answer).await;
    assert!(answer.text().contains("in time"), "{}", answer.everything());
    admin.has_refused("too-slow", before + 1).await;
}
