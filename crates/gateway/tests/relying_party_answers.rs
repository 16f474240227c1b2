//! A provider that is down, slow, huge, elsewhere, or speaks nonsense, at each place where the gateway asks
//! it. Every sign-in that meets it ends with a sentence, the gateway's memory stays what it was, no redirect is
//! followed, and everybody else goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attempt;

use std::time::Duration;

use attempt::{
    REFUSED, Refusal, TOO_LARGE, UNREACHABLE, an_honest_sign_in_works, callback, is_refusal, refused, under,
};
use lanyard_testbed::{
    Person, Stage, StageOptions,
    counters::Counters,
    flow::{Callback, Flow},
    person::CARLA,
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

/// More than one answer of 50 MB, were it kept, would show.
const ROOM: u64 = 24 * 1024 * 1024;

fn options() -> StageOptions {
    let limits = "[limits]\nsign_ins = 100000";
    StageOptions::default().without_apps().upstream("rec").public_upstream("open").toml(limits)
}

fn answers(place: &str, answer: &str) -> Value {
    json!({ "answers": { place: answer } })
}

#[tokio::test]
async fn at_the_token_and_userinfo_endpoints_every_wrong_answer_is_bounded_and_named() {
    let stage = Stage::start(options()).await;
    let gateway = stage.take("lanyard");
    an_honest_sign_in_works(&stage, "nothing").await;
    let memory = gateway.memory();
    let cases: [(&str, &str, &Refusal, &str); 20] = [
        ("token", "down", &UNREACHABLE, "answers with status 503"),
        ("token", "server-error", &UNREACHABLE, "answers with status 500"),
        ("token", "invalid-grant", &REFUSED, "invalid_grant"),
        ("token", "redirect", &REFUSED, "a redirect (status 302), which is not followed"),
        ("token", "redirect-with-body", &REFUSED, "a redirect (status 307), which is not followed"),
        ("token", "html", &REFUSED, "is not a token response"),
        ("token", "truncated", &REFUSED, "is not a token response"),
        ("token", "deep", &REFUSED, "is not a token response"),
        ("token", "huge", &TOO_LARGE, "larger than 1 MB"),
        ("token", "endless", &TOO_LARGE, "larger than 1 MB"),
        ("userinfo", "down", &UNREACHABLE, "answered with status 503"),
        ("userinfo", "server-error", &UNREACHABLE, "answered with status 500"),
        ("userinfo", "invalid-grant", &REFUSED, "answered with status 400"),
        ("userinfo", "redirect", &REFUSED, "a redirect (status 302), which is not followed"),
        ("userinfo", "redirect-with-body", &REFUSED, "a redirect (status 307), which is not followed"),
        ("userinfo", "html", &REFUSED, "it is not a JSON object"),
        ("userinfo", "truncated", &REFUSED, "it is not a JSON object"),
        ("userinfo", "deep", &REFUSED, "it is not a JSON object"),
        ("userinfo", "huge", &TOO_LARGE, "larger than 1 MB"),
        ("userinfo", "endless", &TOO_LARGE, "larger than 1 MB"),
    ];
    for (place, answer, refusal, reason) in cases {
        let case = format!("{answer} at {place}");
        let before = Counters::read(&stage).await;
        let wrong = under(&stage, &answers(place, answer)).await;
        refused(&stage, &before, &wrong, (refusal, reason), &case).await;
        an_honest_sign_in_works(&stage, &case).await;
    }
    for place in ["token", "userinfo"] {
        // What counts is what it says, not what it is called: there is nothing to mistake it for.
        let odd = under(&stage, &answers(place, "mislabelled")).await;
        assert_eq!(odd.status, 200, "{place}:\n{}", odd.everything());
    }
    stage.misbehave(&["down"]).await;
    stage.dashboard("open").get("/").top_document().send().await.expect(200);
    assert_eq!(stage.asked("elsewhere").await, 0, "a redirect was followed");
    let grown = gateway.peak().saturating_sub(memory);
    assert!(grown < ROOM, "the gateway has grown by {grown} bytes");
}

#[tokio::test]
async fn a_redirect_from_the_keys_is_not_followed_when_a_sign_in_needs_newer_ones() {
    let stage = Stage::start(options()).await;
    for answer in ["redirect", "html", "huge"] {
        let before = Counters::read(&stage).await;
        let order = json!({ "behaviours": ["other-key"], "answers": { "jwks": answer } });
        let wrong = under(&stage, &order).await;
        let reason = "have none that fits its header";
        refused(&stage, &before, &wrong, (&REFUSED, reason), answer).await;
        an_honest_sign_in_works(&stage, answer).await;
    }
    assert_eq!((stage.asked("jwks").await, stage.asked("elsewhere").await), (4, 0));
}

/// Waits until the provider has been asked once more.
async fn asked_again(stage: &Stage, place: &str, before: u64) {
    let more = async {
        while stage.asked(place).await == before {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), more).await.unwrap_or_else(|_| panic!("{place} is not asked"));
}

#[tokio::test]
async fn a_slow_provider_costs_ten_seconds_and_nobody_else_any() {
    let stage = &Stage::start(options()).await;
    let before = Counters::read(stage).await;
    let mut waiting = Vec::new();
    let other_key = json!({ "behaviours": ["other-key"], "answers": { "jwks": "silent" } });
    for (place, order) in [
        ("token", answers("token", "silent")),
        ("token", answers("token", "trickle")),
        ("userinfo", answers("userinfo", "silent")),
        ("userinfo", answers("userinfo", "trickle")),
        ("jwks", other_key),
    ] {
        let (flow, callback) = callback(stage).await;
        stage.order(&order).await;
        let count = stage.asked(place).await;
        let mut redeeming = Box::pin(async move { flow.redeem(stage, &callback, &flow.cookies()).await });
        tokio::select! {
            early = &mut redeeming => panic!("{order} is answered at once:\n{}", early.everything()),
            () = asked_again(stage, place, count) => {}
        }
        stage.misbehave(&[]).await;
        let kind = if place == "jwks" { &REFUSED } else { &UNREACHABLE };
        waiting.push((order.to_string(), kind, redeeming));
    }
    let honest = an_honest_sign_in_works(stage, "and while others wait");
    timeout(Duration::from_secs(6), honest).await.expect("nobody else waits");
    stage.dashboard("open").get("/").top_document().send().await.expect(200);
    for (case, kind, redeeming) in waiting {
        let wrong = redeeming.await;
        let late = ["no complete answer within 10 seconds", "have none that fits its header"];
        is_refusal(stage, &wrong, (kind, late[usize::from(wrong.status == REFUSED.0)]), &case);
    }
    let after = Counters::read(stage).await;
    let grown = |reason| after.sign_ins(reason) - before.sign_ins(reason);
    assert_eq!((grown("provider-unreachable"), grown("sign-in-refused"), grown("signed-in")), (4, 1, 1));
    an_honest_sign_in_works(stage, "all of them").await;
}

/// Restarts the gateway under an order.
async fn restart(stage: &Stage, order: &Value) -> usize {
    stage.stop("lanyard");
    let said = stage.said("lanyard").len();
    stage.order(order).await;
    stage.start_process("lanyard").await;
    said
}

/// A gateway that cannot learn who its provider is says so at sign-in, and serves what needs nobody.
async fn goes_without(stage: &Stage, case: &str) {
    let config = stage.portal().get("/api/config").fetch().send().await.expect(200).json();
    assert_eq!(config["provider"]["authorization_endpoint"], Value::Null, "{case}");
    stage.dashboard("open").get("/").top_document().send().await.expect(200);
    let flow = Flow::begin(stage).await;
    let (state, iss) = (flow.state.clone(), Some(stage.provider().origin()));
    let callback = Callback { code: "a code from before".into(), state, iss };
    let before = Counters::read(stage).await;
    let wrong = flow.redeem(stage, &callback, &flow.cookies()).await;
    refused(stage, &before, &wrong, (&UNREACHABLE, "has not been discovered yet"), case).await;
}

/// Each order keeps the gateway from knowing its provider, for its reason, until it ends.
async fn unknown_until_it_behaves(cases: &[(&str, Value, &str)]) {
    let stage = Stage::start(options()).await;
    for (case, order, reason) in cases {
        let from = restart(&stage, order).await;
        let refused = async {
            loop {
                let log = stage.said("lanyard")[from..].to_owned();
                let mut lines = log.lines().map(str::to_owned);
                match lines.find(|line| line.contains("the identity provider is not available")) {
                    Some(line) => break line,
                    None => sleep(Duration::from_millis(10)).await,
                }
            }
        };
        let line = timeout(Duration::from_secs(10), refused).await;
        let line = line.unwrap_or_else(|_| panic!("{case}: the provider is believed"));
        assert!(line.contains(reason), "{case}: not for '{reason}': {line}");
        goes_without(&stage, case).await;
        stage.misbehave(&[]).await;
        stage.provider_known().await;
        an_honest_sign_in_works(&stage, case).await;
    }
    assert_eq!(stage.asked("elsewhere").await, 0, "a redirect was followed");
}

#[tokio::test]
async fn a_discovery_document_that_cannot_be_believed_is_not() {
    let patch = |patch: Value| json!({ "discovery": patch });
    unknown_until_it_behaves(&[
        ("another issuer", patch(json!({ "issuer": "http://another.localhost" })), "names the issuer"),
        ("no issuer", patch(json!({ "issuer": null })), "missing field"),
        ("no keys", patch(json!({ "jwks_uri": null })), "missing field"),
        (
            "a token endpoint that anybody can listen in on",
            patch(json!({ "token_endpoint": "http://evil.example/token" })),
            "the address 'token_endpoint'",
        ),
        (
            "a sign-in page that is a script",
            patch(json!({ "authorization_endpoint": "javascript:alert(1)" })),
            "the address 'authorization_endpoint'",
        ),
        (
            "no way to authenticate that we know",
            patch(json!({ "token_endpoint_auth_methods_supported": ["private_key_jwt"] })),
            "takes neither",
        ),
        ("down", answers("discovery", "down"), "answered with status 503"),
        ("redirect", answers("discovery", "redirect"), "a redirect (status 302), which is not followed"),
        ("html", answers("discovery", "html"), "is not what it should be"),
    ])
    .await;
}

#[tokio::test]
async fn a_discovery_document_and_keys_that_are_no_such_thing_are_not_believed() {
    unknown_until_it_behaves(&[
        ("truncated", answers("discovery", "truncated"), "is not what it should be"),
        ("deep", answers("discovery", "deep"), "is not what it should be"),
        ("endless", answers("discovery", "endless"), "larger than 1 MB"),
        ("keys down", answers("jwks", "down"), "the keys were answered with status 503"),
        ("keys elsewhere", answers("jwks", "redirect"), "a redirect (status 302), which is not followed"),
        ("keys html", answers("jwks", "html"), "the keys cannot be read"),
        ("keys truncated", answers("jwks", "truncated"), "the keys cannot be read"),
        ("keys deep", answers("jwks", "deep"), "the keys cannot be read"),
        ("keys huge", answers("jwks", "huge"), "larger than 1 MB"),
    ])
    .await;
}

#[tokio::test]
async fn a_provider_that_says_nothing_at_the_start_keeps_the_gateway_from_nothing_else() {
    let stage = Stage::start(options()).await;
    restart(&stage, &answers("discovery", "silent")).await;
    goes_without(&stage, "silence").await;
    let said = answers("discovery", "mislabelled");
    restart(&stage, &said).await;
    stage.provider_known().await;
    an_honest_sign_in_works(&stage, "a document that is called HTML").await;
}

#[tokio::test]
async fn an_issuer_that_was_not_announced_may_be_left_out_and_must_be_right_all_the_same() {
    let stage = Stage::start(options()).await;
    let silent = json!({ "discovery": { "authorization_response_iss_parameter_supported": null } });
    restart(&stage, &silent).await;
    stage.provider_known().await;
    let (flow, callback) = callback(&stage).await;
    let with_iss = |iss: Option<&str>| Callback { iss: iss.map(str::to_owned), ..callback.clone() };
    let before = Counters::read(&stage).await;
    let wrong = flow.redeem(&stage, &with_iss(Some("http://another.localhost")), &flow.cookies()).await;
    refused(&stage, &before, &wrong, (&REFUSED, "'iss' names another issuer"), "wrong iss").await;
    flow.redeem(&stage, &with_iss(None), &flow.cookies()).await.expect(200);
}

#[tokio::test]
async fn a_provider_that_is_gone_and_comes_back_with_another_key_is_believed_again() {
    let stage = Stage::start(options()).await;
    let inside = Person::sign_in(&stage, CARLA).await;
    let cookie = inside.enter(&stage, "rec").await;
    let (flow, callback) = callback(&stage).await;
    stage.stop("lanyard-dev-idp");
    let before = Counters::read(&stage).await;
    let wrong = flow.redeem(&stage, &callback, &flow.cookies()).await;
    refused(&stage, &before, &wrong, (&UNREACHABLE, "no connection"), "gone").await;
    // Who is in stays in, and may go on to another dashboard.
    let rec = stage.dashboard("rec");
    rec.get("/page").fetch().cookie(&cookie).send().await.expect(200);
    rec.get("/ws").websocket(&rec.origin()).cookie(&cookie).opened().await;
    inside.knock(&stage, "rec", "/").await.expect(303);
    assert!(inside.sees(&stage).await.contains(&"rec".to_owned()));
    stage.start_process("lanyard-dev-idp").await;
    an_honest_sign_in_works(&stage, "a restart of the provider").await;
    assert_eq!(stage.asked("jwks").await, 1, "its key is another, and was fetched once");
}
