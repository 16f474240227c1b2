//! What nobody can use up: sign-ins, tickets, sessions of one person, connections, time, memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Answer, Person, Request, Site, Stage, StageOptions,
    counters::Counters,
    person::{ADA, CARLA, enter},
};
use serde_json::json;
use tokio::time::timeout;

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").public_upstream("open").without_apps()
}

fn limits(lines: &str) -> StageOptions {
    options().toml(&format!("[limits]\n{lines}"))
}

/// Sends a request again and again. How often it was answered with `status` before it was answered with 429,
/// and that answer.
async fn until_refused(request: &Request, status: u16, at_most: usize) -> (usize, Answer) {
    for nth in 0..at_most {
        let answer = request.clone().send().await;
        if answer.status == 429 {
            assert!(answer.header("retry-after").is_some(), "when to come back:\n{}", answer.everything());
            return (nth, answer);
        }
        answer.expect(status);
    }
    panic!("still answered with {status} after {at_most} requests")
}

#[tokio::test]
async fn a_session_may_ask_for_240_tickets_a_minute_and_others_do_not_pay_for_it() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let ask = ada.api(&stage, "POST", "/api/dashboards/rec/ticket");
    let (admitted, refused) = until_refused(&ask, 200, 600).await;
    assert!(admitted >= 240, "refused after {admitted}");
    assert_eq!(refused.problem(), "too-many-requests");
    carla.knock(&stage, "rec", "/").await.expect(303);
    assert_eq!(ada.sees(&stage).await.len(), 6, "and the rest of her portal works");
}

#[tokio::test]
async fn the_oldest_sessions_of_a_person_with_more_than_20_end() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let mut carlas = Vec::new();
    for _ in 0..30 {
        carlas.push(Person::sign_in(&stage, CARLA).await);
    }
    for (nth, carla) in carlas.iter().enumerate() {
        let session = carla.api(&stage, "GET", "/api/session").send().await.expect(200).json();
        assert_eq!(session["identity"].is_null(), nth < 10, "sign-in {nth} of 30: {session}");
        assert_eq!(carla.ticket(&stage, "rec").await.status, if nth < 10 { 401 } else { 200 }, "{nth}");
    }
    assert_eq!(ada.sees(&stage).await.len(), 6, "nobody else pays for it");
    assert_eq!(Counters::read(&stage).await.sessions(), 21);
}

#[tokio::test]
async fn anonymous_calls_for_the_session_have_ten_times_the_allowance_of_sign_ins() {
    let stage = Stage::start(limits("sign_ins = 20")).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let portal = stage.portal();
    let ask = portal.get("/api/session").fetch();
    let (admitted, _) = until_refused(&ask, 200, 1_000).await;
    assert!((100..400).contains(&admitted), "refused after {admitted}");
    let invented = ask.cookie(&format!("__Host-lanyard={}", "A".repeat(43)));
    let (spared, _) = until_refused(&invented, 200, 100).await;
    assert!(spared < 50, "an invented cookie is nobody's, and had {spared} of its own");
    assert_eq!(ada.sees(&stage).await.len(), 6, "who is signed in is not a stranger");
    portal.get("/").top_document().send().await.expect(200);
}

#[tokio::test]
async fn refusals_at_dashboard_hosts_have_that_allowance_too() {
    let stage = Stage::start(limits("sign_ins = 20")).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let (admitted, _) = until_refused(&rec.get("/page").fetch(), 401, 1_000).await;
    assert!((100..400).contains(&admitted), "refused after {admitted}");
    let unknown = stage.dashboard("nothing-like-this").get("/page").fetch();
    let (spared, _) = until_refused(&unknown, 401, 100).await;
    assert!(spared < 50, "each host has {spared} of its own");
    rec.get("/page").fetch().cookie(&cookie).send().await.expect(200);
    stage.dashboard("open").get("/page").fetch().send().await.expect(200);
}

/// A request that promises 100 bytes and sends one.
fn unfinished(request: Request) -> Request {
    request.body("application/json", "{").header("Content-Length", "100")
}

/// The answer, and that the gateway ended the connection with it.
async fn cut_off(request: Request) -> Answer {
    let read = async {
        let mut exchange = request.begin().await;
        let mut answer = exchange.head().await.expect("an answer, not just an end");
        answer.body = exchange.body(&answer).await;
        assert!(!exchange.more().await, "the connection stays open after:\n{}", answer.everything());
        answer
    };
    timeout(Duration::from_secs(5), read).await.expect("cut off within 5 s of a limit of 1 s")
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let stage = Stage::start(limits("header_timeout = \"1s\"")).await;
    let portal = stage.portal();
    cut_off(unfinished(portal.api("POST", "/api/sign-in"))).await.expect(408);
    cut_off(unfinished(portal.api("POST", "/api/session"))).await.expect(408);
    let entry =
        enter(&stage.dashboard("rec"), &stage, "t", "/").body("application/x-www-form-urlencoded", "t");
    cut_off(entry.header("Content-Length", "100")).await.expect(408);
    stage.admin().has_refused("too-slow", 3).await;
}

#[tokio::test]
async fn an_upload_to_an_app_may_take_longer_than_a_header() {
    let stage = Stage::start(limits("header_timeout = \"1s\"")).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let upload = rec.post("/echo").fetch().origin(&rec.origin()).cookie(&cookie);
    let mut exchange = upload.body("text/plain", "fig").header("Content-Length", "7").begin().await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    tokio::io::AsyncWriteExt::write_all(&mut exchange.stream, b"ures").await.expect("it is still read");
    assert_eq!(exchange.finish().await.expect(200).text(), "figures");
}

async fn knock(at: &Site) -> lanyard_testbed::answer::Exchange {
    at.get("/ws").websocket(&at.origin()).begin().await
}

#[tokio::test]
async fn the_fourth_of_three_connections_waits_until_one_closes_websockets_too() {
    let stage = Stage::start(limits("connections = 3").server("trusted_proxies = [\"127.0.0.1\"]")).await;
    let open = stage.dashboard("open");
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(open.get("/ws").websocket(&open.origin()).opened().await);
    }
    let mut fourth = knock(&open).await;
    let early = timeout(Duration::from_secs(1), fourth.head()).await;
    assert!(early.is_err(), "answered while three are open: {early:?}");
    for socket in &mut sockets {
        socket.say("still here").await;
        assert_eq!(socket.hear().await, "still here");
    }
    drop(sockets.pop());
    let answer = timeout(Duration::from_secs(5), fourth.head()).await.expect("there is room now");
    assert_eq!(answer.map(|answer| answer.status), Some(101));
}

/// What strangers can ask for, in turn.
fn strange(stage: &Stage, nth: usize) -> Request {
    let invented = format!("{nth:043}");
    match nth % 5 {
        0 => stage.portal().api("POST", "/api/sign-in").json(&json!({ "state": format!("{nth:022}") })),
        1 => stage.portal().get("/api/session").fetch().cookie(&format!("__Host-lanyard={invented}")),
        2 => stage.dashboard(&format!("guess-{nth}")).get("/").fetch(),
        3 => {
            let host = stage.dashboard("rec").get(&format!("/{nth}")).frame_document();
            host.cookie(&format!("__Host-lanyard-app={invented}"))
        }
        _ => enter(&stage.dashboard("rec"), stage, &invented, "/"),
    }
}

#[tokio::test]
async fn memory_stays_bounded_through_20_000_requests_of_strangers() {
    /// Some 100 bytes kept of each request are enough to fail.
    const BOUND: u64 = 2 * 1024 * 1024;
    let stage = Stage::start(limits("sign_ins = 1000000").default_log()).await;
    for nth in 0..3_000 {
        strange(&stage, nth).send().await;
    }
    let process = stage.take("lanyard");
    let before = process.memory();
    assert!(before > 1024 * 1024, "the memory is read: {before} bytes");
    for nth in 3_000..23_000 {
        let answer = strange(&stage, nth).send().await;
        assert!(answer.status < 500, "{}", answer.everything());
    }
    let grown = process.memory().saturating_sub(before);
    assert!(grown < BOUND, "{} KB more than {} KB after 20 000 requests", grown / 1024, before / 1024);
}

#[tokio::test]
async fn visitors_of_a_public_dashboard_leave_no_connection_to_the_app_behind() {
    let options = StageOptions::default().public_upstream("open").without_apps();
    let stage = Stage::start(options.server("trusted_proxies = [\"127.0.0.1\"]").default_log()).await;
    let gateway = stage.take("lanyard");
    let page = stage.dashboard("open").get("/page").top_document();
    for nth in 0..1_000 {
        let from = format!("198.18.{}.{}", nth / 250, nth % 250);
        page.clone().header("X-Forwarded-For", from).send().await.expect(200);
    }
    let files = gateway.open_files();
    assert!(files < 100, "{files} files are open after a thousand visitors");
}
