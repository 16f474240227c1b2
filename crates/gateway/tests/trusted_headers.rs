//! A proxy in front signs people in. Its headers count only from its address and with its secret; nothing else comes
//! in at all; and a session lives only as long as every request says the same of its person.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod through;

use std::time::Duration;

use lanyard_testbed::{
    Request, Stage,
    counters::Counters,
    flow::{APP_COOKIE, PORTAL_COOKIE},
};
use serde_json::json;
use tokio::time::sleep;

use through::{ADA, BEN, Proxied, SIGN_OUT, Said, options, through};

#[tokio::test]
async fn whom_the_proxy_names_is_signed_in_and_the_app_learns_it_from_us_alone() {
    let stage = Stage::start(options()).await;
    let anonymous =
        ADA.says(&stage, stage.portal().get("/api/session").fetch()).send().await.expect(200).json();
    assert_eq!((&anonymous["identity"], &anonymous["vouched"]), (&json!(null), &json!(true)));
    let ada = Proxied::sign_in(&stage, ADA).await;
    let session = ada.session(&stage).await;
    assert_eq!(session["identity"]["name"], "Ada Albrecht");
    assert_eq!(session["identity"]["groups"], json!(["Data Science Team", "Manager"]));
    assert_eq!(session["roles"], json!(["data-science", "manager", "signed-in"]));
    assert!(session.get("vouched").is_none(), "{session}");

    let key = ada.enter(&stage, "rec").await;
    let cookies = format!("proxy_session_0=of-the-proxy; {key}; theirs=1");
    let request = stage.dashboard("rec").get("/data").fetch().cookie(&cookies);
    // Other spellings of the proxy's own names, and the usual ones, which are not its names here.
    let request = request.header("X_Person", "spoofed").header("Remote-User", "spoofed");
    ADA.says(&stage, request.header("X_Lanyard_Proxy", "spoofed")).send().await.expect(200);
    let seen = stage.recorder("rec").seen().pop().expect("the app was asked");
    assert_eq!(seen.header("cookie"), Some("theirs=1"), "the proxy's own cookie is not the app's");
    assert_eq!(seen.header("x-forwarded-user"), Some("ada"));
    assert_eq!(seen.header("x-forwarded-email"), Some("ada@harbour.example"));
    assert_eq!(seen.header("x-forwarded-groups"), Some("Manager"));
    let ours = ["x-lanyard-assertion"];
    for (name, value) in &seen.headers {
        let proxys = name.starts_with("x-person") || name.starts_with("remote") || name.contains("proxy");
        assert!(!proxys || ours.contains(&name.as_str()), "the app got {name}: {value}");
        assert!(!value.contains(stage.client_secret()), "the app got the secret in {name}");
    }
    sleep(Duration::from_millis(300)).await;
    let signed_in = stage.audit().into_iter().find(|event| event["kind"] == "sign-in").expect("an event");
    assert!(signed_in.to_string().contains("trusted-headers"), "{signed_in}");
}

#[tokio::test]
async fn the_proxy_is_the_only_way_in() {
    let stage = Stage::start(options()).await;
    let ada = Proxied::sign_in(&stage, ADA).await;
    let key = ada.enter(&stage, "rec").await;
    let asked = stage.recorder("rec").seen().len();
    let (portal, rec, open) = (stage.portal(), stage.dashboard("rec"), stage.dashboard("open"));
    let doors = [
        portal.get("/").top_document(),
        portal.get("/.well-known/jwks.json"),
        portal.get("/api/config").fetch(),
        portal.api("POST", "/api/sign-in").json(&json!({ "state": "a".repeat(20) })),
        portal.get("/api/session").fetch().cookie(&ada.cookies()),
        rec.get("/data").fetch().cookie(&key),
        rec.get("/live").websocket(&rec.origin()).cookie(&key),
        open.get("/").top_document(),
        stage.site("elsewhere.example").get("/"),
    ];
    let secret = stage.client_secret().to_owned();
    let wrong = format!("{}x", &secret[1..]);
    let before = Counters::read(&stage).await;
    for door in &doors {
        let refused = async |what: &str, request: Request| {
            let answer = request.send().await;
            assert_eq!(answer.status, 403, "{what}:\n{}", answer.everything());
            assert!(answer.text().contains("only through the proxy"), "{what}: {}", answer.text());
            assert_eq!(answer.header("set-cookie"), None, "{what}");
        };
        let named = ADA.lines(door.clone());
        refused("no secret", named.clone()).await;
        refused("an empty one", named.clone().header("X-Lanyard-Proxy", "")).await;
        refused("a wrong one", named.clone().header("X-Lanyard-Proxy", &wrong)).await;
        refused("another spelling", named.clone().header("X_Lanyard_Proxy", &secret)).await;
        let twice = named.clone().header("X-Lanyard-Proxy", &secret).header("x-lanyard-proxy", &secret);
        refused("twice", twice).await;
        let list = named.clone().header("X-Lanyard-Proxy", format!("{secret}, {secret}"));
        refused("in a list", list).await;
        // Everything is right but where it comes from.
        let elsewhere = named.header("X-Lanyard-Proxy", &secret).header("X-Forwarded-For", "127.0.0.1");
        let answer = elsewhere.send_from("127.0.0.2").await;
        assert_eq!(answer.status, 403, "{}", answer.everything());
    }
    let after = Counters::read(&stage).await;
    let counted = ["no-proxy-secret", "not-from-the-proxy"].map(|why| after.refused_since(&before, why));
    assert_eq!(counted, [doors.len() as u64 * 6, doors.len() as u64]);
    assert_eq!(stage.recorder("rec").seen().len(), asked, "none of it reached the app");
    assert_eq!(
        ada.session(&stage).await["identity"]["name"],
        "Ada Albrecht",
        "and none of it ended a session"
    );
    assert_eq!(stage.admin().get("/healthz").send().await.status, 200, "the admin listener is another door");
}

#[tokio::test]
async fn what_the_proxy_says_in_two_ways_is_refused() {
    let stage = Stage::start(options()).await;
    let portal = stage.portal();
    let ask = || through(&stage, portal.get("/api/session").fetch());
    let before = Counters::read(&stage).await;
    let unclear = [
        ask().header("X-Person", "ada").header("X-Person", "ben"),
        ask().header("X-Person", "ada").header("x-person", "ada"),
        ask().header("X-Person", "ada").header("X-Person-Groups", "a").header("X-Person-Groups", "Manager"),
        ask().header("X-Person", b"ada\xff"),
        ask().header("X-Person", "a".repeat(256)),
        ask().header("X-Person", "ada").header("X-Person-Groups", "g|".repeat(10) + &"g".repeat(1025)),
        ask().header("X-Person", "ada").header("X-Person-Groups", numbers(10_001)),
    ];
    let count = unclear.len() as u64;
    for request in unclear {
        let answer = request.send().await.expect(403);
        assert!(answer.text().contains("cannot be read"), "{}", answer.text());
    }
    let after = Counters::read(&stage).await;
    assert_eq!(after.refused_since(&before, "proxy-headers-unreadable"), count);
    let endless = ask().header("X-Person", "ada").header("X-Person-Groups", numbers(20_000));
    let endless = endless.send().await;
    assert!(matches!(endless.status, 403 | 431), "{}", endless.everything());
}

fn numbers(count: usize) -> String {
    (0..count).map(|nth| format!("{nth}|")).collect()
}

#[tokio::test]
async fn a_session_ends_with_the_first_request_that_says_something_else() {
    let stage = Stage::start(options()).await;
    let (portal, rec) = (stage.portal(), stage.dashboard("rec"));
    let fewer = Said { groups: "Data Science Team", ..ADA };
    let renamed = Said { name: "Ada Brandt", ..ADA };
    let moved = Said { email: "ada@elsewhere.example", ..ADA };
    let nobody = Said { user: "", ..ADA };
    for other in [BEN, fewer, renamed, moved, nobody] {
        for way in 0..5 {
            let ada = Proxied::sign_in(&stage, ADA).await;
            let key = ada.enter(&stage, "rec").await;
            let ticket = ada.ticket(&stage, "rec").await;
            let socket = rec.get("/live").websocket(&rec.origin()).cookie(&key);
            let socket = ADA.says(&stage, socket).opened().await;
            let asked = stage.recorder("rec").seen().len();
            let answer = match way {
                0 => portal.api("POST", "/api/dashboards/rec/ticket").cookie(&ada.cookies()),
                1 => rec.get("/data").fetch().cookie(&key),
                2 => rec.get("/").frame_document().cookie(&key),
                3 => rec.get("/live").websocket(&rec.origin()).cookie(&key),
                _ => lanyard_testbed::person::enter(&rec, &stage, &ticket, "/"),
            };
            let answer = other.says(&stage, answer).send().await;
            let what = format!("{:?} for Ada's session, way {way}", other.user);
            assert!(matches!(answer.status, 401 | 403), "{what}:\n{}", answer.everything());
            assert!(answer.cookie(APP_COOKIE).is_none(), "{what}");
            assert_eq!(stage.recorder("rec").seen().len(), asked, "{what}: nothing reached the app");
            assert_eq!(socket.closed(Duration::from_secs(2)).await, Some(4401), "{what}");
            // It is over for her as well, and a browser that the proxy vouches for is let in again without a click.
            let session = ada.session(&stage).await;
            assert_eq!((&session["identity"], &session["vouched"]), (&json!(null), &json!(true)), "{what}");
        }
    }
    sleep(Duration::from_millis(300)).await;
    let audit = stage.audit();
    let ended = audit.iter().filter(|event| event["by"] == "the proxy in front says something else").count();
    assert_eq!(ended, 25);
}

#[tokio::test]
async fn the_order_of_groups_changes_nothing() {
    let stage = Stage::start(options()).await;
    let ada = Proxied::sign_in(&stage, ADA).await;
    let other = Proxied { said: Said { groups: "Manager| Data Science Team |Manager", ..ADA }, ..ada };
    assert_eq!(other.session(&stage).await["identity"]["name"], "Ada Albrecht");
}

#[tokio::test]
async fn who_has_left_is_not_signed_in_again_unasked() {
    let stage = Stage::start(options()).await;
    let ada = Proxied::sign_in(&stage, ADA).await;
    let left = ada.api(&stage, "DELETE", "/api/session").send().await.expect(200);
    assert_eq!(left.json()["logout_url"], SIGN_OUT);
    assert_eq!(left.header("set-cookie"), None, "the cookie stays, as a sign that she has left");
    let session = ada.session(&stage).await;
    assert_eq!((&session["identity"], session.get("vouched")), (&json!(null), None));

    let ben = BEN.says(&stage, stage.portal().get("/api/session").fetch().cookie(&ada.cookies()));
    assert_eq!(ben.send().await.expect(200).json()["vouched"], true, "the next person has not left");

    // She presses "Sign in", here and in another browser, and ends this one from there.
    let answer =
        ada.api(&stage, "POST", "/api/sign-in").json(&json!({ "state": "x" })).send().await.expect(200);
    assert_eq!(answer.json()["nonce"], "");
    let cookie = answer.cookie(PORTAL_COOKIE).expect("a session");
    stage.secrets().note("session cookie", &cookie);
    let here = Proxied { cookie, ..ada };
    let there = Proxied::sign_in(&stage, ADA).await;
    let open = there.api(&stage, "GET", "/api/sessions").send().await.expect(200).json();
    let other = open["sessions"].as_array().and_then(|all| all.iter().find(|one| one["current"] == false));
    let path = format!("/api/sessions/{}", other.expect("two")["id"].as_str().expect("an id"));
    there.api(&stage, "DELETE", &path).send().await.expect(204);
    let session = here.session(&stage).await;
    assert_eq!((&session["identity"], session.get("vouched")), (&json!(null), None));
}

#[tokio::test]
async fn nobody_is_signed_in_whom_the_proxy_does_not_name_or_another_page_sends() {
    let stage = Stage::start(options()).await;
    let portal = stage.portal();
    let begin = || portal.api("POST", "/api/sign-in").json(&json!({ "state": "x" }));
    let answer = through(&stage, begin()).send().await.expect(403);
    assert_eq!(answer.problem(), "sign-in-refused");
    let session = through(&stage, portal.get("/api/session").fetch()).send().await.expect(200).json();
    assert_eq!((&session["identity"], session.get("vouched")), (&json!(null), None));
    let ids = lanyard_testbed::person::ids(&session);
    assert_eq!(ids, ["status", "open"], "what is public is there for everybody");
    through(&stage, stage.dashboard("open").get("/").top_document()).send().await.expect(200);
    for request in [
        begin().without("x-lanyard-request"),
        begin().without("Origin"),
        begin().origin(&stage.dashboard("rec").origin()),
        begin().site("same-site", "cors", "empty"),
    ] {
        let answer = ADA.says(&stage, request).send().await.expect(403);
        assert_eq!((answer.problem().as_str(), answer.cookie(PORTAL_COOKIE)), ("forbidden", None));
    }
    let redeem = json!({ "code": "c", "verifier": "v", "state": "s", "iss": null });
    let answer = ADA.says(&stage, portal.api("POST", "/api/session").json(&redeem)).send().await;
    assert!(matches!(answer.status, 400 | 404) && answer.cookie(PORTAL_COOKIE).is_none());
}

#[tokio::test]
async fn refusals_do_not_fill_the_log() {
    let stage = Stage::start(options().default_log()).await;
    for _ in 0..100 {
        ADA.lines(stage.portal().get("/").top_document()).send().await.expect(403);
    }
    let said = stage.said("lanyard");
    let lines = said.lines().filter(|line| line.contains("through the proxy")).count();
    assert!((1..=11).contains(&lines) && said.lines().count() < 30, "{lines} of {}", said.lines().count());
    let ready = stage.admin().get("/readyz").send().await.expect(200);
    assert_eq!(ready.text(), "ready\n");
}

/// It would be named to the proxy in the person's place, at every dashboard.
#[tokio::test]
async fn no_app_sets_the_cookies_that_the_proxy_goes_by() {
    let stage = Stage::start(options()).await;
    let ada = Proxied::sign_in(&stage, ADA).await;
    let key = ada.enter(&stage, "rec").await;
    let lines = ["proxy_session=mallory", "PROXY_SESSION_2=mallory", "=proxy_session=mallory", "own=1"]
        .map(|cookie| format!("Set-Cookie: {cookie}; Path=/api\r\n"));
    let answer = format!("HTTP/1.1 200 OK\r\n{}Content-Length: 0\r\n\r\n", lines.concat());
    stage.recorder("rec").script("/sets", answer);
    let request = stage.dashboard("rec").get("/sets").fetch().cookie(&key);
    let answer = ada.said.says(&stage, request).send().await.expect(200);
    assert_eq!(answer.all("set-cookie").collect::<Vec<_>>(), ["own=1; Path=/api"]);
}
