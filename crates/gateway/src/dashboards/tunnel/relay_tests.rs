//! The relay without a network: what it holds, and what it does when one side does not keep up.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    net::TcpStream,
    time::timeout,
};

use super::*;
use crate::{
    dashboards::tunnel::{Held, carry},
    identity::session::connections::Connections,
};

fn held() -> Held {
    let connection = Arc::new(Connections::default()).register(None, "finance".parse().expect("an id"));
    Held { connection, place: None }
}

fn tunnel(pipe: usize) -> (DuplexStream, DuplexStream, Tunnel<DuplexStream, DuplexStream>) {
    let (browser, near) = duplex(pipe);
    let (app, far) = duplex(pipe);
    (browser, app, Tunnel::new(near, far, b"", b"", Duration::from_secs(60)))
}

#[test]
fn an_idle_tunnel_is_small() {
    fn size<F: Future>(_: impl FnOnce(Tunnel<TcpStream, TcpStream>, Held) -> F) -> usize {
        size_of::<F>()
    }
    let bytes = size(carry);
    assert!(bytes <= 1024, "{bytes} bytes");
}

#[tokio::test]
async fn a_side_that_does_not_read_stops_the_other_and_nothing_piles_up() {
    let (mut browser, mut app, tunnel) = tunnel(1024);
    let running = tokio::spawn(carry(tunnel, held()));
    let block = [7; 4096];
    let mut sent = 0;
    while timeout(Duration::from_millis(200), app.write_all(&block)).await.is_ok() {
        sent += block.len();
        assert!(sent < 2 * SCRATCH, "{sent} bytes were taken that nobody reads");
    }
    // What was written of the last block is not known; a byte of another kind marks the end.
    let reading = tokio::spawn(async move {
        let (mut read, mut byte) = (0, [0; 1]);
        while browser.read_exact(&mut byte).await.is_ok() && byte != [8] {
            read += 1;
        }
        read
    });
    app.write_all(&[8]).await.expect("room again");
    let read = timeout(Duration::from_secs(5), reading).await.expect("in time").expect("reading");
    assert!(read >= sent, "{read} of {sent} arrived");
    drop(app);
    timeout(Duration::from_secs(5), running).await.expect("in time").expect("an end");
}

#[tokio::test]
async fn what_did_not_fit_is_given_back_when_it_is_gone() {
    let mut direction = Direction::default();
    direction.keep(&[0x81, 0x03, b'a', b'b']);
    direction.wrote(3);
    assert!(!direction.frames.at_boundary());
    assert_eq!(direction.rest(), b"b");
    direction.keep(b"c");
    direction.wrote(2);
    assert!(direction.frames.at_boundary());
    assert_eq!(direction.waiting.capacity(), 0);
}

#[tokio::test]
async fn each_end_is_passed_on_after_everything_before_it() {
    let (mut browser, mut app, tunnel) = tunnel(16);
    let running = tokio::spawn(carry(tunnel, held()));
    let sending = tokio::spawn(async move {
        browser.write_all(&[1; 1000]).await.expect("writing");
        browser.shutdown().await.expect("ending");
        let mut answer = Vec::new();
        browser.read_to_end(&mut answer).await.expect("reading");
        answer
    });
    let mut received = Vec::new();
    app.read_to_end(&mut received).await.expect("reading");
    assert_eq!(received, [1; 1000]);
    app.write_all(b"goodbye").await.expect("writing");
    drop(app);
    assert_eq!(sending.await.expect("an answer"), b"goodbye");
    timeout(Duration::from_secs(5), running).await.expect("in time").expect("an end");
}
