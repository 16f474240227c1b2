//! Slow-loris: clients that send their headers or bodies a byte at a time, or do not read what they asked for.
//! They are cut off or given up, take half of the places at most, and others notice nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod bystander;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use bystander::Bystander;
use lanyard_testbed::{
    Person, Script, Stage, StageOptions,
    counters::Counters,
    person::{ADA, CARLA},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

/// Another network than everybody else's. Linux has all of 127.0.0.0/8.
const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);

fn limits(lines: &str) -> StageOptions {
    let options = StageOptions::default().upstream("rec").public_upstream("open").without_apps();
    options.bare_upstream("endless", "").toml(&format!("[limits]\n{lines}"))
}

async fn attack(stage: &Stage) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((ATTACKER, 0).into()).expect("an address of this machine");
    socket.connect((Ipv4Addr::LOCALHOST, stage.portal().port).into()).await.expect("the gateway listens")
}

/// Sends a byte every 100 ms until the other side has had enough. Whether it had, in time.
async fn drip(mut stream: TcpStream, head: String) -> bool {
    let _ = stream.write_all(head.as_bytes()).await;
    let (mut reading, mut writing) = stream.into_split();
    let dripping = async {
        while writing.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = dripping => true,
        _ = reading.read_to_end(&mut answer) => true,
        () = sleep(Duration::from_secs(8)) => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_never_end_are_cut_off_and_leave_half_of_the_places_to_others() {
    let stage = Arc::new(Stage::start(limits("connections = 40\nheader_timeout = \"2s\"")).await);
    let bystander = Bystander::begin(&stage, ADA).await;
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let head = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Slow: ", stage.portal().host);
        slow.spawn(drip(attack(&stage).await, head));
    }
    sleep(Duration::from_millis(500)).await;
    assert_eq!(stage.admin().refusals("too-many-connections").await, 40, "sixty came, twenty found a place");
    Person::sign_in(&stage, CARLA).await;
    let cut = slow.join_all().await;
    assert!(cut.iter().all(|cut| *cut), "each was cut off: {cut:?}");
    bystander.end().await;
    let after = timeout(Duration::from_secs(5), attack(&stage).await.write_all(b"GET")).await;
    assert!(after.is_ok(), "the places were given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_never_end_are_cut_off_at_the_api() {
    let stage = Stage::start(limits("header_timeout = \"1s\"")).await;
    let stage = Arc::new(stage);
    let bystander = Bystander::begin(&stage, ADA).await;
    let portal = stage.portal();
    let api = |path: &str| {
        let (host, origin) = (&portal.host, portal.origin());
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nX-Lanyard-Request: 1\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        )
    };
    for path in ["/api/sign-in", "/api/session"] {
        assert!(drip(attack(&stage).await, api(path)).await, "{path}");
    }
    stage.admin().has_refused("too-slow", 2).await;
    bystander.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_its_download_is_given_up() {
    let stage = Stage::start(limits("idle_timeout = \"4s\"")).await;
    let _app = Script::start(stage.upstream_port("endless"), async |mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
        while stream.write_all(&[b'x'; 64 * 1024]).await.is_ok() {}
    })
    .await;
    let mut stream = attack(&stage).await;
    let host = stage.dashboard("endless").host;
    let head = format!("GET / HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("the gateway reads");
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200");
    Counters::until_connections(&stage, 1).await;
    // Nobody reads.
    Counters::until_connections(&stage, 0).await;
}
