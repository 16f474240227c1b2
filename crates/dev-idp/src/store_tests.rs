//! Codes are used once, everything ends, and nothing grows without a limit.

use super::*;

const NOW: Timestamp = Timestamp(1_000_000);

fn grant() -> Grant {
    Grant {
        sub: "a".into(),
        redirect_uri: "http://a/callback".into(),
        challenge: "x".into(),
        nonce: None,
        scopes: vec!["openid".into()],
        auth_time: NOW,
    }
}

fn digest(name: &str) -> Digest256 {
    Digest256::of(name)
}

#[test]
fn a_code_is_used_once_and_a_second_use_closes_what_the_first_opened() {
    let store = Store::default();
    store.put_code(digest("code"), grant(), NOW);
    assert_eq!(store.redeem(digest("code"), digest("token"), NOW, |_| true), Ok(grant()));
    assert!(store.access(digest("token"), NOW).is_some());
    assert_eq!(store.redeem(digest("code"), digest("other"), NOW, |_| true), Err(CodeError::Reused));
    assert_eq!(store.access(digest("token"), NOW), None);
    assert_eq!(store.access(digest("other"), NOW), None);
}

#[test]
fn a_refused_code_is_spent() {
    let store = Store::default();
    store.put_code(digest("code"), grant(), NOW);
    assert_eq!(store.redeem(digest("code"), digest("token"), NOW, |_| false), Err(CodeError::Refused));
    assert_eq!(store.redeem(digest("code"), digest("token"), NOW, |_| true), Err(CodeError::Reused));
    assert_eq!(store.access(digest("token"), NOW), None);
}

#[test]
fn everything_ends_on_time() {
    let store = Store::default();
    store.put_code(digest("code"), grant(), NOW);
    let answer = store.redeem(digest("code"), digest("token"), NOW.plus(CODE), |_| true);
    assert_eq!(answer, Err(CodeError::Unknown));

    store.put_code(digest("code"), grant(), NOW);
    let late = NOW.plus(CODE).minus(Duration::from_millis(1));
    assert!(store.redeem(digest("code"), digest("token"), late, |_| true).is_ok());
    assert_eq!(store.access(digest("token"), late.plus(TOKEN)), None);

    store.put_session(digest("s"), Session { sub: "a".into(), auth_time: NOW }, NOW);
    assert!(store.session(digest("s"), NOW).is_some());
    assert_eq!(store.session(digest("s"), NOW.plus(SESSION)), None);
    store.end_session(digest("s"), NOW);
    assert_eq!(store.session(digest("s"), NOW), None);
}

#[test]
fn the_oldest_gives_way_when_there_are_too_many() {
    let store = Store::default();
    for nth in 0..=MOST as u64 {
        store.put_session(
            digest(&nth.to_string()),
            Session { sub: "a".into(), auth_time: NOW },
            Timestamp(NOW.0 + nth),
        );
    }
    let now = Timestamp(NOW.0 + MOST as u64);
    assert_eq!(store.entries().sessions.0.len(), MOST);
    assert_eq!(store.session(digest("0"), now), None);
    assert!(store.session(digest("1"), now).is_some());
}
