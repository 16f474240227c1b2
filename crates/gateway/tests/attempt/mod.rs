//! One sign-in with something wrong in it, and everything that must hold of how it ends: status, code,
//! sentence, counters, the reason in the log, and no session. For every test of the relying party.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::time::SystemTime;

use lanyard_testbed::{
    Answer, Person, Stage,
    counters::Counters,
    flow::{Callback, Flow, PORTAL_COOKIE},
    person::{ADA, BEN},
};
use serde_json::Value;

/// A kind of refusal: its status, and the code that is its name in the metrics too, and its sentence.
pub struct Refusal(pub u16, pub &'static str, pub &'static str);

pub const REFUSED: Refusal =
    Refusal(403, "sign-in-refused", "Your sign-in could not be confirmed. Please sign in again.");
pub const TOO_LARGE: Refusal = Refusal(
    403,
    "sign-in-refused",
    "Your sign-in service sent more than is read here. Please tell whoever runs this portal.",
);
pub const UNREACHABLE: Refusal = Refusal(
    502,
    "provider-unreachable",
    "Your sign-in service does not answer at the moment. Please try again in a minute.",
);
pub const UNREADABLE: Refusal = Refusal(403, "groups-unreadable", "so what you may see is not known.");
pub const EXPIRED: Refusal = Refusal(400, "sign-in-expired", "Sign in again.");
pub const NOT_UNDERSTOOD: Refusal =
    Refusal(400, "bad-request", "The request is not understood: the body is not a code to redeem.");

/// Seconds since 1970, as far from now as told.
pub fn now_and(seconds: i64) -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs() as i64 + seconds
}

/// A browser that is about to come back from the provider as Ada.
pub async fn callback(stage: &Stage) -> (Flow, Callback) {
    let flow = Flow::begin(stage).await;
    let callback = flow.at_provider(stage, ADA).await;
    (flow, callback)
}

/// Signs Ada in while the provider follows an order.
pub async fn under(stage: &Stage, order: &Value) -> Answer {
    let (flow, callback) = callback(stage).await;
    stage.order(order).await;
    let answer = flow.redeem(stage, &callback, &flow.cookies()).await;
    stage.order(&serde_json::json!({})).await;
    answer
}

/// The answer is this refusal, for this reason and no other, and was counted once since `before`.
pub async fn refused(
    stage: &Stage,
    before: &Counters,
    answer: &Answer,
    (refusal, reason): (&Refusal, &str),
    case: &str,
) {
    is_refusal(stage, answer, (refusal, reason), case);
    let (Refusal(_, code, _), after) = (refusal, Counters::read(stage).await);
    assert_eq!(after.sign_ins(code), before.sign_ins(code) + 1, "{case}: counted as a sign-in");
    assert_eq!(after.refusals(code), before.refusals(code) + 1, "{case}: counted as a refusal");
    assert_eq!(after.sign_ins("signed-in"), before.sign_ins("signed-in"), "{case}");
    assert_eq!(after.sessions(), before.sessions(), "{case}: no session began and none ended");
}

/// The answer says so to the person, and the log says why.
pub fn is_refusal(stage: &Stage, answer: &Answer, (refusal, reason): (&Refusal, &str), case: &str) {
    let Refusal(status, code, sentence) = refusal;
    let whole = answer.everything();
    assert_eq!((answer.status, answer.problem().as_str()), (*status, *code), "{case}:\n{whole}");
    let problem = answer.json();
    let said = problem["message"].as_str().unwrap_or_default();
    assert!(said.ends_with(sentence), "{case}: {said}");
    let reference = problem["reference"].as_str().filter(|reference| !reference.is_empty());
    let reference = reference.unwrap_or_else(|| panic!("{case}: no reference:\n{whole}"));
    assert!(!answer.all("set-cookie").any(|line| line.starts_with(PORTAL_COOKIE)), "{case}:\n{whole}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
    let log = stage.said("lanyard");
    let lines: Vec<_> = log.lines().filter(|line| line.contains(reference)).collect();
    assert!(lines.iter().any(|line| line.contains(reason)), "{case}: not for '{reason}':\n{lines:#?}");
}

/// Somebody else signs in as if nothing had been.
pub async fn an_honest_sign_in_works(stage: &Stage, case: &str) {
    let before = Counters::read(stage).await;
    let ben = Person::sign_in(stage, BEN).await;
    assert_eq!(ben.session["identity"]["name"], BEN, "after {case}");
    let after = Counters::read(stage).await;
    assert_eq!(after.sign_ins("signed-in"), before.sign_ins("signed-in") + 1, "after {case}");
}
