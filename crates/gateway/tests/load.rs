//! Numbers: thousands of strangers, sessions and WebSockets at once. Memory stays bounded, and a bystander who
//! is signed in notices nothing. The figures are printed; what is asserted about them is only that they are sane.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::print_stderr, reason = "the figures")]

mod bystander;

use std::{sync::Arc, time::Duration};

use bystander::Bystander;
use futures_util::{StreamExt as _, stream};
use lanyard_testbed::{
    Person, Stage, StageOptions,
    counters::Counters,
    flow::{Flow, SIGN_IN_COOKIE},
    person::{ADA, BEN, CARLA},
};
use serde_json::json;

/// As many requests of a crowd are under way at once.
const AT_ONCE: usize = 16;

const MB: u64 = 1024 * 1024;

/// Where a crowd comes from that shares one network.
const ONE: &str = "203.0.113.9";

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
async fn ten_thousand_sign_ins_begun_and_twenty_thousand_invented_codes_cost_others_nothing() {
    let stage = Arc::new(Stage::start(options()).await);
    let process = stage.take("lanyard");
    let bystander = Bystander::begin(&stage, ADA).await;
    let before = process.memory();
    let issuer = stage.provider().origin();
    let invented_by = |nth: usize, from: &str| {
        let body = json!({
            "code": format!("junk-{nth}"),
            "verifier": "v".repeat(43),
            "state": "s".repeat(22),
            "iss": issuer,
        });
        let cookie = format!("{SIGN_IN_COOKIE}={}", "A".repeat(43));
        let request = stage.portal().api("POST", "/api/session").header("X-Forwarded-For", from);
        let request = request.cookie(&cookie).json(&body);
        async { request.send().await.status }
    };
    let begun = crowd(10_000, |nth| {
        let body = json!({ "state": format!("{nth:022}") });
        let request = stage.portal().api("POST", "/api/sign-in").header("X-Forwarded-For", ONE).json(&body);
        async { request.send().await.status }
    })
    .await;
    let invented = crowd(10_000, |nth| invented_by(nth, ONE)).await;
    // Each from a network of its own, so that the provider is asked each time.
    let scattered =
        crowd(10_000, |nth| invented_by(nth, &format!("198.18.{}.{}", nth / 250, nth % 250))).await;
    let somebody_else = Person::sign_in(&stage, CARLA).await;
    assert!(!somebody_else.sees(&stage).await.is_empty(), "who comes from elsewhere signs in");
    let grown = process.peak().saturating_sub(before);
    let seen = bystander.end().await;
    eprintln!(
        "begun {begun:?}, invented {invented:?}, scattered {scattered:?}, memory +{} KB, {seen}",
        grown / 1024
    );
    assert_eq!(of(&begun, 200) + of(&begun, 429), 10_000, "{begun:?}");
    assert_eq!(of(&invented, 403) + of(&invented, 429), 10_000, "{invented:?}");
    assert!(
        of(&begun, 429) > 9_000 && of(&invented, 429) > 9_000,
        "most are refused: {begun:?}, {invented:?}"
    );
    // A network that shares its bucket with the flood's may have to wait as well: one in 4096 does.
    assert_eq!(of(&scattered, 403) + of(&scattered, 429), 10_000, "{scattered:?}");
    assert!(of(&scattered, 429) < 10, "each code is the provider's to refuse: {scattered:?}");
    let asked = stage.asked("token").await;
    assert!(asked >= 10_000, "it was asked {asked} times");
    let counted = Counters::read(&stage).await.refusals("rate-limited") as usize;
    assert_eq!(counted, of(&begun, 429) + of(&invented, 429) + of(&scattered, 429), "each of them");
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
    let grown = process.peak().saturating_sub(before);
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
async fn five_thousand_websockets_are_carried_at_once_and_a_sign_out_ends_half_of_them() {
    const SOCKETS: usize = 5_000;
    lanyard_testbed::process::may_open(4 * SOCKETS as u64);
    let stage = Arc::new(Stage::start(options()).await);
    let process = stage.take("lanyard");
    let bystander = Bystander::begin(&stage, ADA).await;
    let before = process.memory();
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let (open, rec) = (stage.dashboard("open"), stage.dashboard("rec"));
    // Every other one is Carla's.
    let handshakes = (0..SOCKETS).map(|nth| match nth % 2 {
        0 => open.get("/ws").websocket(&open.origin()).opened(),
        _ => rec.get("/ws").websocket(&rec.origin()).cookie(&cookie).opened(),
    });
    let mut sockets: Vec<_> = stream::iter(handshakes).buffered(AT_ONCE).collect().await;
    let grown = process.peak().saturating_sub(before);
    for (nth, socket) in sockets.iter_mut().enumerate().step_by(125) {
        socket.say(&format!("message {nth}")).await;
        assert_eq!(socket.hear().await, format!("message {nth}"));
    }
    assert_eq!(Counters::read(&stage).await.connections(), SOCKETS as u64);
    carla.sign_out(&stage).await.expect(200);
    Counters::until_connections(&stage, SOCKETS as u64 / 2).await;
    let carlas = sockets.iter().enumerate().filter(|(nth, _)| nth % 2 == 1).map(|(nth, _)| nth);
    let carlas: Vec<_> = carlas.rev().collect();
    for nth in carlas {
        let ended = sockets.swap_remove(nth).closed(Duration::from_secs(5)).await;
        assert_eq!(ended, Some(4401), "{nth} is closed, and told why");
    }
    let seen = bystander.end().await;
    eprintln!(
        "{SOCKETS} WebSockets, memory +{} KB: {} bytes each, {seen}",
        grown / 1024,
        grown / SOCKETS as u64
    );
    assert!(grown < SOCKETS as u64 * 32 * 1024, "{} KB", grown / 1024);
    drop(sockets);
    Counters::until_connections(&stage, 0).await;
}
