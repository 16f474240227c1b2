//! The relying party after the OpenID Foundation's own list: the provider's ID tokens and keys are wrong in
//! one way at a time, and each time the gateway refuses for that very reason, or accepts what is only odd.
//! Userinfo is never asked before the ID token is wholly judged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attempt;

use attempt::{REFUSED, an_honest_sign_in_works, callback, now_and, refused, under};
use lanyard_testbed::{
    Person, Stage, StageOptions,
    counters::Counters,
    flow::Flow,
    person::{ADA, CARLA},
};
use serde_json::{Value, json};

/// More sign-ins a minute than one person would have.
fn options() -> StageOptions {
    StageOptions::default().without_apps().toml("[limits]\nsign_ins = 100000")
}

fn behaviours(names: &[&str]) -> Value {
    json!({ "behaviours": names })
}

/// Each order leads to a refusal for its reason, before userinfo is asked. Nobody else notices.
async fn all_refused(stage: &Stage, cases: &[(&str, Value, &str)]) {
    let carla = Person::sign_in(stage, CARLA).await;
    for (case, order, reason) in cases {
        let (before, userinfo) = (Counters::read(stage).await, stage.asked("userinfo").await);
        let answer = under(stage, order).await;
        refused(stage, &before, &answer, (&REFUSED, reason), case).await;
        assert_eq!(stage.asked("userinfo").await, userinfo, "{case}: userinfo was asked all the same");
        an_honest_sign_in_works(stage, case).await;
    }
    let session = carla.api(stage, "GET", "/api/session").send().await.expect(200).json();
    assert_eq!(session["identity"]["name"], CARLA, "who was signed in before still is");
}

/// Each order leads to a session of Ada's.
async fn all_accepted(stage: &Stage, cases: &[(&str, Value)]) {
    for (case, order) in cases {
        let before = Counters::read(stage).await;
        let answer = under(stage, order).await;
        assert_eq!(answer.status, 200, "{case}:\n{}", answer.everything());
        assert_eq!(answer.json()["identity"]["name"], ADA, "{case}");
        assert_eq!(
            Counters::read(stage).await.sign_ins("signed-in"),
            before.sign_ins("signed-in") + 1,
            "{case}"
        );
    }
}

#[tokio::test]
async fn an_id_token_that_says_something_wrong_is_refused() {
    let stage = Stage::start(options()).await;
    let issuer = stage.provider().origin();
    let other = Flow::begin(&stage).await.nonce;
    let claim = |claims: Value| json!({ "id_token": claims });
    all_refused(
        &stage,
        &[
            ("wrong iss", claim(json!({ "iss": "http://another.localhost" })), "issuer (iss) is not"),
            ("iss with a slash", claim(json!({ "iss": format!("{issuer}/") })), "issuer (iss) is not"),
            ("no iss", claim(json!({ "iss": null })), "issuer (iss) is not"),
            ("no sub", claim(json!({ "sub": null })), "subject (sub) is missing"),
            ("empty sub", claim(json!({ "sub": "" })), "subject (sub) is missing"),
            ("sub in two lines", claim(json!({ "sub": "a\nb" })), "subject (sub) is missing"),
            ("wrong aud", claim(json!({ "aud": "another" })), "audience (aud) is not"),
            ("aud without us", claim(json!({ "aud": ["another", "one"] })), "audience (aud) is not"),
            ("no aud", claim(json!({ "aud": null })), "audience (aud) is not"),
            ("several aud, no azp", claim(json!({ "aud": ["lanyard", "another"] })), "no authorized party"),
            (
                "several aud, wrong azp",
                claim(json!({ "aud": ["lanyard", "another"], "azp": "another" })),
                "authorized party (azp) is another",
            ),
            ("wrong azp", claim(json!({ "azp": "another" })), "authorized party (azp) is another"),
            ("no iat", claim(json!({ "iat": null })), "no time of issue (iat)"),
            ("no exp", claim(json!({ "exp": null })), "no time of expiry (exp)"),
            ("expired", claim(json!({ "iat": now_and(-400), "exp": now_and(-61) })), "it has expired"),
            ("issued in the future", claim(json!({ "iat": now_and(120) })), "issued in the future"),
            ("not valid yet", claim(json!({ "nbf": now_and(120) })), "issued in the future"),
            ("wrong nonce", claim(json!({ "nonce": "another" })), "nonce is missing or belongs to another"),
            ("nonce of another sign-in", claim(json!({ "nonce": other })), "nonce is missing or belongs"),
            ("no nonce", claim(json!({ "nonce": null })), "nonce is missing or belongs to another"),
            ("wrong at_hash", claim(json!({ "at_hash": "77QmUPtjPfzWtF2AnpK9RQ" })), "(at_hash) is wrong"),
            ("claims nested 100 000 deep", behaviours(&["deep-claims"]), "payload is not a JSON object"),
            ("at_hash of a kind", claim(json!({ "at_hash": ["a"] })), "(at_hash) is wrong"),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_id_token_that_is_signed_wrong_is_refused() {
    let stage = Stage::start(options()).await;
    all_refused(
        &stage,
        &[
            ("alg none", behaviours(&["alg-none"]), "is not among those that the configuration pins"),
            ("HS256, by the client secret", behaviours(&["alg-hs256"]), r#"\"HS256\" is not among"#),
            ("RS512, not pinned", behaviours(&["alg-rs512"]), r#"\"RS512\" is not among"#),
            ("EdDSA, not pinned", behaviours(&["alg-eddsa"]), r#"\"EdDSA\" is not among"#),
            ("one bit changed", behaviours(&["wrong-signature"]), "signature does not hold"),
            ("no signature", behaviours(&["no-signature"]), "signature does not hold"),
            ("a key that is not published", behaviours(&["foreign-key"]), "signature does not hold"),
            ("a key that does not exist", behaviours(&["unknown-kid"]), "have none that fits its header"),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_not_pinned_is_really_valid_where_it_is() {
    let stage = Stage::start(options().identity(r#"algorithms = ["EdDSA", "RS512"]"#)).await;
    all_accepted(&stage, &[("RS512", behaviours(&["alg-rs512"])), ("EdDSA", behaviours(&["alg-eddsa"]))])
        .await;
    let before = Counters::read(&stage).await;
    let answer = under(&stage, &json!({})).await;
    let reason = r#"\"RS256\" is not among"#;
    refused(&stage, &before, &answer, (&REFUSED, reason), "RS256, not pinned here").await;
}

#[tokio::test]
async fn what_is_odd_and_right_is_accepted() {
    let stage = Stage::start(options()).await;
    let claim = |claims: Value| json!({ "id_token": claims });
    all_accepted(
        &stage,
        &[
            ("no kid with one key", behaviours(&["no-kid"])),
            ("an array of one aud", claim(json!({ "aud": ["lanyard"] }))),
            ("several aud, and azp", claim(json!({ "aud": ["another", "lanyard"], "azp": "lanyard" }))),
            ("no at_hash", claim(json!({ "at_hash": null }))),
            ("over for less than a minute", claim(json!({ "exp": now_and(-30) }))),
            ("issued in half a minute", claim(json!({ "iat": now_and(30) }))),
            ("keys of unknown kinds", behaviours(&["other-key", "unknown-keys"])),
        ],
    )
    .await;
}

#[tokio::test]
async fn rotated_keys_are_fetched_once_and_believed() {
    let stage = Stage::start(options()).await;
    assert_eq!(stage.asked("jwks").await, 1, "at discovery");
    let answer = under(&stage, &behaviours(&["other-key"])).await;
    assert_eq!(answer.status, 200, "rotated just before signing:\n{}", answer.everything());
    assert_eq!(stage.asked("jwks").await, 2);
    stage.misbehave(&["other-key"]).await;
    Person::sign_in(&stage, ADA).await;
    assert_eq!(stage.asked("jwks").await, 2, "the new key is kept");
    stage.misbehave(&[]).await;
    Person::sign_in(&stage, ADA).await;
    assert_eq!(stage.asked("jwks").await, 3, "rotated between two sign-ins");
    let before = Counters::read(&stage).await;
    // Signed with the key in between, which the provider does not publish any more.
    let order = json!({ "behaviours": ["other-key"], "answers": { "jwks": "down" } });
    let answer = under(&stage, &order).await;
    let reason = "have none that fits its header";
    refused(&stage, &before, &answer, (&REFUSED, reason), "by the key that was withdrawn").await;
}

#[tokio::test]
async fn without_a_kid_one_of_several_keys_is_not_guessed() {
    let stage = Stage::start(options()).await;
    let reason = "several of the provider's keys fit";
    for (case, order) in [
        ("unknown until now", behaviours(&["several-keys", "no-kid", "foreign-key"])),
        ("known already", behaviours(&["several-keys", "no-kid"])),
    ] {
        let before = Counters::read(&stage).await;
        let (flow, callback) = callback(&stage).await;
        stage.order(&order).await;
        let answer = flow.redeem(&stage, &callback, &flow.cookies()).await;
        refused(&stage, &before, &answer, (&REFUSED, reason), case).await;
    }
    stage.misbehave(&["several-keys"]).await;
    Person::sign_in(&stage, ADA).await;
}

#[tokio::test]
async fn userinfo_about_somebody_else_or_nobody_is_refused() {
    let stage = Stage::start(options()).await;
    for (case, sub) in
        [("another sub", json!("b")), ("no sub", Value::Null), ("a sub of a kind", json!(["a"]))]
    {
        let (before, userinfo) = (Counters::read(&stage).await, stage.asked("userinfo").await);
        let answer = under(&stage, &json!({ "userinfo": { "sub": sub } })).await;
        let reason = "subject (sub) is not that of the ID token";
        refused(&stage, &before, &answer, (&REFUSED, reason), case).await;
        assert_eq!(stage.asked("userinfo").await, userinfo + 1, "{case}");
        an_honest_sign_in_works(&stage, case).await;
    }
}
