//! Answers with two readings, or with orders for others than their own page, from an app that is broken or was
//! made to say them: each becomes 502 or one sane answer, and the next person's request gets its own answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod scripted;

use std::time::Duration;

use lanyard_testbed::Answer;
use scripted::{PATIENT, Scene};

const POISON: &str = "HTTP/1.1 200 OK\r\nSet-Cookie: poison=1\r\nContent-Length: 6\r\n\r\npoison";

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
