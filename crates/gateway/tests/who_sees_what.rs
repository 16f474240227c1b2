//! The demo's people over TCP: each sees exactly their dashboards, and whoever may not see Ben's finds it shut
//! at its host, its assets, its WebSocket and its ticket, whatever they hold, and no trace of it anywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{
    Answer, Person, Stage,
    person::{ADA, BEN, CARLA, DOV, ELIF, enter, ids},
};

#[tokio::test]
async fn everybody_sees_exactly_their_own_dashboards_in_the_order_of_the_file() {
    let stage = Stage::demo().await;
    let all: [(&str, &[&str]); 5] = [
        (ADA, &["data-science", "finance", "forecast", "status"]),
        (BEN, &["data-science", "status"]),
        (CARLA, &["finance", "status"]),
        (DOV, &["status"]),
        (ELIF, &["data-science", "finance", "forecast", "status"]),
    ];
    for (name, dashboards) in all {
        let person = Person::sign_in(&stage, name).await;
        assert_eq!(ids(&person.session), dashboards, "{name}, in the answer to signing in");
        assert_eq!(person.sees(&stage).await, dashboards, "{name}, asked again");
        assert_eq!(person.session["identity"]["name"], name);
        for id in dashboards.iter().filter(|id| **id != "status") {
            let cookie = person.enter(&stage, id).await;
            let page = stage.dashboard(id).get("/").frame_document().cookie(&cookie).send().await.expect(200);
            assert!(page.text().contains(name), "{id} shows {name} who is looking:\n{}", page.text());
        }
    }
    let nobody = stage.portal().get("/api/session").fetch().send().await.expect(200).json();
    assert!(nobody["identity"].is_null());
    assert_eq!(ids(&nobody), ["status"]);
}

#[tokio::test]
async fn the_public_dashboard_is_open_to_everybody_and_has_no_ticket() {
    let stage = Stage::demo().await;
    let ada = Person::sign_in(&stage, ADA).await;
    ada.ticket(&stage, "status").await.expect(404);
    let status = stage.dashboard("status");
    for cookies in [String::new(), ada.cookies()] {
        for request in
            [status.get("/").top_document(), status.get("/").frame_document(), status.get("/").fetch()]
        {
            let request = if cookies.is_empty() { request } else { request.cookie(&cookies) };
            let answer = request.send().await.expect(200);
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
}

#[tokio::test]
async fn bens_dashboard_is_shut_to_carla_dov_and_nobody_whatever_they_send() {
    let stage = Stage::demo().await;
    let ben = Person::sign_in(&stage, BEN).await;
    let his = ben.enter(&stage, "data-science").await;
    let host = stage.dashboard("data-science");
    let page = host.get("/").frame_document().cookie(&his).send().await.expect(200).text();
    assert!(page.contains("Data Science Team KPI"), "Ben sees his figures:\n{page}");
    let carla = Person::sign_in(&stage, CARLA).await;
    let dov = Person::sign_in(&stage, DOV).await;
    let hers = carla.enter(&stage, "finance").await;
    let both = format!("{hers}; {}", carla.cookies());
    let mut refusals: Vec<Answer> = Vec::new();
    for cookie in ["", &hers, &carla.cookies(), &both, &dov.cookies()] {
        for path in ["/", "/assets/app.js", "/api/figures", "/../", "/%2e%2e/", "//", "/_lanyard/enter"] {
            for request in [host.get(path).frame_document(), host.get(path).fetch(), host.post(path).fetch()]
            {
                let request = request.origin(&host.origin());
                refusals.push(if cookie.is_empty() { request } else { request.cookie(cookie) }.send().await);
            }
        }
        for origin in [host.origin(), stage.dashboard("finance").origin(), stage.portal().origin()] {
            let request = host.get("/live").websocket(&origin);
            let request = if cookie.is_empty() { request } else { request.cookie(cookie) };
            refusals.push(request.open().await.err().expect("no WebSocket for them"));
        }
    }
    let ticket = carla.ticket_value(&stage, "finance").await;
    for request in [
        enter(&host, &stage, &ticket, "/").cookie(&hers),
        enter(&host, &stage, &carla.ticket_value(&stage, "finance").await, "/").cookie(&both),
        enter(&host, &stage, &carla.cookie, "/"),
    ] {
        refusals.push(request.send().await);
    }
    for person in [&carla, &dov] {
        refusals.push(person.ticket(&stage, "data-science").await.expect(404));
    }
    refusals.push(stage.portal().api("POST", "/api/dashboards/data-science/ticket").send().await.expect(401));
    let seen = stage.said("data-science");
    for refusal in &refusals {
        assert!((400..500).contains(&refusal.status), "not refused:\n{}", refusal.everything());
        assert!(!refusal.text().contains("Data Science Team KPI"), "{}", refusal.everything());
        assert_eq!(refusal.cookie("__Host-lanyard-app"), None, "{}", refusal.everything());
    }
    assert!(!seen.contains("Carla") && !seen.contains("Dov"), "the app never heard of them:\n{seen}");
    let answer = host.get("/").frame_document().cookie(&his).send().await;
    assert_eq!(answer.status, 200, "Ben still gets in");
}

#[tokio::test]
async fn nothing_that_carla_is_sent_holds_a_trace_of_bens_dashboard() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let hers = carla.enter(&stage, "finance").await;
    let portal = stage.portal();
    let index = portal.get("/").top_document().cookie(&carla.cookies()).send().await.expect(200);
    let mut answers = vec![
        portal.get("/api/config").fetch().cookie(&carla.cookies()).send().await.expect(200),
        carla.api(&stage, "GET", "/api/session").send().await.expect(200),
        carla.ticket(&stage, "finance").await.expect(200),
        carla.knock(&stage, "finance", "/").await.expect(303),
        stage.dashboard("finance").get("/").frame_document().cookie(&hers).send().await.expect(200),
        stage.dashboard("data-science").get("/").frame_document().cookie(&hers).send().await.expect(404),
        stage.dashboard("data-science").get("/live").fetch().cookie(&hers).send().await.expect(404),
        carla.ticket(&stage, "data-science").await.expect(404),
        portal.get("/d/data-science").top_document().cookie(&carla.cookies()).send().await,
        portal.get("/.well-known/jwks.json").fetch().send().await.expect(200),
    ];
    answers.push(index);
    answers.push(carla.sign_out(&stage).await.expect(200));
    let port = stage.upstream_port("data-science").to_string();
    let traces =
        ["data-science", "Data Science Team KPI", "Data Science", &port, "forecast", "Finance forecast"];
    for answer in &answers {
        let all = answer.everything();
        for trace in traces {
            assert!(!all.contains(trace), "'{trace}' in:\n{all}");
        }
    }
}
