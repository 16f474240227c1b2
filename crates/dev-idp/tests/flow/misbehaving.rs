//! Each behaviour is wrong in its one way, and ends when it is told to.

use serde_json::json;

use crate::{judge::judge, wire::Site};

#[tokio::test]
async fn a_wrong_id_token_is_refused_by_openidconnect() {
    let mut site = Site::start().await;
    for (behaviour, complaint) in [
        ("wrong-nonce", "nonce"),
        ("wrong-aud", "audience"),
        ("wrong-iss", "issuer"),
        ("expired", "expired"),
        ("wrong-signature", "ignature"),
    ] {
        let order = json!({ "behaviours": [behaviour] }).to_string();
        assert_eq!(site.misbehave(&order).await.status, 204);
        let code = site.code("a").await;
        let tokens = site.redeem(&code, &[]).await.json();
        let refused = judge(&site, &tokens, "n1").await.expect_err(behaviour);
        assert!(refused.contains(complaint), "{behaviour}: {refused}");
    }
    assert_eq!(site.misbehave(r#"{ "behaviours": [] }"#).await.status, 204);
    let code = site.code("a").await;
    let tokens = site.redeem(&code, &[]).await.json();
    assert!(judge(&site, &tokens, "n1").await.is_ok());
}

#[tokio::test]
async fn groups_can_be_wrong_in_three_ways() {
    let mut site = Site::start().await;
    for (behaviour, claim, expected) in [
        ("groups-as-string", "groups", json!("Finance Team")),
        ("groups-overage", "_claim_names", json!({ "groups": "src1" })),
        ("groups-malformed", "groups", json!(["Finance Team", 7, { "name": "Manager" }])),
    ] {
        site.misbehave(&json!({ "behaviours": [behaviour] }).to_string()).await;
        let code = site.code("c").await;
        let tokens = site.redeem(&code, &[]).await.json();
        let claims = judge(&site, &tokens, "n1").await.expect("good otherwise");
        assert_eq!(claims.additional_claims().claims.get(claim), Some(&expected));
        let userinfo = site.userinfo(tokens["access_token"].as_str().expect("a token")).await.json();
        assert_eq!(userinfo[claim], expected);
        assert_eq!(userinfo.get("groups").is_some(), claim == "groups");
    }
}

#[tokio::test]
async fn it_can_be_slow_down_and_speak_of_somebody_else() {
    let mut site = Site::start().await;
    let code = site.code("a").await;
    let tokens = site.redeem(&code, &[]).await.json();
    let token = tokens["access_token"].as_str().expect("a token");
    site.misbehave(r#"{ "behaviours": ["other-subject"] }"#).await;
    assert_eq!(site.userinfo(token).await.json()["sub"], json!("a-another"));
    site.misbehave(r#"{ "behaviours": ["down"] }"#).await;
    assert_eq!(site.get("/jwks").await.status, 503);
    site.misbehave(r#"{ "behaviours": ["slow"], "delay_ms": 1000 }"#).await;
    let hurried = tokio::time::timeout(std::time::Duration::from_millis(500), site.get("/jwks")).await;
    assert!(hurried.is_err());
    assert_eq!(site.get("/jwks").await.status, 200);
}

#[tokio::test]
async fn an_unknown_behaviour_and_a_form_from_another_site_are_refused() {
    let site = Site::start().await;
    assert_eq!(site.misbehave(r#"{ "behaviours": ["be-good"] }"#).await.status, 422);
    let form = site.send("POST", "/misbehave", &[("Content-Type", "text/plain")], "{}").await;
    assert_eq!(form.status, 415);
}

#[tokio::test]
async fn without_the_option_there_is_no_such_endpoint() {
    let site = Site::start_as(false).await;
    assert_eq!(site.misbehave(r#"{ "behaviours": ["down"] }"#).await.status, 404);
    assert_eq!(site.get("/jwks").await.status, 200);
}
