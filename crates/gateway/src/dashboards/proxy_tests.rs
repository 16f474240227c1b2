//! HTTP through the proxy over TCP: what reaches the app, what reaches the browser, and when it breaks off.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::dashboards::testing::{
    app, person, session,
    tcp::{Gateway, SOON, read_head, read_to_end, recording, upstream},
};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

fn get(more: &str) -> Vec<u8> {
    format!("GET /x?a=1 HTTP/1.1\r\nhost: finance.dash.example\r\nconnection: close\r\n{more}\r\n")
        .into_bytes()
}

fn lines<'a>(record: &'a str, name: &str) -> Vec<&'a str> {
    let values = record.split("\r\n").filter_map(|line| line.split_once(": "));
    values.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

#[tokio::test]
async fn every_method_carries_our_word_and_no_one_elses() {
    let (app, record) = recording(OK).await;
    let gateway = Gateway::before(app, Some(session(1, person()))).await;
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
        record.lock().expect("a lock").clear();
        let request = format!(
            "{method} /x?bokeh-token=t&a=1 HTTP/1.1\r\nhost: finance.dash.example\r\nconnection: close, \
             x-forwarded-user, x-lanyard-assertion\r\nX-Forwarded-User: evil\r\nx_forwarded_user: evil\r\n\
             X-LANYARD-ASSERTION: evil\r\nX-Forwarded-For: evil\r\nProxy: evil\r\nUpgrade: h2c\r\n\
             cookie: __Host-lanyard-app=evil; a=b\r\nauthorization: Basic evil\r\ncontent-length: 0\r\n\r\n"
        );
        let answer = gateway.exchange(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{method}: {answer}");
        let record = record.lock().expect("a lock").clone();
        assert!(record.starts_with(&format!("{method} /x?a=1 HTTP/1.1\r\n")), "{record}");
        assert!(!record.contains("evil") && !record.contains("h2c"), "{record}");
        assert_eq!(lines(&record, "host"), [format!("localhost:{}", app.port())]);
        assert_eq!(lines(&record, "x-forwarded-user"), ["c"]);
        assert_eq!(lines(&record, "x-forwarded-for"), ["127.0.0.1"]);
        assert_eq!(lines(&record, "x-lanyard-assertion").len(), 1);
        assert_eq!(lines(&record, "cookie"), ["a=b"]);
    }
    assert_eq!(gateway.connections.count(), 0);
}

#[tokio::test]
async fn a_public_dashboard_is_told_nothing_about_anybody() {
    let (app, record) = recording(OK).await;
    let gateway = Gateway::before(app, None).await;
    let answer = gateway.exchange(&get("x-forwarded-email: evil\r\n")).await;
    assert!(!answer.to_lowercase().contains("cache-control"), "{answer}");
    let record = record.lock().expect("a lock").to_lowercase();
    let names: Vec<&str> = record.lines().skip(1).filter_map(|line| line.split(':').next()).collect();
    let mut names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    assert_eq!(names, ["host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]);
}

#[tokio::test]
async fn whatever_is_smuggled_arrives_as_one_request_or_not_at_all() {
    let head = "POST /x HTTP/1.1\r\nhost: finance.dash.example\r\nconnection: close\r\n";
    for (name, rest, arrives) in [
        ("CL and TE", "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", true),
        ("TE and CL", "transfer-encoding: chunked\r\ncontent-length: 40\r\n\r\n2\r\nab\r\n0\r\n\r\n", true),
        (
            "a trailer",
            "transfer-encoding: chunked\r\ntrailer: x-forwarded-user\r\n\r\n2\r\nab\r\n0\r\nX-Forwarded-User: evil\r\n\r\n",
            true,
        ),
        ("a chunk extension", "transfer-encoding: chunked\r\n\r\n2;evil=evil\r\nab\r\n0\r\n\r\n", true),
        ("something behind", "content-length: 2\r\n\r\nabGET /evil HTTP/1.1\r\nhost: evil\r\n\r\n", true),
        ("bare line feeds", "content-length: 2\n\nab", true),
        ("two lengths", "content-length: 2\r\ncontent-length: 3\r\n\r\nabc", false),
        ("a list of lengths", "content-length: 2, 2\r\n\r\nab", false),
        ("another coding", "transfer-encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", false),
        ("no chunked", "transfer-encoding: identity\r\n\r\nab", false),
        ("a disguised coding", "transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n", false),
        ("a space before the colon", "content-length : 2\r\n\r\nab", false),
        ("a folded line", "x-a: b\r\n content-length: 2\r\n\r\nab", false),
        ("two hosts", "host: evil\r\ncontent-length: 2\r\n\r\nab", false),
        ("a bad chunk", "transfer-encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n", false),
    ] {
        let (app, record) = recording(OK).await;
        let gateway = Gateway::before(app, Some(session(1, person()))).await;
        let answer = gateway.exchange(format!("{head}{rest}").as_bytes()).await;
        let record = record.lock().expect("a lock").clone();
        assert!(!record.contains("evil"), "{name}: {record}");
        if arrives {
            assert_eq!(record.matches("HTTP/1.1").count(), 1, "{name}: {record}");
            assert!(record.contains("ab"), "{name}: {record}");
            let framings = lines(&record, "content-length").len() + lines(&record, "transfer-encoding").len();
            assert_eq!(framings, 1, "{name}: {record}");
        } else {
            assert_eq!(record, "", "{name}");
            assert!(!answer.starts_with("HTTP/1.1 2"), "{name}: {answer}");
        }
    }
}

#[tokio::test]
async fn an_app_that_fails_is_told_apart() {
    let closed =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let answer = Gateway::before(closed, None).await.exchange(&get("")).await;
    assert!(answer.starts_with("HTTP/1.1 502") && answer.ends_with("refused"), "{answer}");

    for (said, name) in [
        ("", "broke"),
        ("HTTP/1.1 200 OK\r\ncontent-le", "broke"),
        ("nonsense\r\n\r\n", "malformed"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "malformed"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "malformed"),
        ("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n", "malformed"),
    ] {
        let app = upstream(move |mut stream| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(said.as_bytes()).await;
        })
        .await;
        let answer = Gateway::before(app, None).await.exchange(&get("")).await;
        assert!(answer.starts_with("HTTP/1.1 502") && answer.ends_with(name), "{said}: {answer}");
    }
    let silent = upstream(|mut stream| async move { drop(read_to_end(&mut stream).await) }).await;
    let mut slow = app(&silent.to_string());
    slow.timeout = Duration::from_millis(1_200);
    let answer = Gateway::start(slow, None).await.exchange(&get("")).await;
    assert!(answer.starts_with("HTTP/1.1 504") && answer.ends_with("timed-out"), "{answer}");
}

#[tokio::test]
async fn an_endless_head_is_not_read_to_its_end() {
    let app = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-long: ").await;
        while stream.write_all(&[b'a'; 65_536]).await.is_ok() {}
    })
    .await;
    let answer = Gateway::before(app, None).await.exchange(&get("")).await;
    assert!(answer.starts_with("HTTP/1.1 502") && answer.ends_with("malformed"), "{answer}");
}

/// An app that begins an endless answer and says a word whenever `every` has passed.
async fn endless(every: Duration) -> std::net::SocketAddr {
    upstream(move |mut stream| async move {
        read_head(&mut stream).await;
        let _ =
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n").await;
        loop {
            tokio::time::sleep(every).await;
            if stream.write_all(b"4\r\nmore\r\n").await.is_err() {
                return;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_stream_is_cut_when_its_session_ends() {
    let session = session(1, person());
    let gateway = Gateway::before(endless(Duration::from_millis(50)).await, Some(session.clone())).await;
    let mut stream = gateway.connect().await;
    stream.write_all(&get("")).await.expect("writing");
    gateway.registered(1).await;
    gateway.connections.end_session(session.id, Ending::SessionOver);
    let answer = String::from_utf8(read_to_end(&mut stream).await).expect("text");
    assert!(answer.contains("first"), "{answer}");
    assert!(!answer.contains("0\r\n\r\n"), "the browser must see that it is not whole: {answer}");
    gateway.registered(0).await;
}

#[tokio::test]
async fn a_stream_whose_session_ended_before_it_was_registered_is_cut_too() {
    let gateway = Gateway::before(endless(Duration::from_millis(50)).await, Some(session(1, person()))).await;
    *gateway.ending.lock().expect("a lock") = Some(Ending::SessionOver);
    let answer = gateway.exchange(&get("")).await;
    assert!(answer.starts_with("HTTP/1.1 401") && answer.ends_with("ended"), "{answer}");
    gateway.registered(0).await;
}

#[tokio::test]
async fn a_stream_is_decided_again_when_it_is_registered() {
    let gateway = Gateway::before(endless(Duration::from_millis(50)).await, Some(session(1, person()))).await;
    *gateway.ending.lock().expect("a lock") = Some(Ending::NotAllowed);
    gateway.spared.store(1, std::sync::atomic::Ordering::Relaxed);
    let answer = timeout(SOON, gateway.exchange(&get(""))).await.expect("cut, for the app never ends");
    assert!(!answer.contains("more"), "{answer}");
    assert_eq!(gateway.spared.load(std::sync::atomic::Ordering::Relaxed), 0, "the first answer was spared");
    gateway.registered(0).await;

    let silent = upstream(|mut stream| async move { drop(read_to_end(&mut stream).await) }).await;
    let gateway = Gateway::before(silent, Some(session(1, person()))).await;
    *gateway.ending.lock().expect("a lock") = Some(Ending::NotAllowed);
    let answer = gateway.exchange(&get("")).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    gateway.registered(0).await;
}

#[tokio::test]
async fn a_silent_stream_is_cut_and_a_slow_one_is_not() {
    let gateway = Gateway::before(endless(Duration::from_secs(3600)).await, None).await;
    let answer = gateway.exchange(&get("")).await;
    assert!(answer.contains("first") && !answer.contains("0\r\n\r\n"), "{answer}");

    let gateway = Gateway::before(endless(Duration::from_millis(400)).await, None).await;
    let mut stream = gateway.connect().await;
    stream.write_all(&get("")).await.expect("writing");
    let read = async {
        let mut seen = String::new();
        while seen.matches("more").count() < 6 {
            let mut chunk = [0; 100];
            let read = stream.read(&mut chunk).await.expect("reading");
            assert_ne!(read, 0, "cut: {seen}");
            seen.push_str(&String::from_utf8_lossy(&chunk[..read]));
        }
    };
    timeout(SOON, read).await.expect("in time");
}

#[tokio::test]
async fn a_request_that_waits_is_ended_with_its_session() {
    let silent = upstream(|mut stream| async move { drop(read_to_end(&mut stream).await) }).await;
    let session = session(1, person());
    let gateway = Gateway::before(silent, Some(session.clone())).await;
    let mut stream = gateway.connect().await;
    stream.write_all(&get("")).await.expect("writing");
    gateway.registered(1).await;
    gateway.connections.end_session(session.id, Ending::SessionOver);
    let answer = String::from_utf8(read_to_end(&mut stream).await).expect("text");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn large_bodies_stream_through_in_both_directions() {
    const SIZE: usize = 3_000_000;
    let app = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ =
            stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n").as_bytes()).await;
        let (mut read, mut write) = stream.split();
        let _ = tokio::io::copy(&mut read, &mut write).await;
    })
    .await;
    let gateway = Gateway::before(app, Some(session(1, person()))).await;
    let stream = gateway.connect().await;
    let (mut read, mut write) = stream.into_split();
    let sent: Vec<u8> = (0..SIZE).map(|number| (number % 251) as u8).collect();
    let body = sent.clone();
    let sending = tokio::spawn(async move {
        let head = format!("PUT / HTTP/1.1\r\nhost: finance.dash.example\r\ncontent-length: {SIZE}\r\n\r\n");
        write.write_all(head.as_bytes()).await.expect("writing");
        write.write_all(&body).await.expect("writing");
        write
    });
    let mut all = Vec::new();
    let reading = async {
        let head = loop {
            if let Some(at) = all.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            read.read_buf(&mut all).await.expect("reading");
        };
        while all.len() < head + SIZE {
            assert_ne!(read.read_buf(&mut all).await.expect("reading"), 0);
        }
        head
    };
    let head = timeout(SOON * 4, reading).await.expect("in time");
    assert!(all[head..] == sent, "the body came back changed");
    drop(sending.await.expect("sent"));
    gateway.registered(0).await;
}
