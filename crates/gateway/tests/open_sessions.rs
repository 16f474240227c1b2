//! Where somebody is signed in, over TCP: they see their own sessions and end them, with all that hangs on them.
//! Nobody sees, ends or finds out about anybody else's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Answer, Person, Stage, StageOptions,
    flow::Flow,
    person::{ADA, CARLA},
};
use serde_json::Value;
use tokio::time::sleep;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn list(stage: &Stage, person: &Person) -> Vec<Value> {
    let answer = person.api(stage, "GET", "/api/sessions").send().await.expect(200).json();
    answer["sessions"].as_array().expect("sessions").clone()
}

fn id(session: &Value) -> String {
    session["id"].as_str().expect("an id").to_owned()
}

async fn end(stage: &Stage, person: &Person, id: &str) -> Answer {
    person.api(stage, "DELETE", &format!("/api/sessions/{id}")).send().await
}

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

#[tokio::test]
async fn a_person_sees_their_own_sessions_and_ends_them() {
    let stage = Stage::start(options()).await;
    let older = Person::sign_in(&stage, ADA).await;
    let flow = Flow::begin(&stage).await;
    let callback = flow.at_provider(&stage, ADA).await;
    let answer = flow.redemption(&stage, &callback, &flow.cookies()).header("User-Agent", FIREFOX);
    let answer = answer.send().await.expect(200);
    let cookie = answer.cookie("__Host-lanyard").expect("a session");
    stage.secrets().note("session cookie", &cookie);
    let younger = Person { cookie, ..older.clone() };
    Person::sign_in(&stage, CARLA).await;

    let sessions = list(&stage, &younger).await;
    let said: Vec<_> = sessions.iter().map(|one| (&one["current"], &one["browser"])).collect();
    assert_eq!(said, [(&true.into(), &"Firefox on Linux".into()), (&false.into(), &Value::Null)]);
    for session in &sessions {
        let (begun, expires) = (session["begun"].as_u64(), session["expires"].as_u64());
        assert!(expires.zip(begun).is_some_and(|(end, begin)| (28_800..=28_801).contains(&(end - begin))));
        assert_eq!(session.as_object().map(|fields| fields.len()), Some(5), "{session}");
    }
    let seen = list(&stage, &older).await;
    assert_eq!(seen.iter().map(id).collect::<Vec<_>>(), sessions.iter().map(id).collect::<Vec<_>>());
    assert_eq!(seen[0]["current"], false);

    let key = older.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let socket = rec.get("/live").websocket(&rec.origin()).cookie(&key).opened().await;
    let answer = end(&stage, &younger, &id(&sessions[1])).await.expect(204);
    assert_eq!(answer.header("set-cookie"), None, "the one that asks goes on");
    assert_eq!(socket.closed(Duration::from_secs(2)).await, Some(4401));
    rec.get("/").fetch().cookie(&key).send().await.expect(401);
    older.api(&stage, "GET", "/api/sessions").send().await.expect(401);
    assert_eq!(list(&stage, &younger).await.len(), 1);
    end(&stage, &younger, &id(&sessions[1])).await.expect(404);

    let answer = end(&stage, &younger, &id(&sessions[0])).await.expect(204);
    let gone = answer.header("set-cookie").expect("its cookie goes");
    assert!(gone.starts_with("__Host-lanyard=;") && gone.contains("Max-Age=0"), "{gone}");
    younger.api(&stage, "GET", "/api/sessions").send().await.expect(401);
    end(&stage, &younger, &id(&sessions[0])).await.expect(401);
    sleep(Duration::from_millis(300)).await;
    let audit = stage.audit();
    let noted =
        |kind: &str, by: &str| audit.iter().filter(|one| one["kind"] == kind && one["by"] == by).count();
    let from_elsewhere = audit.iter().filter(|one| one["kind"] == "session-end");
    let by: Vec<_> = from_elsewhere.filter_map(|one| one["by"].as_str()).collect();
    let [by] = by[..] else { panic!("one session was ended from elsewhere: {by:?}") };
    let short =
        by.strip_prefix("the person, in session ").and_then(|rest| rest.strip_suffix(" from 127.0.0.1"));
    assert!(
        short
            .is_some_and(|short| audit.iter().any(|one| one["kind"] == "sign-in" && one["session"] == short)),
        "{by}"
    );
    assert_eq!(noted("sign-out", "the person"), 1);
}

#[tokio::test]
async fn whoever_knows_an_id_ends_nothing_and_learns_nothing_by_it() {
    let stage = Stage::start(options()).await;
    let (ada, carla) = (Person::sign_in(&stage, ADA).await, Person::sign_in(&stage, CARLA).await);
    let hers = id(&list(&stage, &ada).await[0]);
    sleep(Duration::from_millis(300)).await;
    let events = stage.audit().len();
    let mut refusals = Vec::new();
    for guess in [
        hers.clone(),
        hers.to_lowercase(),
        format!("{hers}A"),
        hers[..23].to_owned(),
        "A".repeat(24),
        "x".repeat(4000),
        "%00".into(),
        "%ff%fe".into(),
        "*".into(),
        "..%2F..%2Fsession".into(),
    ] {
        let answer = end(&stage, &carla, &guess).await.expect(404);
        let mut problem = answer.json();
        problem["reference"].take();
        refusals.push((answer.header("content-type").map(str::to_owned), problem));
    }
    assert!(refusals.windows(2).all(|two| two[0] == two[1]), "one refusal for all: {refusals:#?}");

    let portal = stage.portal();
    let path = format!("/api/sessions/{hers}");
    portal.api("DELETE", &path).send().await.expect(401);
    portal.get("/api/sessions").fetch().send().await.expect(401);
    for cookie in [format!("__Host-lanyard={hers}"), format!("__Host-lanyard={hers}; {}", ada.cookies())] {
        portal.get("/api/sessions").fetch().cookie(&cookie).send().await.expect(401);
        portal.api("DELETE", &path).cookie(&cookie).send().await.expect(401);
    }
    // Her own browser, sent by another page.
    for request in [
        portal.api("DELETE", &path).without("x-lanyard-request"),
        portal.api("DELETE", &path).origin(&stage.dashboard("rec").origin()),
        portal.api("DELETE", &path).without("Origin"),
        portal.api("DELETE", &path).site("same-site", "cors", "empty"),
    ] {
        request.cookie(&ada.cookies()).send().await.expect(403);
    }
    portal.api("POST", &path).cookie(&ada.cookies()).send().await.expect(404);
    assert_eq!(list(&stage, &ada).await.len(), 1, "hers goes on");
    assert!(!list(&stage, &carla).await.iter().any(|session| id(session) == hers));
    sleep(Duration::from_millis(300)).await;
    assert_eq!(stage.audit().len(), events, "nothing happened");
}
