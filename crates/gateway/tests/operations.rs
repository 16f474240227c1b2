//! Running it: the admin listener, the drain on SIGTERM, `lanyard check`, the audit trail, and that nothing
//! which a whole run issued is written down anywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Person, Stage, StageOptions,
    flow::Flow,
    person::{ADA, BEN, CARLA, DOV, ELIF},
    stage::gateway,
};
use serde_json::Value;
use tokio::{net::TcpStream, time::sleep};

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").public_upstream("open").without_apps()
}

#[tokio::test]
async fn health_and_metrics_are_on_the_admin_listener_alone_and_for_known_hosts() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let admin = stage.admin();
    for path in ["/healthz", "/readyz", "/metrics"] {
        admin.get(path).send().await.expect(200);
        let rebound = admin.get(path).replace("Host", &format!("evil.example:{}", admin.port)).send().await;
        assert!((400..500).contains(&rebound.status), "{path} for any Host:\n{}", rebound.everything());
        let portal = stage.portal().get(path).top_document().cookie(&ada.cookies()).send().await;
        assert!(
            portal.status == 404 || !portal.text().contains("# TYPE"),
            "{path} at the portal:\n{}",
            portal.everything()
        );
    }
    let metrics = admin.get("/metrics").send().await.text();
    assert!(metrics.contains("# TYPE") && metrics.contains("# HELP"), "{metrics}");
    assert!(
        !metrics.contains("Ada") && !metrics.contains("harbour.example"),
        "metrics name nobody:\n{metrics}"
    );
    let api = admin.get("/api/session").send().await;
    assert_eq!(api.status, 404, "the portal is not on the admin listener");
}

#[tokio::test]
async fn an_unknown_host_at_the_portals_listener_is_421() {
    let stage = Stage::start(options()).await;
    for path in ["/", "/api/config", "/healthz"] {
        let answer = stage.site("unknown.example").get(path).send().await;
        assert_eq!(answer.status, 421, "{}", answer.everything());
    }
}

#[tokio::test]
async fn on_sigterm_what_is_under_way_is_finished_and_the_gateway_ends_well() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let socket = rec.get("/ws").websocket(&rec.origin()).cookie(&cookie).opened().await;
    let slow = rec.get("/slow").fetch().cookie(&cookie).begin().await;
    sleep(Duration::from_millis(300)).await;
    let mut process = stage.take("lanyard");
    process.terminate();
    let finished = tokio::spawn(slow.finish());
    assert_eq!(socket.closed(Duration::from_secs(2)).await, Some(1001), "an open WebSocket is told");
    let answer = finished.await.expect("the request is answered").expect(200);
    assert_eq!(answer.text(), "slow and complete");
    let status = process.ended(Duration::from_secs(5)).await;
    assert_eq!(status.code(), Some(0), "{}", process.said());
    assert!(TcpStream::connect(("127.0.0.1", rec.port)).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn check_prints_every_problem_with_its_line_and_the_nearest_spelling_and_exits_with_1() {
    let stage = Stage::start(options()).await;
    let good = stage.config().to_str().expect("a path").to_owned();
    let output = gateway(&["check", "--config", &good]);
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}");
    let text = std::fs::read_to_string(&good).expect("the configuration");
    let text = text
        .replacen("title = \"Harbour analytics\"", "titel = \"Harbour analytics\"", 1)
        .replacen("roles = [\"manager\", \"finance\"]", "roles = [\"manager\", \"finanse\"]", 1)
        .replacen("issuer = \"http://id.localhost", "issuer = \"http://id.example", 1)
        .replacen("public = true", "public = \"yes\"", 1)
        .replacen("client_secret = \"env:LANYARD_CLIENT_SECRET\"", "client_secret = \"hunter2-hunter2\"", 1);
    let bad = format!("{good}.bad");
    std::fs::write(&bad, &text).expect("the file can be written");
    let output = gateway(&["check", "--config", &bad]);
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}");
    for (slip, hint) in [
        ("titel =", "title"),
        ("finanse", "finance"),
        ("http://id.example", ""),
        ("public = \"yes\"", ""),
        ("hunter2", "env:"),
    ] {
        let nth = text.lines().position(|line| line.contains(slip)).expect("the slip is in the file") + 1;
        let told = said
            .lines()
            .find(|line| line.contains(&format!(":{nth}:")) || line.contains(&format!("line {nth}")));
        let told = told.unwrap_or_else(|| panic!("line {nth} ({slip}) is not named:\n{said}"));
        assert!(told.contains(hint), "the hint '{hint}' is missing: {told}");
    }
    assert!(!said.contains("hunter2"), "a value that should be secret is not repeated:\n{said}");
    let output = gateway(&["serve", "--config", &bad]);
    assert_eq!(output.status.code(), Some(1), "and it does not serve with such a file");
}

fn find<'a>(events: &'a [Value], kind: &str, subject: &str, outcome: &str) -> Vec<&'a Value> {
    let wanted =
        |event: &&Value| event["kind"] == kind && event["subject"] == subject && event["outcome"] == outcome;
    events.iter().filter(wanted).collect()
}

#[tokio::test]
async fn the_audit_trail_holds_every_decision_once_and_not_every_request() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    for _ in 0..20 {
        rec.get("/page").fetch().cookie(&cookie).send().await.expect(200);
    }
    for _ in 0..2 {
        assert!(rec.get("/ws").websocket(&rec.origin()).cookie(&cookie).open().await.is_ok());
    }
    carla.ticket(&stage, "data-science").await.expect(404);
    carla.sign_out(&stage).await.expect(200);
    sleep(Duration::from_millis(500)).await;
    let events = stage.audit();
    let count = |kind: &str, outcome: &str| find(&events, kind, "c", outcome).len();
    assert_eq!(count("sign-in", "allowed"), 1, "{events:#?}");
    assert_eq!(count("ticket", "allowed"), 1, "{events:#?}");
    assert_eq!(count("grant", "allowed"), 1, "twenty requests, one grant: {events:#?}");
    assert_eq!(count("web-socket", "allowed"), 2, "{events:#?}");
    assert_eq!(count("ticket", "denied"), 1, "{events:#?}");
    assert_eq!(count("sign-out", "allowed"), 1, "{events:#?}");
    let mut ids: Vec<_> = events.iter().map(|event| event["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "ids are unique");
    for event in &events {
        assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{event}");
    }
}

#[tokio::test]
async fn strangers_cannot_fill_the_audit_trail() {
    let stage = Stage::start(options()).await;
    let before = stage.audit().len();
    for nth in 0..200 {
        let host = stage.dashboard(&format!("guess-{nth}"));
        host.get("/").fetch().send().await.expect(401);
    }
    sleep(Duration::from_millis(300)).await;
    assert!(stage.audit().len() <= before + 10, "{} events for 200 strangers", stage.audit().len() - before);
}

#[tokio::test]
async fn nothing_that_a_whole_run_issued_is_written_down() {
    let stage = Stage::start(options().server("")).await;
    for name in [ADA, BEN, CARLA, DOV, ELIF] {
        let person = Person::sign_in(&stage, name).await;
        for id in person.sees(&stage).await {
            if matches!(id.as_str(), "rec" | "finance" | "data-science" | "forecast") {
                let cookie = person.enter(&stage, &id).await;
                let at = stage.dashboard(&id);
                let secret = person.cookie.clone();
                at.get(&format!("/page?token={secret}")).fetch().cookie(&cookie).send().await;
                let _ = at.get("/ws").websocket(&at.origin()).cookie(&cookie).open().await;
            }
        }
        let flow = Flow::begin(&stage).await;
        let callback = flow.at_provider(&stage, name).await;
        let query = format!("/callback?code={}&state={}", callback.code, callback.state);
        stage.portal().get(&query).site("cross-site", "navigate", "document").send().await;
        let mut wrong = flow.clone();
        wrong.verifier = Flow::begin(&stage).await.verifier;
        let refused = wrong.redeem(&stage, &callback, &flow.cookies()).await;
        assert_eq!(refused.problem(), "sign-in-refused");
        person.sign_out(&stage).await.expect(200);
    }
    for kind in [
        "client secret",
        "code",
        "verifier",
        "sign-in cookie",
        "session cookie",
        "ticket",
        "app cookie",
        "assertion",
    ] {
        assert!(stage.secrets().count(kind) > 0, "no {kind} was issued, so nothing was looked for");
    }
    let written = stage.written();
    let names: Vec<_> = written.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["lanyard.log", "audit.jsonl", "lanyard-dev-idp.log"] {
        assert!(names.contains(&name), "{name} was not searched: {names:?}");
    }
    assert!(stage.said("lanyard").lines().count() > 10, "the gateway wrote a log");
    let wrongs = stage.wrongs();
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

#[tokio::test]
async fn log_lines_are_json_with_a_request_id_when_asked_for() {
    let stage = Stage::start(options()).await;
    stage.portal().api("POST", "/api/dashboards/x/ticket").send().await.expect(401);
    sleep(Duration::from_millis(200)).await;
    let said = stage.said("lanyard");
    for line in said.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "not JSON: {line}");
    }
    assert!(said.contains("listening"), "{said}");
}

#[tokio::test]
async fn memory_stays_bounded_while_strangers_begin_sign_ins() {
    let stage = Stage::start(options().toml("[limits]\nsign_ins = 100000")).await;
    let begin = |nth: usize| {
        let body = serde_json::json!({ "state": format!("0123456789abcdef{nth}") });
        stage.portal().api("POST", "/api/sign-in").json(&body).send()
    };
    for nth in 0..200 {
        begin(nth).await.expect(200);
    }
    let process = stage.take("lanyard");
    let before = process.memory();
    for nth in 0..3_000 {
        begin(nth).await.expect(200);
    }
    let grown = process.memory().saturating_sub(before);
    assert!(grown < 8 * 1024 * 1024, "{} KB for 3 000 sign-ins that never came back", grown / 1024);
}
