//! Cookies that a sibling's script, another person or an attacker with a raw socket puts beside ours: the
//! session neither changes nor is confused, at the portal, at dashboard hosts and on the handshake of a
//! WebSocket; and a session is never one that somebody chose before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Answer, Person, Request, Stage, StageOptions,
    flow::{APP_COOKIE, Flow, PORTAL_COOKIE, SIGN_IN_COOKIE},
    person::{CARLA, ELIF, enter},
};

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

/// `Cookie` lines with what somebody tossed around the good cookie, and whether that still counts.
fn tossed(name: &str, good: &str, evil: &str) -> Vec<(&'static str, Vec<Vec<u8>>, bool)> {
    let one = |text: String| vec![text.into_bytes()];
    let spaced = |space: &[u8]| [space, format!("{name}={evil}; {name}={good}").as_bytes()].concat();
    let percent = format!("_%5f{}", &name[2..]);
    let many = (0..400).map(|nth| format!("tossed{nth}={nth}")).collect::<Vec<_>>();
    vec![
        ("alone", one(format!("{name}={good}")), true),
        ("an encoded name before it", one(format!("{percent}={evil}; {name}={good}")), true),
        ("an encoded name behind it", one(format!("{name}={good}; {percent}={evil}")), true),
        ("an encoded name alone", one(format!("{percent}={evil}")), false),
        ("U+2000 before the name", vec![spaced("\u{2000}".as_bytes())], true),
        ("U+00A0 before the name", vec![spaced(b"\xa0")], true),
        ("U+FEFF before the name", vec![spaced("\u{feff}".as_bytes())], true),
        ("another case", one(format!("{}={evil}; {name}={good}", name.to_lowercase())), true),
        (
            "a value that is not ASCII",
            vec![[b"odd=\xff\xfe; ", format!("{name}={good}").as_bytes()].concat()],
            true,
        ),
        (
            "a name that is not ASCII",
            vec![[b"\xe4\x80=1; ", format!("{name}={good}").as_bytes()].concat()],
            true,
        ),
        ("two of our name", one(format!("{name}={good}; {name}={evil}")), false),
        ("two of our name, the other first", one(format!("{name}={evil}; {name}={good}")), false),
        ("the same twice", one(format!("{name}={good}; {name}={good}")), false),
        ("two lines", vec![format!("{name}={good}").into(), b"a=b".to_vec()], true),
        (
            "two lines of our name",
            vec![format!("{name}={good}").into(), format!("{name}={evil}").into()],
            false,
        ),
        ("no name", one(format!("={name}={evil}; {name}={good}; =; ;;")), true),
        ("quotes around the value", one(format!("{name}=\"{good}\"")), false),
        ("quotes around the name", one(format!("\"{name}\"={evil}; {name}={good}")), true),
        ("$Version and $Path", one(format!("$Version=1; {name}={good}; $Path=\"/\"; $Domain=x")), true),
        ("a comma instead of a semicolon", one(format!("a=b, {name}={evil}; {name}={good}")), true),
        ("a value behind the value", one(format!("{name}={good} {evil}")), false),
        ("an empty value", one(format!("{name}=; x={name}={good}")), false),
        ("400 tossed cookies", one(format!("{}; {name}={good}", many.join("; "))), true),
    ]
}

fn with(request: Request, lines: &[Vec<u8>]) -> Request {
    lines.iter().fold(request, |request, line| request.header("Cookie", line))
}

#[tokio::test]
async fn tossed_cookies_change_nothing_at_the_portal() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let elif = Person::sign_in(&stage, ELIF).await;
    for (case, lines, counts) in tossed(PORTAL_COOKIE, &carla.cookie, &elif.cookie) {
        let answer = with(stage.portal().get("/api/session").fetch(), &lines).send().await.expect(200).json();
        let name = answer["identity"]["name"].as_str();
        assert_eq!(name, counts.then_some(CARLA), "{case}: {answer}");
        let ticket = with(stage.portal().api("POST", "/api/dashboards/rec/ticket"), &lines).send().await;
        assert_eq!(ticket.status, if counts { 200 } else { 401 }, "{case}:\n{}", ticket.everything());
    }
    // An app cookie is no session, under any name.
    let app = carla.enter(&stage, "rec").await;
    for line in [app.clone(), app.replace(APP_COOKIE, PORTAL_COOKIE), app.replace(APP_COOKIE, SIGN_IN_COOKIE)]
    {
        let answer = stage.portal().get("/api/session").fetch().cookie(&line).send().await.expect(200).json();
        assert!(answer["identity"].is_null(), "{answer}");
    }
}

#[tokio::test]
async fn tossed_cookies_change_nothing_at_a_dashboards_host_and_on_handshakes() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let elif = Person::sign_in(&stage, ELIF).await;
    let value = |line: String| line.split_once('=').expect("a cookie").1.to_owned();
    let good = value(carla.enter(&stage, "rec").await);
    let evil = value(elif.enter(&stage, "rec").await);
    let (rec, recorder) = (stage.dashboard("rec"), stage.recorder("rec"));
    let before = stage.admin().refusals("signed-out").await;
    let mut refused = 0;
    for (nth, (case, lines, counts)) in tossed(APP_COOKIE, &good, &evil).into_iter().enumerate() {
        let target = format!("/toss?{nth}");
        let answer = with(rec.get(&target).fetch(), &lines).send().await;
        assert_eq!(answer.status, if counts { 200 } else { 401 }, "{case}:\n{}", answer.everything());
        let frame = with(rec.get("/frame").frame_document(), &lines).send().await;
        assert_eq!(frame.status, answer.status, "{case}, in a frame");
        let top = with(rec.get("/top").top_document(), &lines).send().await;
        assert_eq!(top.status, if counts { 200 } else { 303 }, "{case}, at the top");
        let socket = with(rec.get("/ws").websocket(&rec.origin()), &lines).open().await;
        assert_eq!(socket.is_ok(), counts, "{case}, as a WebSocket");
        if counts {
            for target in [target.as_str(), "/ws"] {
                let seen = recorder.latest(target);
                assert_eq!(seen.header("x-forwarded-user"), Some("c"), "{case} at {target}");
            }
        } else {
            refused += 4;
            assert!(!recorder.targets().contains(&target), "{case} reached the app");
        }
    }
    assert_eq!(stage.admin().refusals("signed-out").await, before + refused, "each refusal is counted");
}

#[tokio::test]
async fn more_cookies_than_are_read_get_a_sentence_and_leave_others_alone() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let cookie = carla.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let mut open = rec.get("/ws").websocket(&rec.origin()).cookie(&cookie).opened().await;
    let before = stage.admin().refusals("header-too-large").await;
    let jar =
        |count: usize| (0..count).map(|nth| format!("t{nth}={}", "x".repeat(4_000))).collect::<Vec<_>>();
    let mut asked = 0;
    for count in [17, 25, 100, 180] {
        let jar = format!("{}; {cookie}", jar(count).join("; "));
        for request in [
            rec.get("/").top_document(),
            rec.get("/ws").websocket(&rec.origin()),
            stage.portal().get("/").top_document(),
            stage.portal().get("/api/session").fetch(),
        ] {
            let answer = request.cookie(&jar).send().await.expect(431);
            asked += 1;
            assert!(answer.text().contains("delete them"), "{count}:\n{}", answer.everything());
            let policy = answer.header("content-security-policy").unwrap_or_default();
            assert!(policy.contains("frame-ancestors 'none'"), "{count}:\n{}", answer.everything());
            assert!(answer.header("connection").is_some_and(|value| value == "close"));
        }
    }
    stage.admin().has_refused("header-too-large", before + asked).await;
    open.say("still here").await;
    assert_eq!(open.hear().await, "still here");
    rec.get("/page").fetch().cookie(&format!("{}; {cookie}", jar(10).join("; "))).send().await.expect(200);
}

/// A browser that has lost our cookie: nobody, and sent to where one can sign in.
#[tokio::test]
async fn without_its_cookie_a_browser_is_nobody() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    carla.enter(&stage, "rec").await;
    for lines in
        [vec![], vec![b"a=b".to_vec()], vec![format!("{APP_COOKIE}={}", "A".repeat(43)).into_bytes()]]
    {
        let session = with(stage.portal().get("/api/session").fetch(), &lines).send().await.expect(200);
        assert!(session.json()["identity"].is_null());
        let rec = stage.dashboard("rec");
        let top = with(rec.get("/a?b").top_document(), &lines).send().await.expect(303);
        let wanted = format!("{}/d/rec/a?window&b", stage.portal().origin());
        assert_eq!(top.header("location"), Some(wanted.as_str()));
        with(rec.get("/").frame_document(), &lines).send().await.expect(401);
        with(rec.get("/x.js").fetch(), &lines).send().await.expect(401);
        let socket = with(rec.get("/ws").websocket(&rec.origin()), &lines).open().await;
        assert_eq!(socket.err().map(|refusal| refusal.status), Some(401));
    }
    assert!(stage.recorder("rec").seen().is_empty());
}

async fn who(stage: &Stage, cookie: &str) -> Option<String> {
    let cookie = format!("{PORTAL_COOKIE}={cookie}");
    let answer = stage.portal().get("/api/session").fetch().cookie(&cookie).send().await.expect(200).json();
    answer["identity"]["name"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_session_is_never_one_that_somebody_chose_before() {
    let stage = Stage::start(options()).await;
    let elif = Person::sign_in(&stage, ELIF).await;
    for fixed in ["A".repeat(43), "fixed".into(), elif.cookie.clone()] {
        let flow = Flow::begin(&stage).await;
        let callback = flow.at_provider(&stage, CARLA).await;
        let cookies = format!("{}; {PORTAL_COOKIE}={fixed}", flow.cookies());
        let answer = flow.redeem(&stage, &callback, &cookies).await.expect(200);
        let given = answer.cookie(PORTAL_COOKIE).expect("a new session");
        assert_ne!(given, fixed);
        assert_eq!(who(&stage, &given).await.as_deref(), Some(CARLA));
        assert_eq!(who(&stage, &fixed).await, None, "what was fixed names nobody");
    }
    // The same at a dashboard's host, with a cookie that was made up and with one that another person planted.
    let (carla, elif) = (Person::sign_in(&stage, CARLA).await, Person::sign_in(&stage, ELIF).await);
    let planted = elif.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    for fixed in [format!("{APP_COOKIE}={}", "A".repeat(43)), planted.clone()] {
        let ticket = carla.ticket_value(&stage, "rec").await;
        let answer = enter(&rec, &stage, &ticket, "/").cookie(&fixed).send().await.expect(303);
        let given = answer.cookie(APP_COOKIE).expect("a cookie of her own");
        assert!(!fixed.contains(&given));
        let told = async |cookie: &str| {
            let answer = rec.get("/who").fetch().cookie(cookie).send().await;
            let seen = stage.recorder("rec").seen();
            let user = seen.last().and_then(|seen| seen.header("x-forwarded-user")).map(str::to_owned);
            (answer.status, user.filter(|_| answer.status == 200))
        };
        assert_eq!(told(&format!("{APP_COOKIE}={given}")).await, (200, Some("c".into())));
        let theirs = told(&fixed).await;
        assert_ne!(theirs.1.as_deref(), Some("c"), "the planted cookie does not become hers: {theirs:?}");
    }
}

#[tokio::test]
async fn a_new_sign_in_ends_the_old_session_and_everything_that_hangs_on_it() {
    let stage = Stage::start(options()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let elif = Person::sign_in(&stage, ELIF).await;
    let (app, other) = (carla.enter(&stage, "rec").await, elif.enter(&stage, "rec").await);
    let rec = stage.dashboard("rec");
    let socket = rec.get("/ws").websocket(&rec.origin()).cookie(&app).opened().await;
    let mut elsewhere = rec.get("/ws").websocket(&rec.origin()).cookie(&other).opened().await;
    let ticket = carla.ticket_value(&stage, "rec").await;
    let flow = Flow::begin(&stage).await;
    let callback = flow.at_provider(&stage, ELIF).await;
    let cookies = format!("{}; {}", flow.cookies(), carla.cookies());
    flow.redeem(&stage, &callback, &cookies).await.expect(200);
    assert_eq!(socket.closed(Duration::from_secs(2)).await, Some(4401));
    assert_eq!(who(&stage, &carla.cookie).await, None);
    rec.get("/").fetch().cookie(&app).send().await.expect(401);
    let spent: Answer = enter(&rec, &stage, &ticket, "/").send().await.expect(401);
    assert_eq!(spent.cookie(APP_COOKIE), None);
    elsewhere.say("mine goes on").await;
    assert_eq!(elsewhere.hear().await, "mine goes on");
    rec.get("/").fetch().cookie(&other).send().await.expect(200);
}
