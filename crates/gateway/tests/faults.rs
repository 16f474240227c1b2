//! What breaks around the gateway: the disk is full or hangs, the gateway is killed. New grants fail closed with a
//! clear page, everything that takes away works, nothing that was recorded is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path, time::Duration};

use lanyard_testbed::{
    Person, Stage, StageOptions,
    counters::Counters,
    person::{ADA, CARLA, DOV, ELIF},
};
use serde_json::Value;
use tokio::time::sleep;

/// `O_NONBLOCK` of Linux.
const NONBLOCK: i32 = 0o4000;

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").public_upstream("open").without_apps()
}

/// The whole lines of a trail, and how many are not.
fn read(trail: &Path) -> (Vec<Value>, usize) {
    let text = fs::read_to_string(trail).expect("the trail can be read");
    let lines: Vec<Option<Value>> = text.lines().map(|line| serde_json::from_str(line).ok()).collect();
    let torn = lines.iter().filter(|line| line.is_none()).count();
    (lines.into_iter().flatten().collect(), torn)
}

fn count(events: &[Value], kind: &str, subject: &str, outcome: &str) -> usize {
    let wanted =
        |event: &&Value| event["kind"] == kind && event["subject"] == subject && event["outcome"] == outcome;
    events.iter().filter(wanted).count()
}

/// Takes all the room that there is.
fn fill(path: &Path) {
    let mut filler = fs::File::create(path).expect("a file");
    for size in [4096, 512, 1] {
        while filler.write_all(&vec![b'x'; size]).is_ok() {}
    }
}

#[tokio::test]
async fn a_full_disk_stops_new_grants_alone_and_what_happened_meanwhile_is_written_when_there_is_room() {
    let stage = Stage::start(options().small_disk("128k")).await;
    let gateway = stage.take("lanyard");
    let state = gateway.sees(&stage.config().with_file_name("state"));
    let ada = Person::sign_in(&stage, ADA).await;
    let inside = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    rec.get("/page").fetch().cookie(&inside).send().await.expect(200);
    fill(&state.join("filler"));
    // What is left of the trail's last block is used up first.
    let mut people = Vec::new();
    let refused = loop {
        let carla = Person::sign_in(&stage, CARLA).await;
        let knock = carla.knock(&stage, "rec", "/").await;
        people.push(carla);
        if knock.status != 303 {
            break knock;
        }
        assert!(people.len() < 20, "the disk is not full after {} grants", people.len());
    };
    assert_eq!(refused.status, 503, "{}", refused.everything());
    assert_eq!(stage.admin().refusals("unrecorded").await, 1);
    assert!(refused.text().contains("Access cannot be recorded at the moment"), "{}", refused.text());
    rec.get("/page").fetch().cookie(&inside).send().await.expect(200);
    stage.dashboard("open").get("/page").top_document().send().await.expect(200);
    let dov = Person::sign_in(&stage, DOV).await;
    dov.ticket(&stage, "rec").await.expect(404);
    dov.sign_out(&stage).await.expect(200);
    for person in &people {
        person.sign_out(&stage).await.expect(200);
    }
    rec.get("/page").fetch().cookie(&inside).send().await.expect(200);
    // Whoever wants to be let in makes the gateway try the disk again, with all that waits.
    Person::sign_in(&stage, ELIF).await.knock(&stage, "rec", "/").await.expect(503);
    fs::remove_file(state.join("filler")).expect("the disk is freed");
    sleep(Duration::from_secs(3)).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    carla.knock(&stage, "rec", "/").await.expect(303);
    let (events, torn) = read(&state.join("audit.jsonl"));
    assert!(torn <= 1, "{torn} lines are not whole");
    assert_eq!(count(&events, "sign-in", "d", "allowed"), 1, "{events:#?}");
    assert_eq!(count(&events, "ticket", "d", "denied"), 1, "{events:#?}");
    assert_eq!(count(&events, "sign-out", "d", "allowed"), 1, "{events:#?}");
    assert_eq!(count(&events, "sign-out", "c", "allowed"), people.len(), "{events:#?}");
    assert_eq!(count(&events, "sign-in", "c", "allowed"), people.len() + 1, "{events:#?}");
    // All but the last were let in, and the one who came when there was room again.
    assert_eq!(count(&events, "grant", "c", "allowed"), people.len(), "{events:#?}");
    let mut ids: Vec<_> = events.iter().map(|event| event["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "each event once");
    assert_eq!(Counters::read(&stage).await.audit_dropped(), 0);
}

#[tokio::test]
async fn a_disk_that_hangs_holds_up_new_grants_alone_and_not_the_end() {
    let stage = Stage::start(options()).await;
    let trail = stage.config().with_file_name("state").join("audit.jsonl");
    stage.stop("lanyard");
    fs::remove_file(&trail).expect("the trail so far");
    let made = std::process::Command::new("mkfifo").arg(&trail).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo is of every Debian");
    // A pipe that nobody empties takes 64 KB, and then makes its writer wait for ever.
    let mut pipe =
        fs::File::options().read(true).write(true).custom_flags(NONBLOCK).open(&trail).expect("a pipe");
    stage.start_process("lanyard").await;
    stage.provider_known().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let inside = carla.enter(&stage, "rec").await;
    while pipe.write(&[b'x'; 512]).is_ok() {}
    let elif = Person::sign_in(&stage, ELIF).await;
    let refused = elif.knock(&stage, "rec", "/").await.expect(503);
    assert!(refused.text().contains("Access cannot be recorded at the moment"), "{}", refused.text());
    assert_eq!(stage.admin().refusals("unrecorded").await, 1);
    stage.dashboard("rec").get("/page").fetch().cookie(&inside).send().await.expect(200);
    elif.sign_out(&stage).await.expect(200);
    let mut gateway = stage.take("lanyard");
    gateway.terminate();
    let status = gateway.ended(Duration::from_secs(10)).await;
    assert_eq!(status.code(), Some(1), "it says that something is lost: {}", gateway.said());
    assert!(gateway.said().contains("the audit trail could not be written in time"), "{}", gateway.said());
    fs::remove_file(&trail).expect("the pipe is taken away");
}

#[tokio::test]
async fn a_gateway_that_is_killed_has_lost_no_grant_and_lets_nobody_in_by_an_old_cookie() {
    let stage = Stage::start(options()).await;
    let trail = stage.config().with_file_name("state").join("audit.jsonl");
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    rec.get("/page").fetch().cookie(&cookie).send().await.expect(200);
    let socket = rec.get("/ws").websocket(&rec.origin()).cookie(&cookie).opened().await;
    stage.stop("lanyard");
    assert_eq!(socket.closed(Duration::from_secs(5)).await, None, "it ends with the gateway");
    let (events, torn) = read(&trail);
    assert_eq!((count(&events, "grant", "c", "allowed"), torn), (1, 0), "{events:#?}");
    assert_eq!(count(&events, "web-socket", "c", "allowed"), 1, "{events:#?}");
    // As if it had been killed in the middle of a line.
    let mut file = fs::File::options().append(true).open(&trail).expect("the trail");
    file.write_all(br#"{"time":"2026-"#).expect("half a line");
    stage.start_process("lanyard").await;
    rec.get("/page").fetch().cookie(&cookie).send().await.expect(401);
    carla.ticket(&stage, "rec").await.expect(401);
    let session = carla.api(&stage, "GET", "/api/session").send().await.expect(200).json();
    assert!(session["identity"].is_null(), "{session}");
    stage.provider_known().await;
    Person::sign_in(&stage, CARLA).await.enter(&stage, "rec").await;
    let (events, torn) = read(&trail);
    assert_eq!(
        (count(&events, "grant", "c", "allowed"), torn),
        (2, 1),
        "nothing before is lost: {events:#?}"
    );
    assert_eq!(count(&events, "sign-in", "c", "allowed"), 2, "and nothing after: {events:#?}");
}
