//! Messages with two readings, byte by byte over TCP: each is refused and the connection ends, or the app sees
//! exactly one request in the gateway's own framing. The recorder reads strictly, and complains of everything
//! that another server could read in a second way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use lanyard_testbed::{
    Person, Site, Stage, StageOptions,
    person::{ADA, CARLA},
};

/// How long a connection must stay open to count as open.
const QUIET: Duration = Duration::from_millis(150);
/// How long is waited for what must come.
const PATIENT: Duration = Duration::from_secs(5);

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

struct Attack {
    stage: Stage,
    rec: Site,
    cookie: String,
}

/// What may become of a message.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// Refused with this status, for this reason, and the connection ends.
    Refused(u16, &'static str),
    /// The connection ends without an answer; counted all the same.
    Dropped(&'static str),
    /// Served, with this body as the app gets it.
    Served(&'static [u8]),
    /// Served, and the connection ends.
    ServedLast(&'static [u8]),
}
use Fate::{Dropped, Refused, Served, ServedLast};

impl Attack {
    async fn prepare() -> Self {
        let stage = Stage::start(options()).await;
        let ada = Person::sign_in(&stage, ADA).await;
        let cookie = ada.enter(&stage, "rec").await;
        Self { rec: stage.dashboard("rec"), stage, cookie }
    }

    /// The lines that every request of Ada's page has.
    fn lines(&self) -> String {
        let (host, origin, cookie) = (&self.rec.host, self.rec.origin(), &self.cookie);
        format!("Host: {host}\r\nOrigin: {origin}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n")
    }

    /// What would be smuggled: a whole request that would be served.
    fn inner(&self) -> String {
        format!("GET /inner HTTP/1.1\r\n{}\r\n", self.lines())
    }

    /// Sends bytes and compares their fate.
    async fn meets(&self, case: &str, bytes: &[u8], fate: Fate) {
        let recorder = self.stage.recorder("rec");
        let before = recorder.seen().len();
        let reason = match fate {
            Refused(_, reason) | Dropped(reason) => reason,
            _ => "",
        };
        let refusals = self.stage.admin().refusals(reason).await;
        let mut exchange = self.rec.raw(bytes).await;
        let quiet = if matches!(fate, Served(_)) { QUIET } else { PATIENT };
        let (answers, closed) = exchange.answers(quiet).await;
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        let everything: String = answers.iter().map(|answer| answer.everything()).collect();
        let reached: Vec<_> = recorder.seen().split_off(before);
        let targets: Vec<_> = reached.iter().map(|seen| seen.target.as_str()).collect();
        match fate {
            Refused(status, _) => {
                assert_eq!(statuses, [status], "{case}:\n{everything}");
                assert!(!answers[0].text().trim().is_empty(), "{case} gets a sentence:\n{everything}");
                assert!(targets.is_empty(), "{case} reached the app: {targets:?}");
            }
            Dropped(_) => assert!(statuses.is_empty() && targets.is_empty(), "{case}:\n{everything}"),
            Served(body) | ServedLast(body) => {
                assert_eq!(
                    (&statuses[..], &targets[..]),
                    (&[200][..], &["/outer"][..]),
                    "{case}:\n{everything}"
                );
                assert_eq!(reached[0].body, body, "{case}");
            }
        }
        assert_eq!(closed, !matches!(fate, Served(_)), "{case} leaves the connection in this state");
        if !reason.is_empty() {
            self.stage.admin().has_refused(reason, refusals + 1).await;
        }
        assert_eq!(recorder.violations(), Vec::<String>::new(), "{case}");
    }

    /// A POST with these lines, and what follows the head.
    fn post(&self, lines: &str, rest: &str) -> Vec<u8> {
        format!("POST /outer HTTP/1.1\r\n{}{lines}\r\n\r\n{rest}", self.lines()).into_bytes()
    }
}

const NONE: &[u8] = b"";
const HELLO: &[u8] = b"hello";
const CHUNKED: &[u8] = b"5\r\nhello\r\n0\r\n\r\n";

#[tokio::test]
async fn a_length_with_two_readings_is_refused_or_has_one_at_the_app() {
    let attack = Attack::prepare().await;
    let carla = Person::sign_in(&attack.stage, CARLA).await.enter(&attack.stage, "rec").await;
    let mut hers = attack.rec.get("/ws").websocket(&attack.rec.origin()).cookie(&carla).opened().await;
    let ends = format!("0\r\n\r\n{}", attack.inner());
    let hello = format!("5\r\nhello\r\n0\r\n\r\n{}", attack.inner());
    let coding = "transfer-encoding";
    for (line, rest, fate) in [
        // The later reading counts, and nothing behind it is read (RFC 9112, section 6.3).
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", hello.as_str(), ServedLast(CHUNKED)),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", &hello, ServedLast(CHUNKED)),
        ("Content-Length: 0\r\nTransfer-Encoding: chunked\r\nContent-Length: 0", &hello, ServedLast(CHUNKED)),
        ("Transfer-Encoding: chunked", &hello, ServedLast(CHUNKED)),
        ("transfer-ENCODING: \t chUNKed\t", &hello, ServedLast(CHUNKED)),
        ("Content-Length: 5", "hello", Served(HELLO)),
        ("Content-Length:\t5 ", "hello", Served(HELLO)),
        ("Content-Length: 0005", "hello", Served(HELLO)),
        ("Content-Length: 5\r\nContent-Length: 5", "hello", Served(HELLO)),
        ("Content-Length: 5\r\nTransfer_Encoding: chunked", "hello", Served(HELLO)),
        ("Content-Length: 5\r\nX-Transfer-Encoding: chunked", "hello", Served(HELLO)),
        ("Content-Length: 5\r\nConnection: content-length", "hello", Served(HELLO)),
        ("Content-Length: 5\r\nContent-Length: 6", "hello!", Refused(400, "malformed")),
        ("Content-Length: 6\r\nContent-Length: 5", "hello!", Refused(400, "malformed")),
        ("Content-Length: 5, 5", "hello", Refused(400, "malformed")),
        ("Content-Length: 5;5", "hello", Refused(400, "malformed")),
        ("Content-Length: +5", "hello", Refused(400, "malformed")),
        ("Content-Length: -5", "hello", Refused(400, "malformed")),
        ("Content-Length: 0x5", "hello", Refused(400, "malformed")),
        ("Content-Length: 5.0", "hello", Refused(400, "malformed")),
        ("Content-Length: 1e1", "hello", Refused(400, "malformed")),
        ("Content-Length: 5 5", "hello", Refused(400, "malformed")),
        ("Content-Length: five", "hello", Refused(400, "malformed")),
        ("Content-Length: \u{ff15}", "hello", Refused(400, "malformed")),
        ("Content-Length:", "hello", Refused(400, "malformed")),
        ("Content-Length: 18446744073709551621", "hello", Refused(400, "malformed")),
        ("Content-Length: 18446744073709551615", "hello", Refused(431, "header-too-large")),
        ("Content-Length: 9999999999999999999", "hello", Refused(400, "content-length")),
        ("Content-Length: 5\r\nContent-Length : 6", "hello!", Refused(400, "malformed")),
        ("Transfer-Encoding: xchunked", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: chunked, identity", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: identity", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: chunked,", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: chunked;q=1", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: \"chunked\"", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: ch\u{fc}nked", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding:", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", &ends, Refused(400, coding)),
        ("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", &ends, Refused(400, coding)),
        ("Transfer-Encoding: identity, chunked", &ends, Refused(400, coding)),
        ("Transfer-Encoding: gzip, chunked", &ends, Refused(400, coding)),
        ("Transfer-Encoding: ,chunked", &ends, Refused(400, coding)),
        ("Transfer-Encoding: \u{b}chunked", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding: chunked\u{b}", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding : chunked", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding\t: chunked", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding\u{0}: chunked", &ends, Refused(400, "malformed")),
        ("Transfer-Encoding:\r\n chunked", &ends, Refused(400, "malformed")),
        ("X-Folded: a\r\n Transfer-Encoding: chunked", &ends, Refused(400, "malformed")),
        ("X-Folded: a\r\n\tb", "", Refused(400, "malformed")),
        (" Transfer-Encoding: chunked", &ends, Refused(400, "malformed")),
        ("X-Bare: a\rTransfer-Encoding: chunked", &ends, Refused(400, "malformed")),
        ("X-Nul: a\u{0}b", "", Refused(400, "malformed")),
        ("X-No-Colon", "", Refused(400, "malformed")),
        (": no name", "", Refused(400, "malformed")),
        ("X(Odd): a", "", Refused(400, "malformed")),
        // A bare line feed ends a line here (RFC 9112, section 2.2), and is not passed on.
        ("X-Bare: a\nTransfer-Encoding: chunked", &hello, ServedLast(CHUNKED)),
        ("X-Bare: a\nContent-Length: 5\nX-Bare: b", "hello", Served(HELLO)),
    ] {
        attack.meets(&format!("{line:?}"), &attack.post(line, rest), fate).await;
    }
    let old = format!("POST /outer HTTP/1.0\r\n{}Transfer-Encoding: chunked\r\n\r\n{ends}", attack.lines());
    attack.meets("chunked in HTTP/1.0", old.as_bytes(), Refused(400, "malformed")).await;
    let feeds = String::from_utf8(attack.post("Content-Length: 5", "hello")).unwrap().replace("\r\n", "\n");
    attack.meets("bare line feeds alone", feeds.as_bytes(), Served(HELLO)).await;
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "X-ANY"] {
        let text = format!("{method} /outer HTTP/1.1\r\n{}Content-Length: 5\r\n\r\nhello", attack.lines());
        if method != "HEAD" {
            attack.meets(&format!("{method} with a body"), text.as_bytes(), Served(HELLO)).await;
        }
    }
    hers.say("mine goes on").await;
    assert_eq!(hers.hear().await, "mine goes on");
    attack.rec.get("/page").fetch().cookie(&carla).send().await.expect(200);
}

#[tokio::test]
async fn chunks_that_are_none_never_reach_the_app_as_a_whole_request() {
    let attack = Attack::prepare().await;
    let carla = Person::sign_in(&attack.stage, CARLA).await;
    let hers = carla.enter(&attack.stage, "rec").await;
    let inner = attack.inner();
    for chunks in [
        "G\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        ";a=b\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello!\r\n0\r\n\r\n",
        "5\r\nhelloXX0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "5,\r\nhello\r\n0\r\n\r\n",
    ] {
        let refusals = attack.stage.admin().refusals("body").await;
        let failures = attack.stage.admin().counter("lanyard_upstream_failures_total", "broke").await;
        let bytes = attack.post("Transfer-Encoding: chunked", &format!("{chunks}{inner}"));
        let (answers, closed) = attack.rec.raw(&bytes).await.answers(PATIENT).await;
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert!(closed && statuses == [400], "{chunks:?}: {statuses:?}");
        assert!(answers[0].text().contains("body"), "{chunks:?}:\n{}", answers[0].everything());
        let targets = attack.stage.recorder("rec").targets();
        assert!(targets.iter().all(|target| target == "/whole"), "{chunks:?}: {targets:?}");
        attack.stage.admin().has_refused("body", refusals + 1).await;
        let failed = attack.stage.admin().counter("lanyard_upstream_failures_total", "broke").await;
        assert_eq!(failed, failures, "{chunks:?} is no failure of the app");
        attack.rec.get("/whole").fetch().cookie(&hers).send().await.expect(200);
    }
    for (chunks, body) in [
        ("5;name=value\r\nhello\r\n0\r\n\r\n", CHUNKED),
        ("005\r\nhello\r\n000\r\n\r\n", CHUNKED),
        ("5\r\nhello\r\n0\r\nX-Forwarded-User: spoofed\r\n\r\n", CHUNKED),
        ("0\r\n\r\n", b"0\r\n\r\n"),
    ] {
        let bytes = attack.post("Transfer-Encoding: chunked", &format!("{chunks}{inner}"));
        attack.meets(&format!("{chunks:?}"), &bytes, ServedLast(body)).await;
    }
    let violations = attack.stage.recorder("rec").violations();
    assert!(violations.is_empty(), "{violations:?}");
}

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
