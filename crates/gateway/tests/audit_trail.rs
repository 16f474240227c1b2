//! The audit trail: every decision once and not every request, bounded whatever strangers do; and what still
//! works when it cannot be written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Person, Stage, StageOptions,
    flow::{APP_COOKIE, Flow, SIGN_IN_COOKIE},
    person::{ADA, CARLA},
};
use serde_json::{Value, json};
use tokio::time::sleep;

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").public_upstream("open").without_apps()
}

fn find<'a>(events: &'a [Value], kind: &str, subject: &str, outcome: &str) -> Vec<&'a Value> {
    let wanted =
        |event: &&Value| event["kind"] == kind && event["subject"] == subject && event["outcome"] == outcome;
    events.iter().filter(wanted).collect()
}

#[tokio::test]
async fn the_audit_trail_holds_every_decision_once_and_not_every_request() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    for _ in 0..20 {
        rec.get("/page").fetch().cookie(&cookie).send().await.expect(200);
    }
    for _ in 0..2 {
        assert!(rec.get("/ws").websocket(&rec.origin()).cookie(&cookie).open().await.is_ok());
    }
    carla.ticket(&stage, "data-science").await.expect(404);
    carla.sign_out(&stage).await.expect(200);
    sleep(Duration::from_millis(500)).await;
    let events = stage.audit();
    let count = |kind: &str, outcome: &str| find(&events, kind, "c", outcome).len();
    assert_eq!(count("sign-in", "allowed"), 1, "{events:#?}");
    assert_eq!(count("ticket", "allowed"), 1, "{events:#?}");
    assert_eq!(count("grant", "allowed"), 1, "twenty requests, one grant: {events:#?}");
    assert_eq!(count("web-socket", "allowed"), 2, "{events:#?}");
    assert_eq!(count("ticket", "denied"), 1, "{events:#?}");
    assert_eq!(count("sign-out", "allowed"), 1, "{events:#?}");
    let mut ids: Vec<_> = events.iter().map(|event| event["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "ids are unique");
    for event in &events {
        assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{event}");
    }
}

#[tokio::test]
async fn strangers_cannot_fill_the_audit_trail() {
    let stage = Stage::start(options()).await;
    let before = stage.audit().len();
    for nth in 0..200 {
        let host = stage.dashboard(&format!("guess-{nth}"));
        host.get("/").fetch().send().await.expect(401);
    }
    sleep(Duration::from_millis(300)).await;
    assert!(stage.audit().len() <= before + 10, "{} events for 200 strangers", stage.audit().len() - before);
}

#[tokio::test]
async fn strangers_with_invented_cookies_and_codes_cannot_fill_it_either() {
    let stage = Stage::start(options().default_log()).await;
    let before = stage.audit().len();
    let cookie = format!("{SIGN_IN_COOKIE}={}", "A".repeat(43));
    let mut refused = 0;
    for nth in 0..330 {
        let body =
            json!({ "code": format!("junk-{nth}"), "verifier": "v".repeat(43), "state": "s".repeat(22) });
        let answer = stage.portal().api("POST", "/api/session").cookie(&cookie).json(&body).send().await;
        assert!(matches!(answer.status, 403 | 429), "{}", answer.everything());
        refused += u64::from(answer.status == 403);
    }
    assert!(refused >= 300, "only {refused} went as far as the provider");
    let mut process = stage.take("lanyard");
    process.terminate();
    process.ended(Duration::from_secs(10)).await;
    let events = stage.audit();
    assert!(events.len() <= before + 10, "{} events for 330 strangers: {events:#?}", events.len() - before);
    let counted: u64 = events.iter().filter_map(|event| event["count"].as_u64()).sum();
    assert!(counted >= 330, "and none of them is lost, {counted} are counted: {events:#?}");
}

/// `/dev/full` can be opened, and every write to it fails.
#[tokio::test]
async fn when_it_cannot_be_written_nothing_new_is_granted_and_everything_that_takes_away_works() {
    let stage = Stage::start(options().server("audit = \"/dev/full\"")).await;
    let ada = Person::sign_in(&stage, ADA).await;
    assert_eq!(ada.sees(&stage).await.len(), 6, "signing in is recorded later, if ever");
    let entered = ada.knock(&stage, "rec", "/").await;
    assert_eq!(entered.status, 503, "a new grant waits for its event:\n{}", entered.everything());
    assert_eq!(entered.cookie(APP_COOKIE), None);
    assert!(entered.text().contains("Access cannot be recorded at the moment"), "{}", entered.text());
    assert!(stage.recorder("rec").seen().is_empty(), "the app was not asked");
    stage.dashboard("open").get("/page").top_document().send().await.expect(200);
    ada.ticket(&stage, "nothing-like-this").await.expect(404);
    ada.sign_out(&stage).await.expect(200);
    let session = ada.api(&stage, "GET", "/api/session").send().await.expect(200).json();
    assert!(session["identity"].is_null(), "{session}");
    let flow = Flow::begin(&stage).await;
    let callback = flow.at_provider(&stage, CARLA).await;
    flow.redeem(&stage, &callback, &flow.cookies()).await.expect(200);
}
