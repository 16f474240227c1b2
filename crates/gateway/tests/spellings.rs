//! What can be written in more than one way, over the wire: paths of ours that an app could read otherwise, cookies
//! without a name, an Origin said twice, an address behind bytes that are no text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{
    Person, Stage, StageOptions,
    person::{ADA, CARLA},
};

#[tokio::test]
async fn no_spelling_of_the_reserved_part_reaches_the_app() {
    let stage = Stage::start(StageOptions::default().upstream("rec").without_apps()).await;
    let (carla, ada) = (Person::sign_in(&stage, CARLA).await, Person::sign_in(&stage, ADA).await);
    let (cookie, other) = (carla.enter(&stage, "rec").await, ada.enter(&stage, "rec").await);
    let rec = stage.dashboard("rec");
    let (before, spellings) = (
        stage.admin().refusals("reserved").await,
        [
            "/_lanyard/x",
            "//_LANYARD/x",
            "/%5flanyard/x",
            "/%255Flanyard/x",
            "/a/../_lanyard/x",
            "/a/..;/_lanyard/x",
            "/x%2fy/../_lanyard/x",
            "/x%5cy/%2e%2e/_lanyard/x",
            "/a/../_lanyard//../x",
            "/a/../_lanyard/..;/x",
            "/;%2fx/_lanyard/x",
            "/.%00%2fx/_lanyard/x",
            "/x%2fy/..%20/_lanyard./x",
        ],
    );
    for path in spellings {
        let answer = rec.get(path).fetch().cookie(&cookie).send().await;
        assert_eq!(answer.status, 404, "{path}:\n{}", answer.everything());
        assert!(!answer.text().is_empty(), "{path} is refused with a sentence");
    }
    assert!(stage.recorder("rec").seen().is_empty(), "one of them reached the app");
    assert_eq!(stage.admin().refusals("reserved").await - before, spellings.len() as u64);
    for cookie in [&cookie, &other] {
        rec.get("/a/_lanyard;x=1?b=/_lanyard/").fetch().cookie(cookie).send().await.expect(200);
    }
}

#[tokio::test]
async fn an_app_is_told_one_origin_one_address_and_no_cookie_that_looks_like_ours() {
    let options = StageOptions::default().upstream("rec").without_apps();
    let stage = Stage::start(options.server("trusted_proxies = [\"127.0.0.1\"]")).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let jar = format!("=__Host-lanyard=x; {cookie}; = =__Host-lanyard-app=y; =a=b; \u{fc}; c = d");
    let sent = rec
        .get("/told")
        .site("none", "navigate", "document")
        .cookie(&jar)
        .header("Origin", "https://evil.example")
        .header("Origin", "https://worse.example")
        .header("X-Forwarded-For", "203.0.113.1")
        .header("X-Forwarded-For", b"\xff, 192.0.2.7");
    sent.send().await.expect(200);
    let seen = stage.recorder("rec").latest("/told");
    assert_eq!(seen.header("cookie"), Some("=a=b; \u{fc}; c = d"), "{seen:?}");
    assert_eq!(seen.count("origin"), 1, "{seen:?}");
    assert_eq!(seen.header("origin"), Some(&*format!("http://localhost:{}", stage.upstream_port("rec"))));
    assert_eq!(seen.header("x-forwarded-for"), Some("192.0.2.7"), "the proxy's own hop, {seen:?}");
    assert!(stage.recorder("rec").violations().is_empty());
}
