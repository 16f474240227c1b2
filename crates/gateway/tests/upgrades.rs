//! Handshakes of WebSockets that are not what they say: from elsewhere, without being one, or answered by the
//! app with something that nobody offered. None becomes a tunnel, and what opens carries bytes as they are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Person, Request, Site, Stage, StageOptions,
    answer::find,
    person::{ADA, CARLA},
};

const QUIET: Duration = Duration::from_millis(150);

struct Scene {
    stage: Stage,
    rec: Site,
    cookie: String,
}

impl Scene {
    async fn prepare() -> Self {
        let options = StageOptions::default().upstream("rec").public_upstream("open").without_apps();
        let stage = Stage::start(options).await;
        let cookie = Person::sign_in(&stage, ADA).await.enter(&stage, "rec").await;
        Self { rec: stage.dashboard("rec"), stage, cookie }
    }

    /// A clean handshake of the dashboard's own page.
    fn handshake(&self, target: &str) -> Request {
        self.rec.get(target).websocket(&self.rec.origin()).cookie(&self.cookie)
    }

    /// What refuses a request, and that it is counted under this name.
    async fn refused(&self, case: &str, request: Request, status: u16, reason: &str) {
        let before = self.stage.admin().refusals(reason).await;
        let Err(answer) = request.open().await else { panic!("{case} opened a WebSocket") };
        assert_eq!(answer.status, status, "{case}:\n{}", answer.everything());
        assert!(!answer.text().trim().is_empty(), "{case} gets a sentence");
        assert_eq!(self.stage.admin().refusals(reason).await, before + 1, "{case} is counted as '{reason}'");
    }
}

#[tokio::test]
async fn only_the_dashboards_own_pages_open_its_sockets() {
    let scene = Scene::prepare().await;
    let (host, port) = ("rec.lanyard.localhost", scene.rec.port);
    let own = scene.rec.origin();
    let mut foreign: Vec<String> = [
        scene.stage.portal().origin(),
        scene.stage.dashboard("open").origin(),
        format!("{own}.evil"),
        format!("http://{host}.evil:{port}"),
        format!("http://evil-{host}:{port}"),
        format!("http://x{host}:{port}"),
        format!("http://evil.example/{host}:{port}"),
        format!("http://{host}@evil.example:{port}"),
        format!("http://{host}:{}", port + 1),
        format!("http://{host}:{port}0"),
        format!("http://{host}"),
        format!("https://{host}:{port}"),
        format!("ws://{host}:{port}"),
        format!("HTTP://{host}:{port}"),
        format!("http://REC.lanyard.localhost:{port}"),
        format!("http://{host}.:{port}"),
        format!("{own}/"),
        format!("{own}, {own}"),
        format!("{own} {own}"),
        format!("{host}:{port}"),
    ]
    .into();
    foreign.extend(["null", "", "*", "file://", "undefined", "about:blank"].map(str::to_owned));
    for origin in &foreign {
        let request = scene.handshake("/ws").origin(origin);
        scene.refused(&format!("Origin {origin:?}"), request, 403, "socket-origin").await;
    }
    let twice = scene.handshake("/ws").header("Origin", &own);
    scene.refused("two Origin lines", twice, 403, "socket-origin").await;
    let mixed = scene.handshake("/ws").header("Origin", "http://evil.example");
    scene.refused("another Origin behind it", mixed, 403, "socket-origin").await;
    scene.refused("no Origin", scene.handshake("/ws").without("Origin"), 403, "socket-origin").await;
    // The same where everybody may look: whose page it is matters all the same.
    let open = scene.stage.dashboard("open");
    for origin in [scene.rec.origin(), "null".into()] {
        scene.refused(&origin, open.get("/ws").websocket(&origin), 403, "socket-origin").await;
    }
    open.get("/ws").websocket(&open.origin()).opened().await;
    assert!(scene.stage.recorder("rec").seen().is_empty());
    scene.handshake("/ws").opened().await;
}

#[tokio::test]
async fn what_is_no_handshake_opens_nothing() {
    let scene = Scene::prepare().await;
    let clean = || scene.handshake("/ws");
    for (case, request) in [
        ("no key", clean().without("Sec-WebSocket-Key")),
        ("two keys", clean().header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")),
        ("a short key", clean().replace("Sec-WebSocket-Key", "c2hvcnQ=")),
        ("a key that is none", clean().replace("Sec-WebSocket-Key", "not base64 at all!!!")),
        ("no version", clean().without("Sec-WebSocket-Version")),
        ("version 8", clean().replace("Sec-WebSocket-Version", "8")),
        ("two versions", clean().header("Sec-WebSocket-Version", "13")),
        ("a list of versions", clean().replace("Sec-WebSocket-Version", "13, 8")),
    ] {
        let failures = scene.stage.admin().counter("lanyard_upstream_failures_total", "handshake").await;
        scene.refused(case, request, 400, "handshake").await;
        let failed = scene.stage.admin().counter("lanyard_upstream_failures_total", "handshake").await;
        assert_eq!(failed, failures, "{case} is no failure of the app");
    }
    for (case, request) in [
        ("not named by Connection", clean().replace("Connection", "keep-alive")),
        ("no Connection", clean().without("Connection")),
        ("two upgrades", clean().header("Upgrade", "websocket")),
        ("a list of upgrades", clean().replace("Upgrade", "websocket, h2c")),
        ("a version of the protocol", clean().replace("Upgrade", "websocket/13")),
        ("with a body", clean().body("text/plain", "figures")),
    ] {
        scene.refused(case, request, 400, "upgrade").await;
    }
    assert!(scene.stage.recorder("rec").seen().is_empty(), "{:?}", scene.stage.recorder("rec").targets());
}

#[tokio::test]
async fn an_answer_that_accepts_what_nobody_offered_is_502() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    let good = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n";
    for (case, lines) in [
        ("a subprotocol", format!("{good}Sec-WebSocket-Protocol: admin\r\n")),
        (
            "two subprotocols",
            format!("{good}Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n"),
        ),
        ("a list of subprotocols", format!("{good}Sec-WebSocket-Protocol: chat, other\r\n")),
        ("a subprotocol in another case", format!("{good}Sec-WebSocket-Protocol: CHAT\r\n")),
        ("an empty subprotocol", format!("{good}Sec-WebSocket-Protocol:\r\n")),
        ("an extension", format!("{good}Sec-WebSocket-Extensions: x-mux\r\n")),
        (
            "an extension behind a good one",
            format!("{good}Sec-WebSocket-Extensions: permessage-deflate, x-mux\r\n"),
        ),
        ("a wrong accept", good.replace("{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=")),
        ("no accept", good.replace("Sec-WebSocket-Accept: {accept}\r\n", "")),
        ("two accepts", format!("{good}Sec-WebSocket-Accept: {{accept}}\r\n")),
        ("no Upgrade", good.replace("Upgrade: websocket\r\n", "")),
        ("another Upgrade", good.replace("websocket", "h2c")),
        ("two Upgrades", good.replace("websocket", "websocket, h2c")),
        ("no Connection", good.replace("Connection: Upgrade\r\n", "")),
        ("two lengths", format!("{good}Content-Length: 1\r\nContent-Length: 2\r\n")),
    ] {
        recorder.script("/odd", format!("HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n\u{1}\u{6}poison"));
        let before = scene.stage.admin().counter("lanyard_upstream_failures_total", "malformed").await;
        let request = scene.handshake("/odd").header("Sec-WebSocket-Protocol", "chat, other");
        let request = request.header("Sec-WebSocket-Extensions", "permessage-deflate");
        let Err(answer) = request.open().await else { panic!("{case} was accepted") };
        assert_eq!(answer.status, 502, "{case}:\n{}", answer.everything());
        assert!(!answer.everything().contains("poison"), "{case}");
        let after = scene.stage.admin().counter("lanyard_upstream_failures_total", "malformed").await;
        assert_eq!(after, before + 1, "{case} is counted");
    }
    // What was offered may be chosen.
    let chosen = "Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Extensions: permessage-deflate; a=1\r\n";
    recorder
        .script("/good", format!("HTTP/1.1 101 Switching Protocols\r\n{good}{chosen}\r\n\u{81}\u{5}hello"));
    let request = scene.handshake("/good").header("Sec-WebSocket-Protocol", "chat, other");
    let socket = request.header("Sec-WebSocket-Extensions", "permessage-deflate").opened().await;
    assert_eq!(socket.answer.header("sec-websocket-protocol"), Some("other"));
}

#[tokio::test]
async fn a_handshake_that_the_app_declines_is_an_ordinary_answer() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    for (status, rest) in [("200 OK", "page"), ("403 Forbidden", "no!!"), ("426 Upgrade Required", "what")] {
        let head = format!(
            "HTTP/1.1 {status}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\n"
        );
        recorder
            .script("/declined", format!("{head}{rest}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"));
        let Err(answer) = scene.handshake("/declined").open().await else { panic!("opened by {status}") };
        assert!(status.starts_with(&answer.status.to_string()), "{}", answer.everything());
        assert_eq!(answer.text(), rest);
        assert_eq!(answer.header("upgrade"), None, "{}", answer.everything());
        let page = scene.rec.get("/page").fetch().cookie(&scene.cookie).send().await.expect(200).text();
        assert!(page.contains("the recorder's page"), "{page}");
    }
    // What was sent behind a declined handshake is read as what it is: a request, judged by itself.
    let frames = scene.handshake("/declined").bytes();
    let frames = [&frames[..], b"\x81\x85\0\0\0\0hello"].concat();
    let (bytes, closed) = scene.rec.raw(frames).await.rest(Duration::from_secs(5)).await;
    let text = String::from_utf8_lossy(&bytes);
    assert!(closed && !text.contains("poison") && !text.contains("hello"), "{text}");
}

#[tokio::test]
async fn frames_behind_the_handshake_reach_the_app_and_no_one_else() {
    let scene = Scene::prepare().await;
    let carla = Person::sign_in(&scene.stage, CARLA).await.enter(&scene.stage, "rec").await;
    // A frame, masked with zeros, in the same write as the handshake.
    let frames = [&scene.handshake("/ws").bytes()[..], b"\x81\x85\0\0\0\0hello"].concat();
    let mut exchange = scene.rec.raw(frames).await;
    assert_eq!(exchange.head().await.map(|answer| answer.status), Some(101));
    exchange.more().await;
    let (echoed, closed) = exchange.rest(QUIET).await;
    assert_eq!((echoed, closed), (b"\x81\x05hello".to_vec(), false));
    // A request in the place of a frame goes to the app as bytes, and is answered by nobody.
    let inner = scene.rec.get("/inner").fetch().cookie(&scene.cookie).bytes();
    let mut exchange = scene.rec.raw([&scene.handshake("/ws").bytes()[..], &inner].concat()).await;
    assert_eq!(exchange.head().await.map(|answer| answer.status), Some(101));
    let (bytes, _) = exchange.rest(QUIET).await;
    assert!(find(&bytes, b"HTTP/1.1").is_none(), "{}", String::from_utf8_lossy(&bytes));
    assert!(!scene.stage.recorder("rec").targets().contains(&"/inner".into()));
    scene.rec.get("/page").fetch().cookie(&carla).send().await.expect(200);
}
