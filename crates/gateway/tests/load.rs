//! Numbers: thousands of strangers, sessions and WebSockets at once. Memory stays bounded, and a bystander who
//! is signed in notices nothing. The figures are printed; what is asserted about them is only that they are sane.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::print_stderr, reason = "the figures")]

mod bystander;

use std::{sync::Arc, time::Duration};

use bystander::Bystander;
use futures_util::{StreamExt as _, stream};
use lanyard_testbed::{
    Person, Site, Stage, StageOptions,
    counters::Counters,
    flow::{Flow, SIGN_IN_COOKIE},
    person::{ADA, BEN, CARLA},
};
use serde_json::json;

/// As many requests of a crowd are under way at once.
const AT_ONCE: usize = 16;

const MB: u64 = 1024 * 1024;

/// Behind a terminator that says who the clients are.
fn options() -> StageOptions {
    let proxied = StageOptions::default().server("trusted_proxies = [\"127.0.0.1\"]");
    proxied.upstream("rec").public_upstream("open").without_apps().default_log()
}

/// How often each status came, of so many requests.
async fn crowd<F: Future<Output = u16>>(count: usize, request: impl Fn(usize) -> F) -> Vec<(u16, usize)> {
    let mut statuses: Vec<u16> =
        stream::iter(0..count).map(request).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    statuses.sort_unstable();
    statuses.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect()
}

fn of(statuses: &[(u16, usize)], status: u16) -> usize {
    statuses.iter().find(|(found, _)| *found == status).map_or(0, |(_, count)| *count)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_sign_ins_begun_and_ten_thousand_invented_codes_from_one_network_cost_others_nothing() {
    let stage = Arc::new(Stage::start(options()).await);
    let process = stage.take("lanyard");
    let bystander = Bystander::begin(&stage, ADA).await;
    let before = process.memory();
    let from = |site: &Site, target: &str| site.api("POST", target).header("X-Forwarded-For", "203.0.113.9");
    let begun = crowd(10_000, |nth| {
        let body = json!({ "state": format!("{nth:022}") });
        let request = from(&stage.portal(), "/api/sign-in").json(&body);
        async { request.send().await.status }
    })
    .await;
    let invented = crowd(10_000, |nth| {
        let body =
            json!({ "code": format!("junk-{nth}"), "verifier": "v".repeat(43), "state": "s".repeat(22) });
        let cookie = format!("{SIGN_IN_COOKIE}={}", "A".repeat(43));
        let request = from(&stage.portal(), "/api/session").cookie(&cookie).json(&body);
        async { request.send().await.status }
    })
    .await;
    let somebody_else = Person::sign_in(&stage, CARLA).await;
    assert!(!somebody_else.sees(&stage).await.is_empty(), "who comes from elsewhere signs in");
    let grown = process.memory().saturating_sub(before);
    let seen = bystander.end().await;
    eprintln!("begun {begun:?}, invented {invented:?}, memory +{} KB, {seen}", grown / 1024);
    assert_eq!(of(&begun, 200) + of(&begun, 429), 10_000, "{begun:?}");
    assert_eq!(of(&invented, 403) + of(&invented, 429), 10_000, "{invented:?}");
    assert!(
        of(&begun, 429) > 9_000 && of(&invented, 429) > 9_000,
        "most are refused: {begun:?}, {invented:?}"
    );
    let counted = Counters::read(&stage).await.refusals("rate-limited") as usize;
    assert_eq!(counted, of(&begun, 429) + of(&invented, 429), "each of them");
    assert!(grown < 16 * MB, "{} KB", grown / 1024);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_sessions_fit_and_when_there_is_no_room_nobody_who_is_in_loses_theirs() {
    const ROOM: usize = 10_000;
    let sessions = format!("[session]\nper_person = {ROOM}\ntotal = {ROOM}\n[limits]\nsign_ins = 1000000");
    let stage = Arc::new(Stage::start(options().toml(&sessions)).await);
    let process = stage.take("lanyard");
    let bystander = Bystander::begin(&stage, ADA).await;
    let before = process.memory();
    // The bystander has one.
    let signed_in = crowd(ROOM - 1, |_| async {
        Person::sign_in(&stage, CARLA).await;
        200
    })
    .await;
    let grown = process.memory().saturating_sub(before);
    let flow = Flow::begin(&stage).await;
    let callback = flow.at_provider(&stage, BEN).await;
    let one_too_many = flow.redeem(&stage, &callback, &flow.cookies()).await;
    let seen = bystander.end().await;
    eprintln!("{signed_in:?}, memory +{} KB: {} bytes each, {seen}", grown / 1024, grown / ROOM as u64);
    assert_eq!(Counters::read(&stage).await.sessions(), ROOM as u64);
    assert_eq!(stage.admin().refusals("full").await, 1);
    assert_eq!((one_too_many.status, one_too_many.problem().as_str()), (503, "unavailable"));
    assert!(grown < ROOM as u64 * 8 * 1024, "{} KB", grown / 1024);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_websockets_are_carried_at_once() {
    const SOCKETS: usize = 5_000;
    lanyard_testbed::process::may_open(4 * SOCKETS as u64);
    let stage = Arc::new(Stage::start(options()).await);
    let process = stage.take("lanyard");
    let bystander = Bystander::begin(&stage, ADA).await;
    let before = process.memory();
    let open = stage.dashboard("open");
    let handshakes = (0..SOCKETS).map(|_| open.get("/ws").websocket(&open.origin()).opened());
    let mut sockets: Vec<_> = stream::iter(handshakes).buffer_unordered(AT_ONCE).collect().await;
    let grown = process.memory().saturating_sub(before);
    for (nth, socket) in sockets.iter_mut().enumerate().step_by(250) {
        socket.say(&format!("message {nth}")).await;
        assert_eq!(socket.hear().await, format!("message {nth}"));
    }
    let seen = bystander.end().await;
    eprintln!(
        "{SOCKETS} WebSockets, memory +{} KB: {} bytes each, {seen}",
        grown / 1024,
        grown / SOCKETS as u64
    );
    assert_eq!(Counters::read(&stage).await.connections(), SOCKETS as u64);
    assert!(grown < SOCKETS as u64 * 32 * 1024, "{} KB", grown / 1024);
    drop(sockets);
    for _ in 0..100 {
        if Counters::read(&stage).await.connections() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("connections that their clients closed are still open after 10 s");
}
