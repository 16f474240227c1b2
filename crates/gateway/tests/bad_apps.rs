//! Apps that misbehave: one never answers, one answers a byte a second, one breaks off, one's header never
//! ends. Each is one clear refusal or one broken answer, costs no memory, and the other apps go on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::print_stderr, reason = "the figures")]

mod bystander;

use std::{future::pending, sync::Arc, time::Duration};

use bystander::Bystander;
use lanyard_testbed::{Script, Stage, StageOptions, counters::Counters, person::ADA};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

const MB: u64 = 1024 * 1024;
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n";

async fn app(mut stream: TcpStream, target: String) {
    match target.as_str() {
        "/never" => pending().await,
        "/drip" => {
            let _ = stream.write_all(HEAD).await;
            for _ in 0..10 {
                sleep(Duration::from_millis(300)).await;
                let _ = stream.write_all(b"x").await;
            }
        }
        "/stops" => {
            let _ = stream.write_all(HEAD).await;
            let _ = stream.write_all(b"half").await;
            pending().await
        }
        "/breaks" => {
            let _ = stream.write_all(HEAD).await;
            let _ = stream.write_all(b"half").await;
        }
        "/breaks-at-once" => {}
        "/header" => {
            // A gigabyte, unless somebody stops it.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            let line = [b"X-More: ", &[b'x'; 8_000][..], b"\r\n"].concat();
            for _ in 0..125_000 {
                if stream.write_all(&line).await.is_err() {
                    return;
                }
            }
        }
        _ => drop(stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_does_not_answer_properly_is_said_to_and_nobody_else_notices() {
    let options = StageOptions::default().upstream("rec").bare_upstream("bad", "timeout = \"2s\"");
    let options = options.without_apps().toml("[limits]\nidle_timeout = \"2s\"");
    let stage = Arc::new(Stage::start(options).await);
    let _app = Script::start(stage.upstream_port("bad"), app).await;
    let bystander = Bystander::begin(&stage, ADA).await;
    let bad = stage.dashboard("bad");
    let process = stage.take("lanyard");
    let before = process.memory();
    for (target, status, reason) in
        [("/never", 504, "timed-out"), ("/breaks-at-once", 502, "broke"), ("/header", 502, "malformed")]
    {
        let already = Counters::read(&stage).await.upstream_failures(reason);
        let answer = bad.get(target).fetch().send().await;
        assert_eq!(answer.status, status, "{target}:\n{}", answer.everything());
        assert!(answer.text().contains("does not answer"), "{target}:\n{}", answer.text());
        assert_eq!(
            Counters::read(&stage).await.upstream_failures(reason),
            already + 1,
            "{target} is counted"
        );
    }
    let slow = bad.get("/drip").fetch().send().await.expect(200);
    assert_eq!(slow.text(), "x".repeat(10), "slow is not broken");
    for target in ["/breaks", "/stops"] {
        let mut exchange = bad.get(target).fetch().begin().await;
        let head = exchange.head().await.expect("it began well");
        assert_eq!((head.status, head.header("content-length")), (200, Some("10")), "{target}");
        while exchange.more().await {}
        assert_eq!(exchange.piece().await, b"half", "{target}: what came, and an end that is no proper one");
    }
    bad.get("/").fetch().send().await.expect(204);
    let headers = (0..50).map(|_| bad.get("/header").fetch().send());
    for answer in futures_util::future::join_all(headers).await {
        answer.expect(502);
    }
    let grown = process.peak().saturating_sub(before);
    eprintln!("memory +{} KB after 51 headers without an end; {}", grown / 1024, bystander.end().await);
    assert!(grown < 32 * MB, "{} KB", grown / 1024);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_was_restarted_is_reached_again_and_its_sockets_have_ended() {
    let stage = Arc::new(Stage::start(StageOptions::default().upstream("rec")).await);
    let bystander = Bystander::begin(&stage, ADA).await;
    let ada = lanyard_testbed::Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "finance").await;
    let finance = stage.dashboard("finance");
    let page = finance.get("/").frame_document().cookie(&cookie);
    let live = finance.get("/live").websocket(&finance.origin()).cookie(&cookie);
    page.clone().send().await.expect(200);
    let mut socket = live.clone().opened().await;
    socket.hear().await;
    stage.stop("finance");
    assert_eq!(socket.closed(Duration::from_secs(5)).await, None, "it ends as the app's did");
    let down = page.clone().send().await.expect(502);
    assert!(down.text().contains("Finance Team KPI"), "{}", down.text());
    stage.start_process("finance").await;
    page.send().await.expect(200);
    live.opened().await.hear().await;
    bystander.end().await;
}
