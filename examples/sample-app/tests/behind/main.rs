//! The app behind a portal, over TCP: whom it shows, and which assertions it refuses, on HTTP and on the
//! WebSocket's handshake alike.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod portal;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::StreamExt as _;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use portal::{Key, Site};
use sample_app::clock::Timestamp;
use serde_json::{Value, json};

const TYPE: &str = "lanyard-assertion+jwt";

/// Neither over HTTP nor over the WebSocket.
async fn is_refused(site: &Site, assertion: &str, what: &str) {
    let (status, answer) = site.get("/", assertion).await;
    assert_eq!(status, 401, "{what}");
    assert!(answer.ends_with("Open this dashboard from the portal.\n"), "{what}: {answer}");
    assert_eq!(site.open(Some(assertion)).await.err(), Some(401), "{what}");
}

#[tokio::test]
async fn a_good_assertion_shows_who_is_looking() {
    let site = Site::start().await;
    let good = site.assertion(&json!({}));
    let (status, page) = site.get("/", &good).await;
    assert_eq!(status, 200);
    assert!(page.contains("<p id=\"viewer\">Viewing as Ada Albrecht</p>"), "{page}");
    assert!(page.contains("set-cookie: sample-viewer=Ada-Albrecht; Path=/; SameSite=Lax"), "{page}");
    assert_eq!(site.fetches(), 1);
}

#[tokio::test]
async fn the_live_figure_says_whose_it_is_and_moves() {
    let site = Site::start().await;
    let good = site.assertion(&json!({}));
    let mut socket = site.open(Some(&good)).await.expect("an open WebSocket");
    let mut next = async || -> Value {
        let message = socket.next().await.expect("a message").expect("a good one");
        serde_json::from_str(message.to_text().expect("text")).expect("JSON")
    };
    assert_eq!(next().await, json!({ "viewer": "Ada Albrecht" }));
    let (first, second) = (next().await, next().await);
    assert_eq!((&first["tick"], &second["tick"]), (&json!(1), &json!(2)));
    assert_ne!(first["value"], second["value"]);
}

#[tokio::test]
async fn claims_that_are_not_meant_for_here_and_now_are_refused() {
    let site = Site::start().await;
    let now = Timestamp::now().as_secs();
    for changes in [
        json!({ "aud": "http://data-science.lanyard.localhost:8080" }),
        json!({ "aud": null }),
        json!({ "iss": "http://evil.localhost:8080" }),
        json!({ "iss": null }),
        json!({ "exp": now - 11 }),
        json!({ "exp": null }),
        json!({ "exp": "later" }),
        json!({ "iat": now + 60 }),
        json!({ "iat": null }),
        json!({ "sub": null }),
        json!({ "jti": null }),
    ] {
        is_refused(&site, &site.assertion(&changes), &changes.to_string()).await;
    }
    let leeway = site.assertion(&json!({ "exp": now - 2 }));
    assert_eq!(site.get("/", &leeway).await.0, 200, "clocks may differ a little");
}

#[tokio::test]
async fn other_keys_algorithms_and_types_are_refused() {
    let site = Site::start().await;
    let claims = site.claims(&json!({}));
    is_refused(&site, &Key(2).sign(&Key(1).kid(), TYPE, &claims), "another key under a known name").await;
    is_refused(&site, &Key(2).sign(&Key(2).kid(), TYPE, &claims), "a key that is not published").await;
    is_refused(&site, &Key(1).sign(&Key(1).kid(), "JWT", &claims), "another kind of token").await;

    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = json!({ "alg": "none", "typ": TYPE, "kid": Key(1).kid() });
    is_refused(&site, &format!("{}.{}.", part(&none), part(&claims)), "no algorithm").await;

    let mut header = Header::new(Algorithm::HS256);
    (header.typ, header.kid) = (Some(TYPE.into()), Some(Key(1).kid()));
    let public = EncodingKey::from_secret(&Key(1).public());
    is_refused(&site, &encode(&header, &claims, &public).expect("a MAC"), "the public key as a secret").await;

    let good = site.assertion(&json!({}));
    let (signed, _) = good.rsplit_once('.').expect("three parts");
    is_refused(&site, &format!("{signed}."), "no signature").await;
    is_refused(&site, "no JWT", "no JWT").await;
    is_refused(&site, &site.assertion(&json!({ "name": "x".repeat(5000) })), "too long").await;
}

#[tokio::test]
async fn without_exactly_one_assertion_nothing_is_answered() {
    let site = Site::start().await;
    let good = site.assertion(&json!({}));
    for path in ["/", "/assets/app.js", "/api/figures?range=7d", "/echo", "/unknown"] {
        let head = format!("GET {path} HTTP/1.1");
        assert_eq!(site.send(&head, &[], "").await.0, 401, "{path}");
        assert_eq!(site.send(&head, &[&good, &good], "").await.0, 401, "{path}");
    }
    assert_eq!(site.open(None).await.err(), Some(401));
}

#[tokio::test]
async fn a_new_key_is_fetched_and_made_up_names_do_not_cause_a_storm() {
    let site = Site::start().await;
    let claims = site.claims(&json!({}));
    let second = Key(2).sign(&Key(2).kid(), TYPE, &claims);
    assert_eq!(site.get("/", &second).await.0, 401);
    for nth in 0..8 {
        let made_up = Key(3).sign(&format!("made-up-{nth}"), TYPE, &claims);
        assert_eq!(site.get("/", &made_up).await.0, 401);
    }
    assert_eq!(site.fetches(), 1);
    site.publish(Key(2));
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    assert_eq!(site.get("/", &second).await.0, 200);
    assert_eq!(site.get("/", &site.assertion(&json!({}))).await.0, 200);
    assert_eq!(site.fetches(), 2);
}

#[tokio::test]
async fn while_the_portal_is_down_nobody_is_recognized() {
    let site = Site::without_portal().await;
    let assertion = site.assertion(&json!({}));
    for _ in 0..2 {
        assert_eq!(site.get("/", &assertion).await.0, 503);
    }
    assert_eq!(site.open(Some(&assertion)).await.err(), Some(503));
}

#[tokio::test]
async fn names_are_text_and_deep_links_have_headings_of_their_own() {
    let site = Site::start().await;
    let odd = site.assertion(&json!({ "name": "<script>{{title}}</script>", "groups": ["\"<b>"] }));
    let (_, page) = site.get("/", &odd).await;
    assert!(page.contains("Viewing as &lt;script&gt;{{title}}&lt;/script&gt;"), "{page}");
    assert!(!page.contains("<b>"), "{page}");
    let good = site.assertion(&json!({}));
    let (_, report) = site.get("/reports/q3?year=2026", &good).await;
    assert!(report.contains("<h1>Report Q3</h1>"), "{report}");
    assert_eq!(site.get("/reports/q5", &good).await.0, 404);
}

#[tokio::test]
async fn files_come_and_go_and_the_echo_shows_what_arrived() {
    let site = Site::start().await;
    let good = site.assertion(&json!({}));
    let (_, csv) = site.get("/download/figures.csv", &good).await;
    assert!(csv.contains("content-disposition: attachment; filename=\"figures.csv\""), "{csv}");
    assert!(csv.contains("\r\n89,"), "{csv}");

    let part =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n12345\r\n--b--\r\n";
    let head = "POST /upload HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b";
    let (status, answer) = site.send(head, &[&good], part).await;
    assert_eq!(status, 200);
    assert!(answer.ends_with(r#"{"files":1,"bytes":5}"#), "{answer}");

    let (_, echo) = site.send("GET /echo?a=b HTTP/1.1\r\nX-Two: 1\r\nX-Two: 2", &[&good], "").await;
    let body: Value = serde_json::from_str(echo.rsplit("\r\n\r\n").next().expect("a body")).expect("JSON");
    assert_eq!(body["path"], json!("/echo?a=b"));
    assert_eq!(body["headers"]["x-two"], json!(["1", "2"]));
    assert_eq!(body["headers"]["x-lanyard-assertion"], json!([good]));
}
