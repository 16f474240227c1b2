//! What comes back from the provider by way of the browser: a callback of another issuer, of another browser,
//! of nobody, a second time, in twos. What binds a flow to its browser is the gateway's to hold, whatever the
//! provider holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attempt;

use attempt::{EXPIRED, NOT_UNDERSTOOD, REFUSED, Refusal, an_honest_sign_in_works, callback, refused, under};
use lanyard_testbed::{
    Answer, Person, Stage, StageOptions,
    counters::Counters,
    flow::{Callback, Flow, PORTAL_COOKIE, SIGN_IN_COOKIE},
    person::CARLA,
};
use serde_json::{Value, json};

async fn stage() -> Stage {
    let limits = "[limits]\nsign_ins = 100000";
    Stage::start(StageOptions::default().without_apps().toml(limits)).await
}

/// Redeems, and is refused.
struct Attempt<'a> {
    case: &'a str,
    flow: Flow,
    callback: Callback,
    cookies: String,
    refusal: (&'a Refusal, &'a str),
}

const NONCE: &str = "nonce is missing or belongs to another sign-in";
const GRANT: &str = r#"with status 400 and the error \"invalid_grant\""#;

#[tokio::test]
async fn a_callback_that_is_not_of_this_flow_in_this_browser_is_refused() {
    let stage = stage().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let victim = Flow::begin(&stage).await;
    let mut attempts = Vec::new();
    let mut attempt = |case, flow: &Flow, callback: &Callback, cookies: &str, refusal| {
        let (flow, callback, cookies) = (flow.clone(), callback.clone(), cookies.to_owned());
        attempts.push(Attempt { case, flow, callback, cookies, refusal });
    };
    let (own, back) = callback(&stage).await;
    assert_eq!(back.iss.as_deref(), Some(stage.provider().origin().as_str()), "the provider says who it is");
    let with_iss = |iss: Option<&str>| Callback { iss: iss.map(str::to_owned), ..back.clone() };
    let cookies = own.cookies();
    attempt("no iss", &own, &with_iss(None), &cookies, (&REFUSED, "carries no 'iss'"));
    attempt("empty iss", &own, &with_iss(Some("")), &cookies, (&REFUSED, "'iss' names another issuer"));
    let slash = format!("{}/", stage.provider().origin());
    attempt("iss and a slash", &own, &with_iss(Some(&slash)), &cookies, (&REFUSED, "names another issuer"));
    let evil = with_iss(Some("http://id.evil.example"));
    attempt("wrong iss", &own, &evil, &cookies, (&REFUSED, "'iss' names another issuer"));
    let gone = (&EXPIRED, "refused");
    attempt("no sign-in cookie", &own, &back, "", gone);
    let two = format!("{cookies}; {}", victim.cookies());
    attempt("two sign-in cookies", &own, &back, &two, gone);
    attempt("a sign-in cookie cut short", &own, &back, &cookies[..cookies.len() - 1], gone);
    attempt("an empty one", &own, &back, &format!("{SIGN_IN_COOKIE}="), gone);
    let invented = Callback { code: "an-invented-code".into(), ..back.clone() };
    attempt("an invented code", &own, &invented, &cookies, (&REFUSED, GRANT));
    let none = Callback { code: String::new(), ..back.clone() };
    attempt("an empty code", &own, &none, &cookies, (&REFUSED, "invalid_request"));

    let (own, back) = callback(&stage).await;
    attempt("another browser's cookie", &own, &back, &victim.cookies(), (&REFUSED, NONCE));
    let (own, back) = callback(&stage).await;
    let state = Flow::begin_again(&stage, Some(&own.sign_in)).await.state;
    let mixed = Callback { state, ..back.clone() };
    attempt("another tab's state", &own, &mixed, &own.cookies(), (&REFUSED, NONCE));
    let (own, back) = callback(&stage).await;
    let unbegun = Callback { state: "a-state-that-nobody-began".into(), ..back };
    attempt("no transaction", &own, &unbegun, &own.cookies(), (&REFUSED, NONCE));
    let (own, back) = callback(&stage).await;
    let other = Flow::begin_again(&stage, Some(&own.sign_in)).await.verifier;
    let stolen = Flow { verifier: other, ..own };
    attempt("another tab's verifier", &stolen, &back, &stolen.cookies(), (&REFUSED, GRANT));

    for Attempt { case, flow, callback, cookies, refusal } in attempts {
        let (before, userinfo) = (Counters::read(&stage).await, stage.asked("userinfo").await);
        let answer = flow.redeem(&stage, &callback, &cookies).await;
        refused(&stage, &before, &answer, refusal, case).await;
        assert_eq!(stage.asked("userinfo").await, userinfo, "{case}");
        an_honest_sign_in_works(&stage, case).await;
    }
    let session = carla.api(&stage, "GET", "/api/session").send().await.expect(200).json();
    assert_eq!(session["identity"]["name"], CARLA, "who was signed in before still is");
}

#[tokio::test]
async fn what_cannot_be_right_is_refused_before_the_code_is_sent() {
    let stage = stage().await;
    for behaviour in ["wrong-iss-parameter", "no-iss-parameter"] {
        let before = Counters::read(&stage).await;
        stage.misbehave(&[behaviour]).await;
        let (flow, callback) = callback(&stage).await;
        let tokens = stage.asked("token").await;
        let answer = flow.redeem(&stage, &callback, &flow.cookies()).await;
        refused(&stage, &before, &answer, (&REFUSED, "RFC 9207"), behaviour).await;
        assert_eq!(stage.asked("token").await, tokens, "{behaviour}: the code was sent");
        stage.misbehave(&[]).await;
        // The code is as good as before: nobody has burnt it.
        let right = Callback { iss: Some(stage.provider().origin()), ..callback };
        flow.redeem(&stage, &right, &flow.cookies()).await.expect(200);
    }
}

#[tokio::test]
async fn a_callback_works_once() {
    let stage = stage().await;
    let (flow, callback) = callback(&stage).await;
    let first = flow.redeem(&stage, &callback, &flow.cookies()).await.expect(200);
    let session = format!("{PORTAL_COOKIE}={}", first.cookie(PORTAL_COOKIE).expect("a session"));
    for (case, cookies) in
        [("again", flow.cookies()), ("again, signed in", format!("{}; {session}", flow.cookies()))]
    {
        let before = Counters::read(&stage).await;
        let answer = flow.redeem(&stage, &callback, &cookies).await;
        refused(&stage, &before, &answer, (&REFUSED, GRANT), case).await;
    }
    let still = stage.portal().get("/api/session").fetch().cookie(&session).send().await.expect(200).json();
    assert!(still["identity"].is_object(), "a replay does not end the session that the first one began");
}

/// A provider that does not hold PKCE: the nonce alone keeps a stolen code from being of use.
#[tokio::test]
async fn a_stolen_code_is_of_no_use_in_another_browser_even_if_the_provider_takes_any_verifier() {
    let stage = stage().await;
    stage.misbehave(&["ignores-verifier"]).await;
    let (_, stolen) = callback(&stage).await;
    let mallory = Flow::begin(&stage).await;
    let injected = Callback { state: mallory.state.clone(), ..stolen };
    let before = Counters::read(&stage).await;
    let answer = mallory.redeem(&stage, &injected, &mallory.cookies()).await;
    refused(&stage, &before, &answer, (&REFUSED, NONCE), "injected").await;
    assert_eq!(under(&stage, &json!({ "behaviours": ["ignores-verifier"] })).await.status, 200);
}

#[tokio::test]
async fn a_body_that_two_readers_could_read_differently_is_not_read() {
    let stage = stage().await;
    let (flow, callback) = callback(&stage).await;
    let good = json!({
        "code": callback.code, "verifier": flow.verifier, "state": callback.state, "iss": callback.iss,
    });
    let text = good.to_string();
    let doubled = |name: &str| {
        let pair = format!("\"{name}\":{}", good[name]);
        (format!("{name} twice"), "application/json", text.replacen('{', &format!("{{{pair},"), 1))
    };
    let without = |name: &str| {
        let mut less = good.clone();
        less.as_object_mut().expect("an object").remove(name);
        (format!("no {name}"), "application/json", less.to_string())
    };
    let json = |case: &str, body: String| (case.to_owned(), "application/json", body);
    let deep = format!("{{\"code\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let mut bodies: Vec<_> = ["code", "verifier", "state", "iss"].map(doubled).into();
    bodies.extend(["code", "verifier", "state"].map(without));
    bodies.extend([
        json("an escaped twin", text.replacen('{', r#"{"\u0063ode":"x","#, 1)),
        json("two bodies", format!("{text}{text}")),
        json("nothing", String::new()),
        json("half of it", text[..text.len() / 2].to_owned()),
        json("a code that is a list", text.replacen("\"code\":", "\"code\":[],\"x\":", 1)),
        json("nested 5 000 deep", deep),
        json("more than 32 KB", format!("{text}{}", " ".repeat(40_000))),
        ("a form".to_owned(), "application/x-www-form-urlencoded", text.clone()),
        ("plain text".to_owned(), "text/plain", text.clone()),
    ]);
    let send = async |kind: &str, body: &str| -> Answer {
        let request = stage.portal().api("POST", "/api/session").body(kind, body).cookie(&flow.cookies());
        request.send().await
    };
    for (case, kind, body) in bodies {
        let before = Counters::read(&stage).await;
        let answer = send(kind, &body).await;
        if case == "more than 32 KB" {
            // Refused at the door of every call, before it is a sign-in.
            assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"), "{case}");
            continue;
        }
        refused(&stage, &before, &answer, (&NOT_UNDERSTOOD, "refused"), &case).await;
    }
    assert_eq!(stage.asked("token").await, 0, "no code was sent");
    let answer = send("application/json", &text).await.expect(200);
    assert_ne!(answer.json()["identity"], Value::Null, "the code is as good as before");
}

#[tokio::test]
async fn a_state_that_is_none_begins_nothing() {
    let stage = stage().await;
    let good = "0123456789abcdef";
    let (long, accent) = ("a".repeat(257), "ä".repeat(16));
    let bodies = [
        json!({ "state": "" }),
        json!({ "state": &good[1..] }),
        json!({ "state": long }),
        json!({ "state": accent }),
        json!({ "state": format!("{good} ") }),
        json!({ "state": format!("{good}\r\nSet-Cookie: a=b") }),
        json!({ "state": format!("{good}=") }),
        json!({ "state": [good] }),
        json!({ "state": null }),
        json!({}),
        json!(good),
    ];
    let twice = format!("{{\"state\":\"{good}\",\"state\":\"{good}\"}}");
    for body in bodies.iter().map(Value::to_string).chain([twice]) {
        let before = Counters::read(&stage).await;
        let request = stage.portal().api("POST", "/api/sign-in").body("application/json", body.clone());
        let answer = request.send().await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"), "{body}");
        assert_eq!(answer.header("set-cookie"), None, "{body}");
        assert_eq!(
            Counters::read(&stage).await.refusals("bad-request"),
            before.refusals("bad-request") + 1,
            "{body}"
        );
    }
}
