//! Messages with two readings, byte by byte over TCP: each is refused and the connection ends, or the app sees
//! exactly one request in the gateway's own framing. The recorder reads strictly, and complains of everything
//! that another server could read in a second way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod framing;

use framing::{Attack, CHUNKED, HELLO, PATIENT, Refused, Served, ServedLast};
use lanyard_testbed::{Person, person::CARLA};

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
