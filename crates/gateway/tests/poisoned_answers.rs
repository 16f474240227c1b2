//! Answers with two readings, or with orders for others than their own page, from an app that is broken or was
//! made to say them: each becomes 502 or one sane answer, and the next person's request gets its own answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Answer, Person, Site, Stage, StageOptions,
    answer::find,
    person::{ADA, CARLA},
};

/// How long is waited for what must come.
const PATIENT: Duration = Duration::from_secs(10);
const POISON: &str = "HTTP/1.1 200 OK\r\nSet-Cookie: poison=1\r\nContent-Length: 6\r\n\r\npoison";

struct Scene {
    stage: Stage,
    rec: Site,
    ada: String,
    carla: String,
}

impl Scene {
    async fn prepare() -> Self {
        let options = StageOptions::default().upstream_with("rec", "timeout = \"2s\"").without_apps();
        let stage = Stage::start(options).await;
        let ada = Person::sign_in(&stage, ADA).await.enter(&stage, "rec").await;
        let carla = Person::sign_in(&stage, CARLA).await.enter(&stage, "rec").await;
        Self { rec: stage.dashboard("rec"), stage, ada, carla }
    }

    /// What comes back to Ada, byte for byte. Her side asks for the connection to end with it.
    async fn comes(&self, method: &str, path: &str) -> Vec<u8> {
        let request = self.rec.request(method, path).fetch().origin(&self.rec.origin()).cookie(&self.ada);
        let (bytes, closed) = request.header("Connection", "close").begin().await.rest(PATIENT).await;
        assert!(closed, "{method} {path} does not end:\n{}", String::from_utf8_lossy(&bytes));
        bytes
    }

    /// The next person's requests get their own answers, at once and a moment later.
    async fn others_are_untouched(&self, case: &str) {
        for nth in 0..3 {
            let answer = self.rec.get("/page").fetch().cookie(&self.carla).send().await;
            assert_eq!(answer.status, 200, "{case}, {nth}:\n{}", answer.everything());
            assert!(answer.text().contains("the recorder's page"), "{case}, {nth}:\n{}", answer.everything());
            assert_eq!(answer.header("set-cookie"), None, "{case}, {nth}");
        }
    }
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|part| *part == what).count()
}

#[tokio::test]
async fn an_answer_that_is_not_valid_is_502_and_the_next_person_notices_nothing() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    let (page, long) = ("Content-Length: 4\r\n\r\npage", "x".repeat(1024 * 1024));
    let many: String = (0..500).map(|nth| format!("X-{nth}: y\r\n")).collect();
    for (case, answer) in [
        ("two lengths", format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n{page}")),
        ("a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 4, 5\r\n\r\npage!".to_owned()),
        ("a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +4\r\n\r\npage".into()),
        ("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\npage".into()),
        (
            "a length beyond numbers",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\npage".into(),
        ),
        ("a coding twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n".into()),
        ("another coding", format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n{page}")),
        (
            "two codings",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .into(),
        ),
        ("chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into()),
        ("a folded line", format!("HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\n{page}")),
        ("a NUL", format!("HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\n{page}")),
        ("a bare CR", format!("HTTP/1.1 200 OK\r\nX-Bare: a\rSet-Cookie: b=c\r\n{page}")),
        ("a space before the colon", format!("HTTP/1.1 200 OK\r\nContent-Length : 99\r\n{page}")),
        ("a line that is no header", format!("HTTP/1.1 200 OK\r\nnothing\r\n{page}")),
        ("a header of 1 MB", format!("HTTP/1.1 200 OK\r\nX-Long: {long}\r\n{page}")),
        ("500 header lines", format!("HTTP/1.1 200 OK\r\n{many}{page}")),
        ("status 099", format!("HTTP/1.1 099 Odd\r\n{page}")),
        ("status 1000", format!("HTTP/1.1 1000 Odd\r\n{page}")),
        ("status 20", format!("HTTP/1.1 20 Odd\r\n{page}")),
        ("status -200", format!("HTTP/1.1 -200 Odd\r\n{page}")),
        ("HTTP/0.9", "<!doctype html><p>page</p>".into()),
        ("HTTP/2", "\0\0\x12\x04\0\0\0\0\0".into()),
        ("nothing at all", String::new()),
        (
            "a 101 that nobody asked for",
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {{accept}}\r\n\r\n{POISON}"
            ),
        ),
        (
            "a 101 to h2c",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n".into(),
        ),
        (
            "two places",
            format!("HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: http://127.0.0.1:{{port}}/b\r\n{page}"),
        ),
    ] {
        recorder.script_and_close("/poisoned", answer);
        let failures = async || {
            let admin = scene.stage.admin();
            let malformed = admin.counter("lanyard_upstream_failures_total", "malformed").await;
            malformed + admin.counter("lanyard_upstream_failures_total", "broke").await
        };
        let before = failures().await;
        let bytes = scene.comes("GET", "/poisoned").await;
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with("HTTP/1.1 502 "), "{case}:\n{text}");
        assert!(text.contains("does not answer") && !text.contains("page!"), "{case}:\n{text}");
        assert_eq!(count(&bytes, b"HTTP/1."), 1, "{case}:\n{text}");
        assert_eq!(failures().await, before + 1, "{case} is counted");
        scene.others_are_untouched(case).await;
    }
}

#[tokio::test]
async fn an_answer_that_says_too_much_is_cut_where_it_ends() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n{}", "p".repeat(200_000));
    for (case, method, answer, status, body) in [
        ("a second answer", "GET", format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage{POISON}"), 200, "page"),
        ("a long second answer", "GET", format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage{long}"), 200, "page"),
        ("a body beyond its length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage and more".to_owned(), 200, "page"),
        ("an answer behind chunks", "GET", format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n{POISON}"), 200, "page"),
        ("a length beside chunks", "GET", format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n{POISON}"), 200, "page"),
        ("the same length twice", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\npage".into(), 200, "page"),
        ("trailers", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Set-Cookie\r\n\r\n4\r\npage\r\n0\r\nSet-Cookie: poison=1\r\n\r\n".into(), 200, "page"),
        ("a HEAD with a body", "HEAD", format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{POISON}", POISON.len()), 200, ""),
        ("a 204 with a body", "GET", format!("HTTP/1.1 204 No Content\r\nContent-Length: {}\r\n\r\n{POISON}", POISON.len()), 204, ""),
        ("a 204 with chunks", "GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n6\r\npoison\r\n0\r\n\r\n".into(), 204, ""),
        ("a 304 with a body", "GET", format!("HTTP/1.1 304 Not Modified\r\nContent-Length: {}\r\n\r\n{POISON}", POISON.len()), 304, ""),
        ("bare line feeds", "GET", "HTTP/1.1 200 OK\nX-Own: kept\nContent-Length: 4\n\npage".into(), 200, "page"),
        ("no reason", "GET", "HTTP/1.1 200\r\nContent-Length: 4\r\n\r\npage".into(), 200, "page"),
        ("a reason of its own", "GET", "HTTP/1.1 200 <script>\r\nContent-Length: 4\r\n\r\npage".into(), 200, "page"),
        ("status 999", "GET", "HTTP/1.1 999 Odd\r\nContent-Length: 4\r\n\r\npage".into(), 999, "page"),
        ("early hints", "GET", "HTTP/1.1 103 Early Hints\r\nSet-Cookie: poison=1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage".into(), 200, "page"),
        ("20 000 times 100", "GET", format!("{}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage", "HTTP/1.1 100 Continue\r\n\r\n".repeat(20_000)), 200, "page"),
    ] {
        recorder.script("/poisoned", answer);
        let bytes = scene.comes(method, "/poisoned").await;
        let text = String::from_utf8_lossy(&bytes);
        let (head, rest) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{case}: {text}"));
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{case}:\n{text}");
        assert!(!text.contains("poison") && !text.contains("<script>"), "{case}:\n{text}");
        assert_eq!(count(&bytes, b"HTTP/1."), 1, "{case}:\n{text}");
        let lengths = head.to_ascii_lowercase().matches("content-length:").count();
        let codings = head.to_ascii_lowercase().matches("transfer-encoding:").count();
        assert!(lengths + codings <= 1, "{case}:\n{text}");
        if codings == 1 {
            assert_eq!(rest, format!("{:X}\r\n{body}\r\n0\r\n\r\n", body.len()), "{case}");
        } else {
            assert_eq!(rest, body, "{case}:\n{text}");
        }
        scene.others_are_untouched(case).await;
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_seen_to_be_broken() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    for (case, answer) in [
        ("a short body", format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\npage", 100)),
        ("an unfinished chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\npage".into()),
        ("no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n".into()),
        (
            "a chunk without its size",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\nZ\r\n{POISON}"),
        ),
        (
            "a chunk beyond numbers",
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\nfffffffffffffffff\r\n{POISON}"
            ),
        ),
        (
            "a chunk longer than its size",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npages\r\n0\r\n\r\n{POISON}"),
        ),
    ] {
        recorder.script_and_close("/poisoned", answer);
        let request = scene.rec.get("/poisoned").fetch().cookie(&scene.ada);
        let (bytes, closed) = request.begin().await.rest(PATIENT).await;
        let text = String::from_utf8_lossy(&bytes);
        assert!(closed, "{case}: the connection ends:\n{text}");
        // Nothing at all, where it broke off before the beginning was on its way.
        let begun = text.starts_with("HTTP/1.1 200 ") || text.starts_with("HTTP/1.1 502 ");
        assert!(begun || text.is_empty(), "{case}:\n{text}");
        assert!(
            text.starts_with("HTTP/1.1 502 ") || !text.contains("\r\n0\r\n"),
            "{case} ends as if whole:\n{text}"
        );
        assert!(!text.contains("poison"), "{case}:\n{text}");
        scene.others_are_untouched(case).await;
    }
}

/// Whatever an app says too much, at once or later, stays with the person who made it say so.
#[tokio::test]
async fn a_connection_to_an_app_serves_one_session_and_none_that_said_too_much() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    let connection = || recorder.seen().last().expect("a request").connection;
    let ask = async |path: &str, cookie: &str| {
        let answer = scene.rec.get(path).fetch().cookie(cookie).send().await.expect(200);
        (connection(), answer.text().contains("poison"))
    };
    let (ada, carla) = (ask("/page", &scene.ada).await.0, ask("/page", &scene.carla).await.0);
    assert_eq!(ask("/page", &scene.ada).await.0, ada, "a connection is used again");
    assert_ne!(carla, ada, "and not for another session");
    recorder.script("/poisoned", format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage{POISON}"));
    let poisoned = ask("/poisoned", &scene.ada).await.0;
    assert_ne!(ask("/page", &scene.ada).await.0, poisoned);
    // Later, when the next person's request is on its way already.
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage";
    for millis in [0, 1, 5] {
        recorder.script_late("/late", page, Duration::from_millis(millis), POISON);
        for nth in 0..30 {
            ask("/late", &scene.ada).await;
            assert!(!ask("/page", &scene.carla).await.1, "the {nth}th of those after {millis} ms");
        }
    }
    // While nobody asks.
    recorder.script_late("/late", page, Duration::from_millis(20), POISON);
    let late = ask("/late", &scene.ada).await.0;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_ne!(ask("/page", &scene.ada).await.0, late);
    // Many at once, each with its own answer.
    recorder.script(
        "/poisoned",
        format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage{}", POISON.repeat(50)),
    );
    let all: Vec<_> = (0..60)
        .map(|nth| {
            let (path, cookie) =
                if nth % 2 == 0 { ("/poisoned", &scene.ada) } else { ("/page", &scene.carla) };
            tokio::spawn(scene.rec.get(path).fetch().cookie(cookie).send())
        })
        .collect();
    for one in all {
        let answer: Answer = one.await.expect("an answer");
        assert!(!answer.everything().contains("poison"), "{}", answer.everything());
        assert!(matches!(answer.status, 200 | 502), "{}", answer.everything());
    }
}

#[tokio::test]
async fn an_app_sets_no_cookie_of_ours_and_none_beyond_its_host_in_any_spelling() {
    let scene = Scene::prepare().await;
    let lines: &[(&[u8], bool)] = &[
        (b"own=1; Path=/; HttpOnly", true),
        (b"_xsrf=2|a; SameSite=Strict", true),
        (b"__Host-own=1; Secure; Path=/", true),
        (b"odd=\xff\xe4", true),
        (b"nameless", true),
        (b"x__Host-lanyard=1", true),
        (b"domain=1", true),
        (b"__Host-lanyard=e; Secure; Path=/", false),
        (b"__Host-lanyard-app=e; Secure; Path=/", false),
        (b"__Host-lanyard-signin=e; Secure; Path=/", false),
        (b"__Host-lanyard-viewer=e", false),
        (b"__Host-lanyard-anything=e", false),
        (b"__HOST-LANYARD=e", false),
        (b"__host-Lanyard-App=e", false),
        (b"  \t__Host-lanyard-app=e", false),
        (b"__Host-lanyard-app =e", false),
        (b"=__Host-lanyard-app=e", false),
        (b" = __Host-lanyard-app=e", false),
        (b"__Host-lanyard", false),
        (b"\"__Host-lanyard-app\"=e", false),
        (b"\xe2\x80\x80__Host-lanyard-app=e", false),
        (b"wide=1; Domain=lanyard.localhost", false),
        (b"wide=1; domain=.lanyard.localhost", false),
        (b"wide=1;DOMAIN = localhost", false),
        (b"wide=1;\tDomain\t=\tlanyard.localhost; Path=/", false),
        (b"wide=1; Path=/; Domain", false),
        (b"wide=1; Domain=", false),
        (b"_%5fHost-lanyard=e; Domain=lanyard.localhost", false),
    ];
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie2: old=1\r\n".to_vec();
    for (nth, (line, _)) in lines.iter().enumerate() {
        let name: &[u8] = [&b"Set-Cookie: "[..], b"set-cookie:", b"SET-COOKIE:\t"][nth % 3];
        answer.extend([name, line, b"\r\n"].concat());
    }
    answer.extend(b"Clear-Site-Data: \"*\"\r\nclear-site-data: \"cookies\", \"storage\"\r\n\r\n");
    scene.stage.recorder("rec").script("/cookies", answer.clone());
    let bytes = scene.comes("GET", "/cookies").await;
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    for (line, settable) in lines {
        let trimmed = line.trim_ascii();
        let there = find(&bytes, &[b": ", trimmed, b"\r\n"].concat()).is_some();
        assert_eq!(there, *settable, "{:?} in\n{head}", String::from_utf8_lossy(line));
    }
    assert_eq!(head.matches("set-cookie: ").count(), lines.iter().filter(|(_, settable)| *settable).count());
    for gone in ["clear-site-data", "set-cookie2", "lanyard-app", "lanyard.localhost\r\n"] {
        assert!(!head.replace(&scene.stage.portal().origin(), "").contains(gone), "{gone} in\n{head}");
    }
    // On a handshake's 101 and on a refused one likewise.
    let switching = String::from_utf8_lossy(&answer).replace(
        "200 OK\r\nContent-Length: 0",
        "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}",
    );
    scene.stage.recorder("rec").script("/switching", switching);
    let request = scene.rec.get("/switching").websocket(&scene.rec.origin()).cookie(&scene.ada);
    let head = request.opened().await.answer.everything().to_ascii_lowercase();
    assert!(
        head.contains("own=1") && !head.contains("__host-lanyard-app") && !head.contains("clear-site"),
        "{head}"
    );
}

#[tokio::test]
async fn no_spelling_of_the_upstreams_own_address_reaches_the_browser() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    let (port, origin) = (recorder.port().to_string(), scene.rec.origin());
    for there in [
        "http://127.0.0.1:{port}/x",
        "https://127.0.0.1:{port}/x",
        "HTTP://LOCALHOST:{port}/x",
        "hTTps://LocalHost.:{port}/x",
        "//127.0.0.1:{port}/x",
        "http:\\\\127.0.0.1:{port}/x",
        "http:\\\\127.0.0.1:{port}\\x",
        "\\\\127.0.0.1:{port}/x",
        "/\\127.0.0.1:{port}/x",
        "\\/localhost:{port}/x",
        "http:////127.0.0.1:{port}/x",
        "https:127.0.0.1:{port}/x",
        "ht\ttp://127.0.0.1:\t{port}/x",
        "http://user:pass@127.0.0.1:{port}/x",
        "http://127.1:{port}/x",
        "http://2130706433:{port}/x",
        "http://0x7f.0.0.1:{port}/x",
        "http://%6c%6Fcalhost:{port}/x",
        "http://[::1]:{port}/x",
        "http://127.0.0.1:0{port}/x",
        "http://127.0.0.1:{port}/a/../x",
    ] {
        let head = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n";
        recorder.script(
            "/go",
            format!("{head}Location: {there}\r\nLocation: {there}\r\nContent-Location: {there}\r\nRefresh: 3;URL='{there}'\r\n\r\n"),
        );
        let answer = scene.rec.get("/go").frame_document().cookie(&scene.ada).send().await.expect(302);
        assert_eq!(answer.all("location").collect::<Vec<_>>(), [format!("{origin}/x")], "{there:?}");
        assert_eq!(answer.header("content-location"), Some(format!("{origin}/x").as_str()), "{there:?}");
        assert_eq!(answer.header("refresh"), Some(format!("3; url={origin}/x").as_str()), "{there:?}");
        assert!(!answer.everything().contains(&format!(":{port}")), "{there:?}:\n{}", answer.everything());
    }
    for stays in ["/x", "x?y", "https://login.example/", "http://127.0.0.1:1/", "//elsewhere.example/x", ""] {
        recorder
            .script("/go", format!("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {stays}\r\n\r\n"));
        let answer = scene.rec.get("/go").frame_document().cookie(&scene.ada).send().await.expect(302);
        assert_eq!(answer.header("location"), Some(stays));
    }
}
