//! How the apps are for those who look over all of them, over TCP: each told of their own dashboards, by checks that
//! are made once for everybody, few at a time, and that nobody waits for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use lanyard_testbed::{
    Person, Request, Script, Stage, StageOptions,
    person::{ADA, CARLA, DOV},
};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpListener,
    task::JoinSet,
    time::{sleep, timeout},
};

/// A check is made again when the last one is so old.
const AGAIN: Duration = Duration::from_secs(15);

fn ask(stage: &Stage, cookie: &str) -> Request {
    let request = stage.portal().get("/api/states").fetch();
    if cookie.is_empty() { request } else { request.cookie(cookie) }
}

/// Every app that the answer speaks of.
async fn states(stage: &Stage, cookie: &str) -> BTreeMap<String, String> {
    let answer = timeout(Duration::from_secs(2), ask(stage, cookie).send()).await;
    let answer = answer.expect("it waits for no app").expect(200).json();
    let text = |value: &serde_json::Value| value.as_str().expect("a word").to_owned();
    let apps = answer["apps"].as_array().expect("a list").iter();
    apps.map(|one| (text(&one["id"]), text(&one["app"]))).collect()
}

async fn becomes(stage: &Stage, cookie: &str, id: &str, expected: &str) {
    let mut found = None;
    for _ in 0..60 {
        found = states(stage, cookie).await.remove(id);
        if found.as_deref() == Some(expected) {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("'{id}' is {found:?} instead of '{expected}'");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_app_is_asked_once_for_all_who_look_and_told_to_those_who_see_it() {
    let options = StageOptions::default().upstream_with("rec", "health = \"/up\"");
    let options =
        options.bare_upstream("hangs", "health = \"/up\"").bare_upstream("stops", "health = \"/up\"");
    let external = "[dashboards.elsewhere]\nexternal = \"https://elsewhere.example\"\npublic = true";
    let stage = Arc::new(Stage::start(options.toml(external).without_apps()).await);
    let hangs = |stream, _| async move { drop((stream, sleep(Duration::from_secs(60)).await)) };
    let _hangs = Script::start(stage.upstream_port("hangs"), hangs).await;
    let well = |mut stream: tokio::net::TcpStream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
    };
    let stops = Script::start(stage.upstream_port("stops"), well).await;
    let (ada, carla) = (Person::sign_in(&stage, ADA).await, Person::sign_in(&stage, CARLA).await);
    let dov = Person::sign_in(&stage, DOV).await;
    let recorder = stage.recorder("rec");
    sleep(Duration::from_millis(300)).await;
    assert!(recorder.seen().is_empty(), "nobody has looked");

    let almost = sleep(AGAIN - Duration::from_secs(1));
    let many = async || {
        let mut asking = JoinSet::new();
        for nth in 0..50 {
            let request = ask(&stage, &[&ada, &carla][nth % 2].cookies());
            asking.spawn(async move { request.send().await.expect(200) });
        }
        asking.join_all().await;
    };
    assert!(states(&stage, &ada.cookies()).await.len() < 8, "what nobody has asked after is not known yet");
    many().await;
    becomes(&stage, &ada.cookies(), "rec", "answers").await;
    becomes(&stage, "", "stops", "answers").await;
    becomes(&stage, "", "hangs", "silent").await;
    becomes(&stage, &ada.cookies(), "finance", "down").await;
    many().await;
    assert_eq!(recorder.targets(), ["/up"], "one check for all of them");

    let names = async |cookie: &str| states(&stage, cookie).await.into_keys().collect::<Vec<_>>();
    assert_eq!(
        names(&ada.cookies()).await,
        ["data-science", "finance", "forecast", "hangs", "rec", "status", "stops"]
    );
    assert_eq!(names(&carla.cookies()).await, ["finance", "hangs", "rec", "status", "stops"]);
    for cookie in [dov.cookies(), String::new(), "__Host-lanyard=unknown".to_owned()] {
        assert_eq!(names(&cookie).await, ["hangs", "status", "stops"]);
    }

    drop(stops);
    assert_eq!(states(&stage, "").await["stops"], "answers", "what was found holds");
    almost.await;
    many().await;
    assert_eq!(recorder.targets().len(), 1, "not asked again within 15 s");
    // The first check came some time after the clock of this test, on a busy machine.
    for _ in 0..50 {
        sleep(Duration::from_millis(200)).await;
        many().await;
        if recorder.targets().len() > 1 {
            break;
        }
    }
    becomes(&stage, "", "stops", "down").await;
    assert_eq!(recorder.targets().len(), 2);
    assert_eq!(states(&stage, &ada.cookies()).await["rec"], "answers", "known while it is asked again");
    assert!(stage.audit().iter().all(|event| event["kind"] != "state"), "looking is no event");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_are_checked_at_a_time_and_the_one_on_the_screen_does_not_wait_for_them() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (open.clone(), most.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (open, most) = counts.clone();
            most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::spawn(async move {
                let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
                open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    let mut toml = String::new();
    for nth in 0..60 {
        let app = format!("app = \"http://127.0.0.1:{port}\"\nhealth = \"/up\"\npublic = true");
        let _ = writeln!(toml, "[dashboards.busy-{nth}]\n{app}");
    }
    let stage = Stage::start(StageOptions::default().toml(&toml).without_apps()).await;
    for _ in 0..20 {
        states(&stage, "").await;
    }
    sleep(Duration::from_millis(1_500)).await;
    let counted = (open.load(Ordering::SeqCst), most.load(Ordering::SeqCst));
    assert_eq!(counted, (16, 16), "so many are asked at once");
    let looked = stage.portal().get("/api/dashboards/busy-59/state").fetch().send();
    let looked = timeout(Duration::from_secs(4), looked).await.expect("it is checked at once");
    assert_eq!(looked.expect(200).json()["app"], "silent");
    sleep(Duration::from_millis(500)).await;
    assert_eq!(open.load(Ordering::SeqCst), 16, "it is the next ones' turn");
}

#[tokio::test]
async fn strangers_may_look_so_often_and_use_up_nothing_that_signing_in_needs() {
    let stage = Stage::start(StageOptions::default().toml("[limits]\nsign_ins = 3").without_apps()).await;
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(ask(&stage, "").send().await.status);
    }
    assert!(answers[..25].iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(answers.last(), Some(&429), "{answers:?}");
    let portal = stage.portal();
    portal.get("/api/dashboards/status/state").fetch().send().await.expect(429);
    portal.get("/api/session").fetch().send().await.expect(200);
}
