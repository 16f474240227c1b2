//! The end of a session: asked for, or by its absolute limit. Cookies, dashboards and open WebSockets end
//! with it, and nobody else's do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Person, Stage, StageOptions,
    flow::PORTAL_COOKIE,
    person::{ADA, CARLA},
    websocket::Socket,
};
use tokio::time::sleep;

async fn socket(stage: &Stage, cookie: &str) -> Socket {
    let rec = stage.dashboard("rec");
    rec.get("/ws").websocket(&rec.origin()).cookie(cookie).opened().await
}

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

#[tokio::test]
async fn signing_out_ends_everything_within_a_second_and_says_where_the_providers_session_ends() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let (hers, adas) = (carla.enter(&stage, "rec").await, ada.enter(&stage, "rec").await);
    let open = socket(&stage, &hers).await;
    let mut other = socket(&stage, &adas).await;
    let answer = carla.sign_out(&stage).await.expect(200);
    assert_eq!(open.closed(Duration::from_secs(1)).await, Some(4401));
    assert_eq!(answer.cookie(PORTAL_COOKIE).as_deref(), Some(""), "the cookie is taken away");
    let url = answer.json()["logout_url"].as_str().expect("the provider has an end of session").to_owned();
    assert!(url.starts_with(&stage.provider().origin()), "{url}");
    assert!(url.contains("post_logout_redirect_uri=") && url.len() <= 2_000, "{url}");
    let asked = carla.api(&stage, "GET", "/api/session").send().await.expect(200).json();
    assert!(asked["identity"].is_null());
    let page = stage.dashboard("rec").get("/").fetch().cookie(&hers).send().await;
    assert_eq!(page.status, 401);
    other.say("still here").await;
    assert_eq!(other.hear().await, "still here", "somebody else's connection stays");
    assert_eq!(ada.sees(&stage).await.len(), 5);
}

#[tokio::test]
async fn signing_out_twice_or_as_nobody_is_no_error() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    carla.sign_out(&stage).await.expect(200);
    let again = carla.sign_out(&stage).await;
    assert!(again.status < 500, "{}", again.everything());
    let nobody = stage.portal().api("DELETE", "/api/session").send().await;
    assert!(nobody.status < 500, "{}", nobody.everything());
}

#[tokio::test]
async fn the_absolute_limit_closes_what_is_open() {
    let stage = Stage::start(options().toml("[session]\nabsolute = \"3s\"")).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let mut open = socket(&stage, &cookie).await;
    assert!(open.stays_open(Duration::from_millis(1_000)).await, "not before its time");
    assert_eq!(open.closed(Duration::from_secs(4)).await, Some(4401));
    sleep(Duration::from_millis(200)).await;
    let session = carla.api(&stage, "GET", "/api/session").send().await.expect(200).json();
    assert!(session["identity"].is_null(), "{session}");
    assert_eq!(stage.dashboard("rec").get("/").fetch().cookie(&cookie).send().await.status, 401);
    assert_eq!(carla.ticket(&stage, "rec").await.status, 401);
}

#[tokio::test]
async fn a_download_that_is_under_way_ends_with_its_session() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let mut stream = stage.dashboard("rec").get("/stream").fetch().cookie(&cookie).begin().await;
    assert!(stream.head().await.is_some());
    assert!(String::from_utf8_lossy(&stream.piece().await).contains("first"));
    carla.sign_out(&stage).await.expect(200);
    let mut rest = String::new();
    while stream.more().await {
        rest.push_str(&String::from_utf8_lossy(&stream.piece().await));
    }
    assert!(!rest.contains("second"), "it went on after sign-out: {rest}");
}
