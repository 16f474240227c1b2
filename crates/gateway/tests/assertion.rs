//! The assertion, verified as an app would: by an independent library, with the keys that the portal publishes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::SystemTime;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use lanyard_testbed::{
    Person, Stage, StageOptions,
    person::{ADA, ELIF},
};
use serde_json::{Value, json};

async fn keys(stage: &Stage) -> JwkSet {
    let answer = stage.portal().get("/.well-known/jwks.json").send().await.expect(200);
    assert!(!answer.text().contains("\"d\""), "only the public part is published");
    serde_json::from_value(answer.json()).expect("a JWK set (RFC 7517)")
}

/// The claims, if signature, time and audience hold.
fn verify(keys: &JwkSet, token: &str, audience: &str) -> Result<Value, jsonwebtoken::errors::Error> {
    let header = decode_header(token)?;
    assert_eq!(header.alg, Algorithm::EdDSA);
    assert_eq!(header.typ.as_deref(), Some("lanyard-assertion+jwt"));
    let key = keys.find(&header.kid.expect("a kid")).expect("the key is published");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[audience]);
    validation.leeway = 0;
    decode(token, &DecodingKey::from_jwk(key)?, &validation).map(|data| data.claims)
}

fn stage_options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

async fn assertion(stage: &Stage, cookie: &str, target: &str) -> String {
    stage.dashboard("rec").get(target).fetch().cookie(cookie).send().await.expect(200);
    stage.recorder("rec").latest(target).header("x-lanyard-assertion").expect("an assertion").to_owned()
}

#[tokio::test]
async fn an_app_can_verify_who_is_looking_with_the_published_keys() {
    let stage = Stage::start(stage_options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let token = assertion(&stage, &ada.enter(&stage, "rec").await, "/one").await;
    assert!(token.len() <= 4 * 1024);
    let keys = keys(&stage).await;
    let audience = stage.dashboard("rec").origin();
    let claims = verify(&keys, &token, &audience).expect("it verifies");
    assert_eq!(claims["iss"], stage.portal().origin());
    assert_eq!(claims["aud"], audience);
    assert_eq!(claims["sub"], "a");
    assert_eq!(claims["idp"], stage.provider().origin());
    assert_eq!(claims["name"], ADA);
    assert_eq!(claims["email"], "ada@harbour.example");
    assert_eq!(claims["groups"], json!(["Manager"]));
    assert_eq!(claims["roles"], json!(["manager"]));
    for name in ["cid", "jti"] {
        assert!(claims[name].as_str().is_some_and(|value| value.len() >= 16), "{name}: {claims}");
    }
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    let (issued, expires) = (claims["iat"].as_u64().expect("iat"), claims["exp"].as_u64().expect("exp"));
    assert_eq!(expires - issued, 120);
    assert!(issued <= now && now < expires);
}

#[tokio::test]
async fn it_is_of_no_use_for_another_app_or_when_a_byte_changes() {
    let stage = Stage::start(stage_options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let token = assertion(&stage, &ada.enter(&stage, "rec").await, "/one").await;
    let keys = keys(&stage).await;
    assert!(verify(&keys, &token, &stage.dashboard("rec").origin()).is_ok(), "it is good where it belongs");
    assert!(verify(&keys, &token, &stage.dashboard("finance").origin()).is_err());
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let tampered = format!("{signed}.{flipped}{}", &signature[1..]);
    assert!(verify(&keys, &tampered, &stage.dashboard("rec").origin()).is_err());
}

#[tokio::test]
async fn groups_and_roles_are_only_those_that_the_dashboards_rule_names() {
    let stage = Stage::start(stage_options()).await;
    let elif = Person::sign_in(&stage, ELIF).await;
    let token = assertion(&stage, &elif.enter(&stage, "rec").await, "/one").await;
    let claims = verify(&keys(&stage).await, &token, &stage.dashboard("rec").origin()).expect("it verifies");
    assert_eq!(claims["groups"], json!(["Finance Team"]));
    assert_eq!(claims["roles"], json!(["finance"]));
}

#[tokio::test]
async fn every_websocket_has_a_connection_id_of_its_own() {
    let stage = Stage::start(stage_options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let keys = keys(&stage).await;
    let mut ids = Vec::new();
    let mut open = Vec::new();
    for target in ["/ws/1", "/ws/2", "/ws/3"] {
        open.push(rec.get(target).websocket(&rec.origin()).cookie(&cookie).opened().await);
        let seen = stage.recorder("rec").latest(target);
        let token = seen.header("x-lanyard-assertion").expect("an assertion");
        let claims = verify(&keys, token, &rec.origin()).expect("it verifies");
        ids.push(claims["cid"].as_str().expect("cid").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3, "{ids:?}");
}

#[tokio::test]
async fn the_key_is_kept_across_a_restart() {
    let stage = Stage::start(stage_options()).await;
    let before = keys(&stage).await;
    stage.stop("lanyard");
    stage.start_process("lanyard").await;
    assert_eq!(keys(&stage).await, before);
}
