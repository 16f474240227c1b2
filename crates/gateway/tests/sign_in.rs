//! Signing in over TCP, with the real provider, when everything goes right: what the cookies are like, what
//! becomes of the session before, and who may call at all. What goes wrong is in the `relying_party` files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{
    Person, Stage, StageOptions,
    flow::{Flow, PORTAL_COOKIE, SIGN_IN_COOKIE},
    person::{ADA, CARLA, DOV},
};
use serde_json::json;

/// What the browser keeps somebody's memory under.
async fn memory_key(stage: &Stage, name: &'static str) -> String {
    stage.provider_known().await;
    let person = Person::sign_in(stage, name).await;
    let session = person.api(stage, "GET", "/api/session").send().await.expect(200).json();
    session["identity"]["key"].as_str().expect("a key").to_owned()
}

#[tokio::test]
async fn issuer_and_subject_do_not_lead_to_a_memory_without_the_gateways_own_key() {
    let stage = Stage::start(StageOptions::default().without_apps()).await;
    let before = memory_key(&stage, CARLA).await;
    assert_ne!(memory_key(&stage, ADA).await, before);
    stage.stop("lanyard");
    stage.start_process("lanyard").await;
    assert_eq!(memory_key(&stage, CARLA).await, before, "a restart forgets nothing");
    stage.stop("lanyard");
    let state = stage.config().with_file_name("state");
    std::fs::remove_file(state.join("signing-key.pem")).expect("it was made at the start");
    stage.start_process("lanyard").await;
    assert_ne!(memory_key(&stage, CARLA).await, before, "another key, another name for the same person");
}

#[tokio::test]
async fn the_nonce_is_bound_to_the_browser_and_the_state() {
    let stage = Stage::demo().await;
    let one = Flow::begin(&stage).await;
    let again = Flow::begin_again(&stage, Some(&one.sign_in)).await;
    assert_eq!(one.sign_in, again.sign_in, "two tabs of one browser share the cookie");
    assert_ne!(one.nonce, again.nonce, "another state has another nonce");
    let request = |cookie: &str| {
        let request = stage.portal().api("POST", "/api/sign-in").json(&json!({ "state": one.state }));
        if cookie.is_empty() { request } else { request.cookie(&format!("{SIGN_IN_COOKIE}={cookie}")) }
    };
    let same = request(&one.sign_in).send().await.expect(200);
    assert_eq!(
        same.json()["nonce"],
        one.nonce.as_str(),
        "nothing is stored: the same question, the same answer"
    );
    let other = request("").send().await.expect(200);
    assert_ne!(other.json()["nonce"], one.nonce.as_str(), "another browser has another nonce");
    let line = other.header("set-cookie").expect("a new browser gets the cookie").to_owned();
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=600"] {
        assert!(line.contains(attribute), "{attribute} is missing: {line}");
    }
    assert!(!line.to_ascii_lowercase().contains("domain"), "{line}");
}

#[tokio::test]
async fn a_session_cookie_has_every_attribute_and_the_answer_is_not_stored() {
    let stage = Stage::demo().await;
    let flow = Flow::begin(&stage).await;
    let callback = flow.at_provider(&stage, ADA).await;
    let answer = flow.redeem(&stage, &callback, &flow.cookies()).await.expect(200);
    let line = answer.all("set-cookie").find(|line| line.starts_with("__Host-lanyard=")).expect("a session");
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(line.contains(attribute), "{attribute} is missing: {line}");
    }
    assert!(answer.header("cache-control").is_some_and(|rule| rule.contains("no-store")));
    let json = answer.json();
    assert_eq!(json["identity"]["email"], "ada@harbour.example");
    assert_eq!(json["roles"], json!(["manager", "signed-in"]));
}

#[tokio::test]
async fn a_session_cookie_that_somebody_brought_along_is_never_adopted() {
    let stage = Stage::demo().await;
    let fixed = "Zml4YXRpb24tZml4YXRpb24tZml4YXRpb24tZml4YXQ";
    let flow = Flow::begin(&stage).await;
    let callback = flow.at_provider(&stage, ADA).await;
    let cookies = format!("{}; {PORTAL_COOKIE}={fixed}", flow.cookies());
    let answer = flow.redeem(&stage, &callback, &cookies).await.expect(200);
    assert_ne!(answer.cookie(PORTAL_COOKIE).expect("a session"), fixed);
    let asked = stage.portal().get("/api/session").fetch().cookie(&format!("{PORTAL_COOKIE}={fixed}"));
    assert!(asked.send().await.expect(200).json()["identity"].is_null());
    let foreign_sign_in = "Zm9yZWlnbi1mb3JlaWduLWZvcmVpZ24tZm9yZWlnbi0";
    let flow = Flow::begin_again(&stage, Some(foreign_sign_in)).await;
    assert_eq!(flow.sign_in, foreign_sign_in, "the sign-in cookie binds a flow and signs nobody in");
}

#[tokio::test]
async fn a_new_sign_in_in_the_same_browser_ends_the_old_session() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let app = carla.enter(&stage, "finance").await;
    let flow = Flow::begin_again(&stage, Some(&carla.flow.sign_in)).await;
    let callback = flow.at_provider(&stage, DOV).await;
    let cookies = format!("{}; {}", flow.cookies(), carla.cookies());
    let answer = flow.redeem(&stage, &callback, &cookies).await.expect(200);
    assert_ne!(answer.cookie(PORTAL_COOKIE), Some(carla.cookie.clone()));
    let old = carla.api(&stage, "GET", "/api/session").send().await.expect(200).json();
    assert!(old["identity"].is_null(), "the old session is over: {old}");
    let page = stage.dashboard("finance").get("/").frame_document().cookie(&app).send().await;
    assert_eq!(page.status, 401, "and so is its way into dashboards");
}

#[tokio::test]
async fn two_sign_ins_at_once_in_one_browser_both_work() {
    let stage = Stage::demo().await;
    let one = Flow::begin(&stage).await;
    let two = Flow::begin_again(&stage, Some(&one.sign_in)).await;
    let (first, second) = (one.at_provider(&stage, ADA).await, two.at_provider(&stage, ADA).await);
    two.redeem(&stage, &second, &two.cookies()).await.expect(200);
    one.redeem(&stage, &first, &one.cookies()).await.expect(200);
}

#[tokio::test]
async fn calls_from_other_pages_and_without_the_header_are_refused() {
    let stage = Stage::demo().await;
    let ada = Person::sign_in(&stage, ADA).await;
    let evil = stage.dashboard("finance").origin();
    for (method, path) in [
        ("POST", "/api/sign-in"),
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("POST", "/api/dashboards/finance/ticket"),
    ] {
        let good = ada.api(&stage, method, path).json(&json!({ "state": "0123456789abcdef0123" }));
        for wrong in [
            good.clone().without("x-lanyard-request"),
            good.clone().origin(&evil),
            good.clone().origin("null"),
            good.clone().replace("Sec-Fetch-Site", "same-site"),
            good.clone().replace("Sec-Fetch-Site", "cross-site"),
            good.clone().without("Sec-Fetch-Site").without("Origin"),
        ] {
            let answer = wrong.send().await;
            assert_eq!(answer.status, 403, "{method} {path}:\n{}", answer.everything());
        }
    }
    let read = ada.api(&stage, "GET", "/api/session").replace("Sec-Fetch-Site", "same-site").origin(&evil);
    assert_eq!(read.send().await.status, 403);
    assert_eq!(ada.sees(&stage).await.len(), 4, "the session lives through all that");
}

#[tokio::test]
async fn too_many_sign_ins_are_answered_with_429() {
    let stage = Stage::start(StageOptions::default().toml("[limits]\nsign_ins = 20").without_apps()).await;
    let mut last = 0;
    for nth in 0..60 {
        let state = format!("0123456789abcdef{nth:04}");
        let answer = stage.portal().api("POST", "/api/sign-in").json(&json!({ "state": state })).send().await;
        last = answer.status;
        if last == 429 {
            assert_eq!(answer.problem(), "too-many-requests");
            break;
        }
        answer.expect(200);
    }
    assert_eq!(last, 429);
}
