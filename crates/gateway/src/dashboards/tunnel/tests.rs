//! WebSockets through the proxy over TCP.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
    time::timeout,
};

use crate::{
    dashboards::testing::{
        person, session,
        tcp::{Gateway, SOON, read_head, read_to_end, upstream},
    },
    identity::session::connections::Ending,
};

// RFC 6455, section 1.3.
const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
                      sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

fn handshake(more: &str) -> Vec<u8> {
    format!(
        "GET /ws?bokeh-session-id=x HTTP/1.1\r\nhost: finance.dash.example\r\nupgrade: websocket\r\n\
         connection: keep-alive, Upgrade\r\norigin: https://finance.dash.example\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n{more}\r\n"
    )
    .into_bytes()
}

async fn open(gateway: &Gateway, more: &str) -> (TcpStream, String) {
    let mut stream = gateway.connect().await;
    stream.write_all(&handshake(more)).await.expect("writing");
    let head = read_head(&mut stream).await.expect("an answer");
    (stream, head)
}

/// An app that switches and then says back what it hears.
async fn echo(record: Arc<Mutex<String>>) -> SocketAddr {
    upstream(move |mut stream| {
        let record = record.clone();
        async move {
            let Some(head) = read_head(&mut stream).await else { return };
            record.lock().expect("a lock").push_str(&head);
            // The first frame travels with the 101.
            let switch = format!(
                "{SWITCH}sec-websocket-protocol: streamlit\r\nset-cookie: __Host-lanyard=x\r\n\r\n\u{1}\u{1}!"
            );
            if stream.write_all(switch.as_bytes()).await.is_ok() {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_socket_is_introduced_and_then_left_alone() {
    let record = Arc::new(Mutex::new(String::new()));
    let app = echo(record.clone()).await;
    let gateway = Gateway::before(app, Some(session(1, person()))).await;
    let spoof = "sec-websocket-protocol: streamlit, xsrf\r\nX-Forwarded-User: evil\r\nx_forwarded_user: evil\r\n\
                 cookie: __Host-lanyard-app=evil; a=b\r\n";
    let (mut stream, head) = open(&gateway, spoof).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("sec-websocket-protocol: streamlit\r\n") && !head.contains("__Host-"), "{head}");
    let record = record.lock().expect("a lock").to_lowercase();
    assert!(record.starts_with("get /ws http/1.1\r\n"), "{record}");
    assert!(!record.contains("evil"), "{record}");
    for line in [
        &format!("host: localhost:{}", app.port()),
        &format!("origin: http://localhost:{}", app.port()),
        "connection: upgrade",
        "upgrade: websocket",
        "cookie: a=b",
        "x-forwarded-user: c",
        "x-forwarded-groups: finance team",
    ] {
        assert_eq!(record.matches(&format!("\r\n{line}\r\n")).count(), 1, "{line}: {record}");
    }
    assert_eq!(record.matches("x-lanyard-assertion: ").count(), 1);

    let mut first = [0; 3];
    stream.read_exact(&mut first).await.expect("the app's first frame");
    assert_eq!(&first, b"\x01\x01!");
    gateway.registered(1).await;

    let sent: Vec<u8> = (0..2_000_000).map(|number| (number % 253) as u8).collect();
    let (mut read, mut write) = stream.into_split();
    let body = sent.clone();
    let sending = tokio::spawn(async move {
        write.write_all(&body).await.expect("writing");
        write
    });
    let mut back = vec![0; sent.len()];
    timeout(SOON * 4, read.read_exact(&mut back)).await.expect("in time").expect("reading");
    assert!(back == sent, "bytes came back changed");

    drop((read, sending.await.expect("sent")));
    gateway.registered(0).await;
}

#[tokio::test]
async fn bytes_sent_right_behind_the_handshake_are_not_lost() {
    let gateway = Gateway::before(echo(Arc::default()).await, None).await;
    let mut stream = gateway.connect().await;
    let mut bytes = handshake("sec-websocket-protocol: streamlit\r\n");
    bytes.extend_from_slice(b"early");
    stream.write_all(&bytes).await.expect("writing");
    read_head(&mut stream).await.expect("a 101");
    let mut back = [0; 8];
    timeout(SOON, stream.read_exact(&mut back)).await.expect("in time").expect("reading");
    assert_eq!(&back, b"\x01\x01!early");
}

/// An app that sends half a frame, waits to be told, and sends the rest.
async fn halting(rest: Arc<Notify>) -> SocketAddr {
    upstream(move |mut stream| {
        let rest = rest.clone();
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(format!("{SWITCH}\r\n").as_bytes()).await;
            let _ = stream.write_all(b"\x81\x0ahello").await;
            rest.notified().await;
            let _ = stream.write_all(b"world\x81\x05never").await;
            drop(read_to_end(&mut stream).await);
        }
    })
    .await
}

#[tokio::test]
async fn a_session_that_ends_is_said_between_two_frames() {
    let (rest, session) = (Arc::new(Notify::new()), session(1, person()));
    let gateway = Gateway::before(halting(rest.clone()).await, Some(session.clone())).await;
    let (mut stream, _) = open(&gateway, "").await;
    let mut half = [0; 7];
    stream.read_exact(&mut half).await.expect("half a frame");
    gateway.connections.end_session(session.id, Ending::SessionOver);
    tokio::time::sleep(Duration::from_millis(100)).await;
    rest.notify_one();
    let tail = read_to_end(&mut stream).await;
    let reason = Ending::SessionOver.reason();
    let close = [&b"world\x88"[..], &[reason.len() as u8 + 2], &4401_u16.to_be_bytes(), reason.as_bytes()];
    assert_eq!(String::from_utf8_lossy(&tail), String::from_utf8_lossy(&close.concat()));
    drop(stream);
    gateway.registered(0).await;
}

#[tokio::test]
async fn a_frame_that_does_not_end_is_reset() {
    let session = session(1, person());
    let gateway = Gateway::before(halting(Arc::default()).await, Some(session.clone())).await;
    let (mut stream, _) = open(&gateway, "").await;
    let mut half = [0; 7];
    stream.read_exact(&mut half).await.expect("half a frame");
    gateway.connections.end_session(session.id, Ending::SessionOver);
    let end = timeout(Duration::from_secs(1), stream.read_u8()).await.expect("within a second");
    assert_eq!(end.expect_err("a reset").kind(), std::io::ErrorKind::ConnectionReset);
    gateway.registered(0).await;
}

#[tokio::test]
async fn a_browser_that_reads_nothing_is_reset_too() {
    let app = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(format!("{SWITCH}\r\n").as_bytes()).await;
        let mut frame = vec![0x82, 126, 0xff, 0xff];
        frame.resize(4 + 65_535, 7);
        while stream.write_all(&frame).await.is_ok() {}
    })
    .await;
    let session = session(1, person());
    let gateway = Gateway::before(app, Some(session.clone())).await;
    let (stream, _) = open(&gateway, "").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    gateway.connections.end_session(session.id, Ending::SessionOver);
    timeout(Duration::from_millis(900), gateway.registered(0)).await.expect("within a second");
    drop(stream);
}

#[tokio::test]
async fn a_permit_that_fell_meanwhile_opens_nothing() {
    let gateway = Gateway::before(echo(Arc::default()).await, Some(session(1, person()))).await;
    for (ending, status) in [(Ending::SessionOver, 401), (Ending::NotAllowed, 404), (Ending::Changed, 401)] {
        *gateway.ending.lock().expect("a lock") = Some(ending);
        let (_, head) = open(&gateway, "sec-websocket-protocol: streamlit\r\n").await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        gateway.registered(0).await;
    }
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_opens_nothing() {
    for (answer, status) in [
        (format!("{SWITCH}sec-websocket-protocol: chat\r\n\r\n"), 502),
        (format!("{SWITCH}sec-websocket-extensions: x-mux\r\n\r\n"), 502),
        (SWITCH.replace("s3pP", "AAAA") + "\r\n", 502),
        (SWITCH.replace("websocket\r\nconn", "h2c\r\nconn") + "\r\n", 502),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into(), 200),
        ("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nclear-site-data: \"*\"\r\n\r\nno".into(), 403),
        (String::new(), 502),
    ] {
        let script = answer.clone();
        let app = upstream(move |mut stream| {
            let script = script.clone();
            async move {
                read_head(&mut stream).await;
                let _ = stream.write_all(script.as_bytes()).await;
            }
        })
        .await;
        let gateway = Gateway::before(app, Some(session(1, person()))).await;
        let (_, head) = open(&gateway, "").await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}: {head}");
        assert!(!head.contains("clear-site-data"));
        gateway.registered(0).await;
    }
}

#[tokio::test]
async fn a_handshake_that_is_none_does_not_reach_the_app() {
    let record = Arc::new(Mutex::new(String::new()));
    let gateway = Gateway::before(echo(record.clone()).await, None).await;
    for more in ["sec-websocket-version: 8\r\n", "sec-websocket-key: x\r\n"] {
        let (_, head) = open(&gateway, more).await;
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    }
    assert_eq!(*record.lock().expect("a lock"), "");
}

#[tokio::test]
async fn a_silent_tunnel_ends_and_so_does_one_whose_app_left() {
    let gateway = Gateway::before(echo(Arc::default()).await, None).await;
    let (mut stream, _) = open(&gateway, "sec-websocket-protocol: streamlit\r\n").await;
    assert_eq!(read_to_end(&mut stream).await, b"\x01\x01!");
    gateway.registered(0).await;

    let leaving = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(format!("{SWITCH}\r\nbye").as_bytes()).await;
    })
    .await;
    let gateway = Gateway::before(leaving, None).await;
    let (mut stream, _) = open(&gateway, "").await;
    assert_eq!(read_to_end(&mut stream).await, b"bye");
    drop(stream);
    gateway.registered(0).await;
}
