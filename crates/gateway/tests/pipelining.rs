//! Several requests in one piece, and connections that would become something else: what stands behind a
//! refusal is not read, and no protocol but WebSocket comes through.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod framing;

use framing::{Attack, Dropped, HELLO, NONE, PATIENT, QUIET, Refused, Served};

#[tokio::test]
async fn what_stands_behind_a_refused_request_is_not_read() {
    let attack = Attack::prepare().await;
    let recorder = attack.stage.recorder("rec");
    let (inner, lines) = (attack.inner(), attack.lines());
    let good = format!("GET /good HTTP/1.1\r\n{lines}\r\n");
    let smuggled = format!("POST /outer HTTP/1.1\r\n{lines}Content-Length: {}\r\n\r\n{inner}", inner.len());
    // One behind the other, each by itself and in order.
    let (answers, closed) = attack.rec.raw(format!("{good}{smuggled}{good}")).await.answers(4 * QUIET).await;
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200; 3]);
    assert!(!closed);
    assert_eq!(recorder.targets(), ["/good", "/outer", "/good"]);
    assert_eq!(recorder.latest("/outer").body, inner.as_bytes());
    // Behind a refusal comes nothing, whoever refused.
    for (case, refused) in [
        ("a Host of nobody", "GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned()),
        ("no Host", "GET /x HTTP/1.1\r\n\r\n".into()),
        (
            "two lengths",
            format!("POST /x HTTP/1.1\r\n{lines}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
        ),
        ("a folded line", format!("GET /x HTTP/1.1\r\n{lines}X: a\r\n b\r\n\r\n")),
        ("TRACE", format!("TRACE /x HTTP/1.1\r\n{lines}\r\n")),
    ] {
        let before = recorder.seen().len();
        let (answers, closed) =
            attack.rec.raw(format!("{good}{refused}{inner}")).await.answers(PATIENT).await;
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert!(closed && statuses.len() == 2 && statuses[0] == 200, "{case}: {statuses:?}");
        assert!((400..500).contains(&statuses[1]), "{case}: {statuses:?}");
        assert!(!answers[1].text().is_empty(), "{case} gets a sentence");
        assert_eq!(recorder.seen().len(), before + 1, "{case}: {:?}", recorder.targets());
    }
    let old = good.replace("HTTP/1.1\r\n", "HTTP/1.0\r\nConnection: keep-alive\r\n");
    let (answers, _) =
        attack.rec.raw(format!("{old}GET /x HTTP/9\r\n\r\n{inner}")).await.answers(PATIENT).await;
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 400]);
    assert!(answers[1].text().contains("not valid"), "{}", answers[1].everything());
    // A refused request's own body is never a request, whether it was waited for or not.
    let foreign = lines.replace("same-origin", "cross-site");
    for expect in ["", "Expect: 100-continue\r\n"] {
        let length = inner.len();
        let head = format!("POST /x HTTP/1.1\r\n{foreign}{expect}Content-Length: {length}\r\n\r\n");
        let before = recorder.seen().len();
        let mut exchange = attack.rec.raw(format!("{head}{inner}")).await;
        let (answers, _) = exchange.answers(QUIET).await;
        assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [403], "{expect:?}");
        assert_eq!(recorder.seen().len(), before, "{expect:?}: {:?}", recorder.targets());
    }
}

#[tokio::test]
async fn no_connection_becomes_something_else() {
    let attack = Attack::prepare().await;
    let (lines, host) = (attack.lines(), attack.rec.host.clone());
    let h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    let socket = "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let inner = attack.inner();
    for (case, text, fate) in [
        ("CONNECT", format!("CONNECT {host} HTTP/1.1\r\n{lines}\r\n{inner}"), Refused(405, "method")),
        (
            "CONNECT elsewhere",
            format!("CONNECT 127.0.0.1:22 HTTP/1.1\r\n{lines}\r\n"),
            Refused(405, "method"),
        ),
        ("TRACE", format!("TRACE /outer HTTP/1.1\r\n{lines}\r\n{inner}"), Refused(405, "method")),
        ("TRACK", format!("TRACK /outer HTTP/1.1\r\n{lines}\r\n"), Refused(405, "method")),
        ("OPTIONS *", format!("OPTIONS * HTTP/1.1\r\n{lines}\r\n{inner}"), Refused(400, "target")),
        ("GET *", format!("GET * HTTP/1.1\r\n{lines}\r\n"), Refused(400, "target")),
        ("the preface of HTTP/2", format!("{preface}\0\0\0\x04\0\0\0\0\0"), Dropped("malformed")),
        ("a part of the preface", "PRI * HTTP/2.0\r\n\r\n".to_owned(), Refused(400, "malformed")),
        ("HTTP/0.9", "GET /outer\r\n\r\n".to_owned(), Refused(400, "malformed")),
        ("HTTP/1.2", format!("GET /outer HTTP/1.2\r\n{lines}\r\n"), Refused(400, "malformed")),
        ("HTTP/3", format!("GET /outer HTTP/3\r\n{lines}\r\n"), Refused(400, "malformed")),
        ("two spaces", format!("GET  /outer HTTP/1.1\r\n{lines}\r\n"), Refused(400, "malformed")),
        ("a space in the target", format!("GET /outer x HTTP/1.1\r\n{lines}\r\n"), Refused(400, "malformed")),
        (
            "a line feed in the target",
            format!("GET /outer\nX: y HTTP/1.1\r\n{lines}\r\n"),
            Refused(400, "malformed"),
        ),
        ("a method that is none", format!("G<T /outer HTTP/1.1\r\n{lines}\r\n"), Refused(400, "malformed")),
        ("TLS", "\x16\x03\x01\x02\0\x01\0\x01\u{7f}\x03\x03\r\n\r\n".to_owned(), Refused(400, "malformed")),
        ("h2c", format!("GET /outer HTTP/1.1\r\n{lines}{h2c}\r\n"), Served(NONE)),
        (
            "h2c, posted",
            format!("POST /outer HTTP/1.1\r\n{lines}{h2c}Content-Length: 5\r\n\r\nhello"),
            Served(HELLO),
        ),
        (
            "another upgrade",
            format!("GET /outer HTTP/1.1\r\n{lines}Connection: upgrade\r\nUpgrade: tcp\r\n\r\n"),
            Served(NONE),
        ),
        (
            "a WebSocket beside h2c",
            format!("GET /outer HTTP/1.1\r\n{lines}{socket}Upgrade: h2c, websocket\r\n\r\n"),
            Refused(400, "upgrade"),
        ),
        (
            "a handshake with a body",
            format!(
                "GET /outer HTTP/1.1\r\n{lines}{socket}Upgrade: websocket\r\nContent-Length: 5\r\n\r\nhello"
            ),
            Refused(400, "upgrade"),
        ),
        (
            "a chunked handshake",
            format!(
                "GET /outer HTTP/1.1\r\n{lines}{socket}Upgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            Refused(400, "upgrade"),
        ),
        (
            "a posted handshake",
            format!("POST /outer HTTP/1.1\r\n{lines}{socket}Upgrade: websocket\r\n\r\n"),
            Refused(400, "upgrade"),
        ),
        (
            "a handshake in HTTP/1.0",
            format!("GET /outer HTTP/1.0\r\n{lines}{socket}Upgrade: websocket\r\n\r\n"),
            Refused(400, "upgrade"),
        ),
        (
            "Expect",
            format!("POST /outer HTTP/1.1\r\n{lines}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"),
            Served(HELLO),
        ),
        (
            "another expectation",
            format!("POST /outer HTTP/1.1\r\n{lines}Expect: coffee\r\nContent-Length: 5\r\n\r\nhello"),
            Served(HELLO),
        ),
    ] {
        attack.meets(case, text.as_bytes(), fate).await;
    }
    // Served as HTTP/1.1, and what follows as HTTP/2 is not.
    let upgraded = format!("GET /outer HTTP/1.1\r\n{lines}{h2c}\r\n{preface}");
    let (answers, closed) = attack.rec.raw(upgraded).await.answers(PATIENT).await;
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200]);
    assert!(closed, "and the connection ends");
    assert_eq!(attack.stage.recorder("rec").latest("/outer").count("upgrade"), 0);
}
