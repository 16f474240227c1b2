//! What ending a session reaches, and what is remembered of WebSockets and for how long.

use super::*;
use crate::random::Digest256;

fn session(number: u8) -> SessionId {
    SessionId(Digest256([number; 32]))
}

fn dashboard(name: &str) -> DashboardId {
    name.parse().expect("an id")
}

/// A register, and in it an open WebSocket of session 1 to `finance`.
fn one_open() -> (Arc<Connections>, Connection) {
    let all = Arc::new(Connections::default());
    let socket = open(&all, "finance");
    (all, socket)
}

fn open(all: &Arc<Connections>, name: &str) -> Connection {
    let socket = all.register(Some(session(1)), dashboard(name));
    socket.opened();
    socket
}

fn cut(socket: Connection) {
    socket.cut();
}

fn state(all: &Connections) -> SocketState {
    all.socket(session(1), &dashboard("finance"))
}

#[tokio::test]
async fn ending_a_session_reaches_its_connections_and_no_others() {
    let all = Arc::new(Connections::default());
    let mine = all.register(Some(session(1)), dashboard("finance"));
    let other = all.register(Some(session(2)), dashboard("finance"));
    all.end_session(session(1), Ending::SessionOver);
    assert_eq!(mine.ended().await, Ending::SessionOver);
    assert_eq!(other.ending(), None);
    drop(mine);
    assert_eq!(all.count(), 1);
}

#[test]
fn a_socket_is_open_until_it_is_left_and_cut_until_another_opens() {
    let (all, socket) = one_open();
    assert_eq!(state(&all), SocketState::Open);
    assert_eq!(all.socket(session(2), &dashboard("finance")), SocketState::None, "it is another's");
    assert_eq!(all.socket(session(1), &dashboard("forecast")), SocketState::None, "it is elsewhere");
    drop(socket);
    assert_eq!(state(&all), SocketState::None);
    cut(open(&all, "finance"));
    assert_eq!(state(&all), SocketState::Cut);
    let handshake = all.register(Some(session(1)), dashboard("finance"));
    assert_eq!(state(&all), SocketState::Cut, "the app has not accepted it yet");
    handshake.cut();
    handshake.opened();
    assert_eq!(state(&all), SocketState::Open);
    drop(handshake);
    assert_eq!(state(&all), SocketState::None);
}

#[test]
fn of_two_sockets_the_newer_one_counts() {
    let (all, older) = one_open();
    let newer = open(&all, "finance");
    cut(older);
    assert_eq!(state(&all), SocketState::Open);
    let older = newer;
    cut(open(&all, "finance"));
    assert_eq!(state(&all), SocketState::Cut);
    drop(older);
    assert_eq!(state(&all), SocketState::Cut);
}

#[test]
fn what_was_cut_is_forgotten_on_entering_again_and_with_the_session() {
    for forget in [
        |all: &Connections| all.enters(session(1), &dashboard("finance")),
        |all: &Connections| all.end_session(session(1), Ending::SessionOver),
    ] {
        let (all, socket) = one_open();
        cut(socket);
        assert!(!all.by_session.is_empty());
        forget(&all);
        assert_eq!(state(&all), SocketState::None);
        assert!(all.by_session.is_empty(), "nothing is left of it");
    }
}

#[test]
fn what_the_gateway_ends_is_not_cut_and_leaves_nothing() {
    let (all, socket) = one_open();
    all.end_session(session(1), Ending::SessionOver);
    assert_eq!(state(&all), SocketState::None);
    cut(socket);
    assert!(all.by_session.is_empty());
}

#[test]
fn nothing_is_kept_of_visitors_without_a_session() {
    let all = Arc::new(Connections::default());
    let socket = all.register(None, dashboard("status"));
    socket.opened();
    cut(socket);
    assert!(all.by_session.is_empty());
}
