//! Running it: the admin listener, the drain on SIGTERM, `lanyard check`, the log, and that nothing which a
//! whole run issued is written down anywhere.

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
    let answered = stage.said("lanyard").lines().filter(|line| line.contains("\"answered\"")).count();
    assert!(answered > 50, "every request has its line: {answered}");
    let wrongs = stage.wrongs();
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

#[tokio::test]
async fn log_lines_are_json_and_a_refusal_is_found_by_its_reference() {
    let stage = Stage::start(options().default_log()).await;
    let portal = stage.portal();
    let ticket = portal.api("POST", "/api/dashboards/x/ticket").send().await.expect(401);
    let reference = ticket.json()["reference"].as_str().expect("a reference").to_owned();
    assert_eq!(ticket.header("x-request-id"), Some(reference.as_str()), "one name for one request");
    let mut references = vec![reference];
    let refusals = [
        stage.dashboard("rec").get("/?secret=in-the-query").frame_document().send().await.expect(401),
        stage.dashboard("nothing-like-this").get("/").fetch().send().await.expect(401),
        stage.site("unknown.example").get("/").send().await.expect(421),
        portal.get("/api/nothing-like-this").fetch().send().await.expect(404),
        portal.api("POST", "/api/sign-in").origin("http://evil.example").send().await.expect(403),
    ];
    references.extend(refusals.iter().map(|one| one.header("x-request-id").expect("an id").to_owned()));
    let fine = portal.get("/api/config").fetch().send().await.expect(200);
    sleep(Duration::from_millis(200)).await;
    let said = stage.said("lanyard");
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON ({error}): {line}")))
        .collect();
    for reference in &references {
        let found = lines.iter().filter(|line| line["fields"]["reference"] == reference.as_str()).count();
        assert_eq!(found, 1, "{reference} is in the log once:\n{said}");
    }
    let fine = fine.header("x-request-id").expect("an id");
    assert!(!said.contains(fine), "by default what went well is not logged one by one:\n{said}");
    assert!(!said.contains("in-the-query"), "queries are never logged:\n{said}");
    assert!(said.contains("listening"), "{said}");
}

#[tokio::test]
async fn a_page_of_a_failure_shows_the_reference_that_the_log_has() {
    let stage = Stage::start(options().default_log().bare_upstream("down", "")).await;
    let (rec, down) = (stage.dashboard("rec"), stage.dashboard("down"));
    for (case, answer, status, tries_again) in [
        ("an app that is down", down.get("/?secret=in-the-query").top_document().send().await, 502, true),
        ("the same in a frame", down.get("/").frame_document().send().await, 502, false),
        ("nobody signed in", rec.get("/").frame_document().send().await, 401, false),
    ] {
        let page = answer.expect(status);
        let text = page.text();
        let shown = text.split_once("Reference ").and_then(|(_, rest)| rest.split_once('<'));
        let (shown, _) = shown.unwrap_or_else(|| panic!("{case} shows no reference:\n{text}"));
        assert_eq!(page.header("x-request-id"), Some(shown), "{case}");
        assert_eq!(text.contains("<a href=\"\">Try now</a>"), tries_again, "{case}:\n{text}");
        assert!(!text.contains("in-the-query"), "{case}:\n{text}");
        sleep(Duration::from_millis(200)).await;
        let said = stage.said("lanyard");
        let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let found = lines.filter(|line| line["fields"]["reference"] == shown).count();
        assert!(found > 0, "{case}: {shown} is not in the log:\n{said}");
    }
}

#[tokio::test]
async fn it_takes_as_many_file_descriptors_as_it_may_have_whatever_it_was_started_with() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // What is started from here inherits it.
    setrlimit(Resource::Nofile, Rlimit { current: Some(600), ..limit }).expect("less can always be had");
    let stage = Stage::start(options()).await;
    let (soft, hard) = stage.take("lanyard").may_open();
    assert_eq!(soft, hard);
    assert_ne!(soft, "600", "the hard limit here is more");
}
