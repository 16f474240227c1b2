//! Hosts and paths in every spelling: what names no host of ours is refused, what names one means one and the
//! same, and nothing that a server could read as Lanyard's own path reaches an app.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{Person, Stage, StageOptions, person::ADA};

const QUIET: Duration = Duration::from_millis(150);

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").public_upstream("open").without_apps()
}

struct Scene {
    stage: Stage,
    port: u16,
    cookie: String,
}

impl Scene {
    async fn prepare() -> Self {
        let stage = Stage::start(options()).await;
        let ada = Person::sign_in(&stage, ADA).await;
        Self { port: stage.portal().port, cookie: ada.enter(&stage, "rec").await, stage }
    }

    /// A request with this first line and these lines for a host; what came back, and whether it ended there.
    async fn ask(&self, first: &str, hosts: &str, wait: Duration) -> (Vec<u16>, bool, String) {
        let cookie = &self.cookie;
        let text = format!("{first}\r\n{hosts}Sec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\r\n");
        let (answers, closed) = self.stage.portal().raw(text).await.answers(wait).await;
        let statuses = answers.iter().map(|answer| answer.status).collect();
        (statuses, closed, answers.iter().map(|answer| answer.everything()).collect())
    }

    async fn refused(&self, first: &str, hosts: &str, status: u16, reason: &str) {
        let before = self.stage.admin().refusals(reason).await;
        let (statuses, closed, text) = self.ask(first, hosts, Duration::from_secs(5)).await;
        assert_eq!(statuses, [status], "{first} {hosts:?}:\n{text}");
        assert!(closed, "{first} {hosts:?} leaves the connection open");
        assert!(
            text.split("\r\n\r\n").nth(1).is_some_and(|body| !body.trim().is_empty()),
            "no sentence: {text}"
        );
        self.stage.admin().has_refused(reason, before + 1).await;
    }
}

#[tokio::test]
async fn one_host_has_one_meaning_and_every_other_is_refused() {
    let scene = Scene::prepare().await;
    let (port, get) = (scene.port, "GET /page HTTP/1.1");
    let rec = format!("rec.lanyard.localhost:{port}");
    for host in [
        rec.clone(),
        format!("REC.Lanyard.LOCALHOST:{port}"),
        format!("rec.lanyard.localhost.:{port}"),
        format!("{rec}\t "),
    ] {
        let (statuses, _, text) = scene.ask(get, &format!("Host: {host}\r\n"), QUIET).await;
        assert_eq!(statuses, [200], "{host}:\n{text}");
    }
    let one = format!("Host: {rec}\r\n");
    for first in [
        format!("GET http://{rec}/page HTTP/1.1"),
        format!("GET HTTP://REC.lanyard.localhost.:{port}/page HTTP/1.1"),
        "GET /page HTTP/1.0".into(),
    ] {
        let (statuses, _, text) = scene.ask(&first, &one, QUIET).await;
        assert_eq!(statuses, [200], "{first}:\n{text}");
        assert_eq!(scene.stage.recorder("rec").latest("/page").count("host"), 1);
    }
    let reached = scene.stage.recorder("rec").seen().len();
    for host in [
        "evil.example".to_owned(),
        "localhost".into(),
        "127.0.0.1".into(),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        format!("localhost:{port}"),
        "rec.lanyard.localhost".into(),
        "rec.lanyard.localhost:80".into(),
        format!("rec.lanyard.localhost:{}", port + 1),
        format!("a.rec.lanyard.localhost:{port}"),
        format!("xlanyard.localhost:{port}"),
        format!("rec.lanyard.localhost.evil:{port}"),
        format!("rec.lanyard.localhost.evil.example:{port}"),
        format!("-rec.lanyard.localhost:{port}"),
        format!("rec_.lanyard.localhost:{port}"),
        "lanyard.localhost".into(),
    ] {
        scene.refused(get, &format!("Host: {host}\r\n"), 421, "misdirected").await;
    }
    for hosts in [
        String::new(),
        "Host:\r\n".into(),
        format!("{one}{one}"),
        format!("{one}Host: evil.example\r\n"),
        format!("Host: evil.example\r\n{one}"),
        format!("Host: {rec}, evil.example\r\n"),
        format!("Host: {rec} evil.example\r\n"),
        format!("Host: user@{rec}\r\n"),
        format!("Host: evil.example@{rec}\r\n"),
        format!("Host: {rec}@evil.example\r\n"),
        format!("Host: http://{rec}\r\n"),
        format!("Host: {rec}/\r\n"),
        format!("Host: {rec}?\r\n"),
        format!("Host: {rec}#\r\n"),
        "Host: rec.lanyard.localhost:\r\n".into(),
        format!("Host: rec.lanyard.localhost:+{port}\r\n"),
        format!("Host: rec.lanyard.localhost:{port}:{port}\r\n"),
        format!("Host: rec.lanyard.localhost..:{port}\r\n"),
        format!("Host: .rec.lanyard.localhost:{port}\r\n"),
        format!("Host: rec%2elanyard.localhost:{port}\r\n"),
        format!("Host: rec\u{3002}lanyard.localhost:{port}\r\n"),
        format!("Host: rec.lanyard.localhost:{}\r\n", u32::from(port) + 65_536),
        format!("Host: \"{rec}\"\r\n"),
    ] {
        scene.refused(get, &hosts, 400, "host").await;
    }
    for (target, reason) in [
        ("http://evil.example/page".to_owned(), "authority"),
        (format!("http://lanyard.localhost:{port}/page"), "authority"),
        (format!("http://open.lanyard.localhost:{port}/page"), "authority"),
        ("http://rec.lanyard.localhost/page".into(), "authority"),
        (format!("http://user@{rec}/page"), "authority"),
        (format!("ftp://{rec}/page"), "target"),
        ("*".into(), "target"),
    ] {
        scene.refused(&format!("GET {target} HTTP/1.1"), &one, 400, reason).await;
    }
    let portal = format!("Host: lanyard.localhost:{port}\r\n");
    scene.refused(&format!("GET http://{rec}/page HTTP/1.1"), &portal, 400, "authority").await;
    scene.refused("GET /page HTTP/1.0", "", 400, "host").await;
    scene.refused("GET /page HTTP/1.1", &format!(" Host: x\r\n{one}"), 400, "malformed").await;
    scene.refused("GET /page HTTP/1.1", &format!("Host : {rec}\r\n"), 400, "malformed").await;
    assert_eq!(scene.stage.recorder("rec").seen().len(), reached, "none of it reached the app");
}

/// Spellings of Lanyard's own path, on the wire as they stand here.
const RESERVED: [&[u8]; 50] = [
    b"/_lanyard/enter",
    b"/_lanyard",
    b"/_lanyard/",
    b"/_lanyard?x",
    b"/_lanyard/anything/else",
    b"//_lanyard/enter",
    b"///_lanyard//enter",
    b"/%5flanyard/enter",
    b"/%5Flanyard/enter",
    b"/%255Flanyard/enter",
    b"/%25255flanyard/enter",
    b"/_%6canyard/enter",
    b"/%5f%6c%61%6e%79%61%72%64/%65nter",
    b"/_LANYARD/enter",
    b"/_LaNyArD/enter",
    b"/a/../_lanyard/enter",
    b"/x/../_lanyard/enter",
    b"/a/b/../../_lanyard/enter",
    b"/a/%2e%2e/_lanyard/enter",
    b"/a/%2E./_lanyard/enter",
    b"/a/.%2e/_lanyard/enter",
    b"/a/%252e%252e/_lanyard/enter",
    b"/../_lanyard/enter",
    b"/./_lanyard/enter",
    b"/%2e/_lanyard/enter",
    b"/.//_lanyard/enter",
    b"/;/_lanyard/enter",
    b"/_lanyard;x=1/enter",
    b"/;x/_lanyard/enter",
    b"/a/..;/_lanyard/enter",
    b"/a/..;x=1/_lanyard/enter",
    b"/%2f_lanyard/enter",
    b"/%2f%2f_lanyard/enter",
    b"/_lanyard%2fenter",
    b"/_lanyard%252fenter",
    b"/..%5c_lanyard/enter",
    b"/\\_lanyard\\enter",
    b"/a\\..\\_lanyard/enter",
    b"/%5c_lanyard%5center",
    b"/_lanyard%00/enter",
    b"/_lanyard%20/enter",
    b"/_lanyard./enter",
    b"/%2525252525255flanyard/enter",
    b"/_lanyard%09/enter",
    // Longer forms of ASCII characters than UTF-8 allows.
    b"/%c0%af_lanyard/enter",
    b"/_lanyard%c0%afenter",
    b"/%c1%9flanyard/enter",
    b"/%e0%80%af_lanyard/enter",
    b"/%f0%80%81%9flanyard/enter",
    b"/\xc0\xaf_lanyard/enter",
];

#[tokio::test]
async fn the_reserved_path_never_reaches_the_upstream_in_any_spelling() {
    let scene = Scene::prepare().await;
    for (id, cookie) in [("rec", scene.cookie.as_str()), ("open", "a=b")] {
        let at = scene.stage.dashboard(id);
        let (host, origin, portal) = (&at.host, at.origin(), scene.stage.portal().origin());
        let websocket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        for path in &RESERVED {
            let shown = String::from_utf8_lossy(path);
            for (method, lines) in [
                ("GET", format!("Origin: {origin}\r\nSec-Fetch-Site: same-origin\r\n")),
                ("POST", format!("Origin: {origin}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n")),
                (
                    "GET",
                    "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"
                        .into(),
                ),
                (
                    "POST",
                    format!(
                        "Origin: {portal}\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\nContent-Length: 0\r\n"
                    ),
                ),
                ("GET", format!("Origin: {origin}\r\n{websocket}")),
            ] {
                let head = format!(" HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{lines}\r\n");
                let text = [method.as_bytes(), b" ", path, head.as_bytes()].concat();
                let answer = at.raw(text).await.head().await.expect("an answer");
                let refused = (400..500).contains(&answer.status);
                assert!(refused, "{method} {shown} at {id}:\n{}", answer.everything());
            }
        }
        let targets = scene.stage.recorder(id).targets();
        assert!(targets.is_empty(), "these reached {id}: {targets:?}");
    }
    let rec = scene.stage.dashboard("rec");
    for path in [
        "/lanyard",
        "/a/_lanyard/b",
        "/a;_lanyard",
        "/a?/_lanyard/",
        "/_lanyards/",
        "/a/../b",
        "/a//b",
        "/%2e%2e/b",
        "/%c3%a4/%ff",
        "/%u005flanyard",
    ] {
        rec.get(path).fetch().cookie(&scene.cookie).send().await.expect(200);
        assert_eq!(
            scene.stage.recorder("rec").latest(path).target,
            path,
            "an ordinary path arrives as it is"
        );
    }
}

#[tokio::test]
async fn at_the_portal_no_path_leads_out_of_the_shells_folder_or_around_the_api() {
    let scene = Scene::prepare().await;
    let portal = scene.stage.portal();
    for path in [
        "/../lanyard.toml",
        "/%2e%2e/lanyard.toml",
        "/..%2flanyard.toml",
        "/..%5clanyard.toml",
        "/..\\lanyard.toml",
        "/a/../../lanyard.toml",
        "/%252e%252e/lanyard.toml",
        "/....//lanyard.toml",
        "//lanyard.toml",
        "/../state/audit.jsonl",
        "/%2e%2e%2fstate%2faudit.jsonl",
        "/..;/lanyard.toml",
        "/lanyard.toml%00.js",
        "/%c0%ae%c0%ae/lanyard.toml",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
    ] {
        let answer = portal.get(path).top_document().send().await;
        let text = answer.text();
        for trace in ["client_secret", "[portal]", "\"kind\"", "root:"] {
            assert!(!text.contains(trace), "{path} shows '{trace}':\n{}", answer.everything());
        }
    }
    let session = portal.get("/api/session").fetch().send().await.expect(200).json();
    assert!(session["dashboards"].is_array());
    for path in [
        "//api/session",
        "/%61pi/session",
        "/x/../api/session",
        "/API/session",
        "/api%2fsession",
        "/api;/session",
        "/./api/session",
        "/api\\session",
    ] {
        for request in [portal.get(path).fetch(), portal.get(path).site("cross-site", "cors", "empty")] {
            let answer = request.send().await;
            let json = answer.header("content-type").is_some_and(|kind| kind.contains("json"));
            assert!(!(json && answer.text().contains("dashboards")), "{path}:\n{}", answer.everything());
        }
    }
}
