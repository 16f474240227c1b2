//! What a caller learns at a dashboard's host and from the ticket API, cell by cell: who asks (nobody, somebody
//! to whom it is forbidden or unknown, somebody whose session is over) and how (document, frame, fetch,
//! WebSocket, ticket, state). Over TCP, against the real binary, with the cookies that the callers really hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Answer, Person, Request, Site, Stage,
    person::{BEN, CARLA},
};

const PATH: &str = "/reports/q3?year=2026";
const UNKNOWN: &str = "nothing-like-this";

fn with(request: Request, cookie: &str) -> Request {
    if cookie.is_empty() { request } else { request.cookie(cookie) }
}

async fn top(at: &Site, cookie: &str) -> Answer {
    with(at.get(PATH).top_document(), cookie).send().await
}

async fn frame(at: &Site, cookie: &str) -> Answer {
    with(at.get(PATH).frame_document(), cookie).send().await
}

async fn fetch(at: &Site, cookie: &str) -> Answer {
    with(at.get("/assets/app.js").fetch(), cookie).send().await
}

async fn websocket(at: &Site, cookie: &str) -> Answer {
    let opened = with(at.get("/live").websocket(&at.origin()), cookie).open().await;
    opened.err().unwrap_or_else(|| panic!("a WebSocket was opened at {}", at.host))
}

fn sent_to_the_portal(stage: &Stage, id: &str, answer: &Answer) {
    assert_eq!(answer.status, 303, "{}", answer.everything());
    let portal = stage.portal().origin();
    let wanted = format!("{portal}/d/{id}/reports/q3?window&year=2026");
    assert_eq!(answer.header("location"), Some(wanted.as_str()));
}

/// The four ways at a host that are not a top-level document, and what each must answer.
async fn refused(at: &Site, cookie: &str, status: u16) -> Vec<Answer> {
    let answers = vec![frame(at, cookie).await, fetch(at, cookie).await, websocket(at, cookie).await];
    for (answer, way) in answers.iter().zip(["frame", "fetch", "WebSocket"]) {
        assert_eq!(answer.status, status, "{way} at {}:\n{}", at.host, answer.everything());
    }
    answers
}

fn same(left: &[Answer], right: &[Answer]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left.shape(), right.shape(), "\n{}\n{}", left.everything(), right.everything());
    }
}

#[tokio::test]
async fn a_top_level_document_is_sent_to_the_portal_whoever_asks_and_whatever_exists() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "finance").await;
    for id in ["finance", "data-science", UNKNOWN] {
        sent_to_the_portal(&stage, id, &top(&stage.dashboard(id), "").await);
    }
    for id in ["data-science", UNKNOWN] {
        sent_to_the_portal(&stage, id, &top(&stage.dashboard(id), &cookie).await);
    }
    assert_eq!(top(&stage.dashboard("finance"), &cookie).await.status, 200, "her own is open");
    carla.sign_out(&stage).await.expect(200);
    for id in ["finance", "data-science", UNKNOWN] {
        sent_to_the_portal(&stage, id, &top(&stage.dashboard(id), &cookie).await);
    }
}

#[tokio::test]
async fn nobody_signed_in_gets_401_at_every_host_that_could_be_a_dashboard() {
    let stage = Stage::demo().await;
    let finance = refused(&stage.dashboard("finance"), "", 401).await;
    let unknown = refused(&stage.dashboard(UNKNOWN), "", 401).await;
    same(&finance, &unknown);
    let page = finance[0].text();
    assert!(page.contains("postMessage") && page.contains("session"), "the page tells the shell:\n{page}");
    let forged = "__Host-lanyard-app=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    same(&finance, &refused(&stage.dashboard("finance"), forged, 401).await);
}

#[tokio::test]
async fn a_forbidden_dashboard_and_an_unknown_one_answer_the_same_404() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "finance").await;
    assert_eq!(frame(&stage.dashboard("finance"), &cookie).await.status, 200, "the cookie is good");
    let forbidden = refused(&stage.dashboard("data-science"), &cookie, 404).await;
    let unknown = refused(&stage.dashboard(UNKNOWN), &cookie, 404).await;
    same(&forbidden, &unknown);
}

#[tokio::test]
async fn a_cookie_of_another_host_lets_nobody_in_even_where_they_may_go() {
    let stage = Stage::demo().await;
    let elif = Person::sign_in(&stage, lanyard_testbed::person::ELIF).await;
    let cookie = elif.enter(&stage, "finance").await;
    refused(&stage.dashboard("data-science"), &cookie, 401).await;
    let ben = Person::sign_in(&stage, BEN).await;
    refused(&stage.dashboard("data-science"), &ben.cookies(), 401).await;
    let as_app = format!("__Host-lanyard-app={}", ben.cookie);
    refused(&stage.dashboard("data-science"), &as_app, 401).await;
    let as_portal = cookie.replace("__Host-lanyard-app", "__Host-lanyard");
    let session =
        stage.portal().get("/api/session").fetch().cookie(&as_portal).send().await.expect(200).json();
    assert!(session["identity"].is_null(), "an app cookie is no session: {session}");
}

#[tokio::test]
async fn after_the_session_everything_is_401_again() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "finance").await;
    let finance = stage.dashboard("finance");
    let mut socket = finance.get("/live").websocket(&finance.origin()).cookie(&cookie).opened().await;
    assert!(!socket.hear().await.is_empty(), "the sample app sends its figures");
    carla.sign_out(&stage).await.expect(200);
    assert_eq!(socket.closed(Duration::from_secs(2)).await, Some(4401));
    let own = refused(&finance, &cookie, 401).await;
    same(&own, &refused(&stage.dashboard("data-science"), &cookie, 401).await);
    same(&own, &refused(&stage.dashboard(UNKNOWN), &cookie, 401).await);
}

/// An answer without its reference, which is never the same.
fn plain(answer: &Answer) -> (u16, Vec<String>, serde_json::Value) {
    let mut body = answer.json();
    body["reference"] = "".into();
    (answer.status, answer.headers.iter().map(|(name, _)| name.clone()).collect(), body)
}

#[tokio::test]
async fn a_ticket_is_401_for_nobody_and_the_same_404_for_forbidden_and_unknown() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    for id in ["finance", "data-science", UNKNOWN] {
        let answer = stage.portal().api("POST", &format!("/api/dashboards/{id}/ticket")).send().await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "signed-out"),
            "{}",
            answer.everything()
        );
    }
    let forbidden = carla.ticket(&stage, "data-science").await;
    assert_eq!((forbidden.status, forbidden.problem().as_str()), (404, "not-found"));
    assert_eq!(plain(&forbidden), plain(&carla.ticket(&stage, UNKNOWN).await));
    carla.ticket(&stage, "finance").await.expect(200);
    carla.sign_out(&stage).await.expect(200);
    for id in ["finance", "data-science", UNKNOWN] {
        let answer = carla.ticket(&stage, id).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "signed-out"),
            "{}",
            answer.everything()
        );
    }
}

#[tokio::test]
async fn how_a_dashboard_is_is_401_for_nobody_and_the_same_404_for_forbidden_and_unknown() {
    let stage = Stage::demo().await;
    let ask = async |cookie: &str, id: &str| {
        let request = stage.portal().get(&format!("/api/dashboards/{id}/state")).fetch();
        with(request, cookie).send().await
    };
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.cookies();
    let signed_out = async |cookie: &str| {
        let answers = [
            ask(cookie, "finance").await,
            ask(cookie, "data-science").await,
            ask(cookie, UNKNOWN).await,
            ask(cookie, "No.Dashboard's").await,
        ];
        for answer in &answers {
            assert_eq!((answer.status, answer.problem().as_str()), (401, "signed-out"));
            assert_eq!(plain(answer), plain(&answers[0]));
        }
    };
    signed_out("").await;
    let forbidden = ask(&cookie, "data-science").await;
    assert_eq!((forbidden.status, forbidden.problem().as_str()), (404, "not-found"));
    assert_eq!(plain(&forbidden), plain(&ask(&cookie, UNKNOWN).await));
    assert_eq!(plain(&forbidden), plain(&ask(&cookie, "%ff").await));
    let ticket = carla.ticket(&stage, UNKNOWN).await;
    assert_eq!(plain(&forbidden), plain(&ticket), "as the ticket is");
    let own = serde_json::json!({ "app": "answers", "socket": "none" });
    assert_eq!(ask(&cookie, "finance").await.expect(200).json(), own);
    for cookie in ["", &cookie] {
        assert_eq!(ask(cookie, "status").await.expect(200).json(), own, "what is public is so to everybody");
    }
    let elsewhere = stage.portal().get("/api/dashboards/status/state").site("same-site", "cors", "empty");
    assert_eq!(elsewhere.cookie(&cookie).send().await.status, 403, "no other page may ask");
    carla.sign_out(&stage).await.expect(200);
    signed_out(&cookie).await;
}

#[tokio::test]
async fn a_websocket_from_another_origin_is_refused_before_anything_is_learnt() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "finance").await;
    let foreign = stage.dashboard("data-science").origin();
    for at in ["finance", UNKNOWN] {
        let site = stage.dashboard(at);
        for origin in [foreign.as_str(), &stage.portal().origin(), "null", "http://evil.example"] {
            for cookie in ["", &cookie] {
                let request = with(site.get("/live").websocket(origin), cookie);
                let refusal = request.open().await.err().expect("no WebSocket from elsewhere");
                assert_eq!(refusal.status, 403, "{origin} at {at}:\n{}", refusal.everything());
            }
        }
        let silent = site.get("/live").websocket("").without("Origin").cookie(&cookie);
        assert_eq!(silent.open().await.err().map(|refusal| refusal.status), Some(403), "no Origin at {at}");
    }
}
