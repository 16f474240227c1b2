//! The store's promises: bounded, per person, and everything of a session goes with it.

use std::{collections::BTreeSet, sync::atomic::AtomicBool};

use super::*;
use crate::{
    config::Secret,
    identity::{Person, session::Browser},
};

fn session(number: u8, subject: &str, expires: u64) -> Session {
    Session {
        id: SessionId(Digest256([number; 32])),
        person: Person {
            issuer: "https://id.example".into(),
            subject: subject.into(),
            name: None,
            preferred_username: None,
            email: None,
            email_verified: false,
            groups: vec![],
        },
        roles: BTreeSet::new(),
        started: Timestamp(0),
        expires: Timestamp(expires),
        browser: Browser::of(""),
        id_token: Secret::new(String::new()),
        access_token: Secret::new(String::new()),
        ended: AtomicBool::new(false),
    }
}

fn dashboard(name: &str) -> DashboardId {
    name.parse().expect("an id in a test")
}

fn id(number: u8) -> SessionId {
    SessionId(Digest256([number; 32]))
}

const NOW: Timestamp = Timestamp(0);

#[tokio::test]
async fn the_oldest_session_of_a_person_is_named_when_there_are_too_many() {
    let store = MemorySessions::new(2, 100);
    for number in 1..=2 {
        assert_eq!(store.insert(session(number, "a", 9)).await, Ok(vec![]));
    }
    assert_eq!(store.insert(session(3, "b", 9)).await, Ok(vec![]));
    assert_eq!(store.insert(session(4, "a", 9)).await, Ok(vec![id(1)]));
}

#[tokio::test]
async fn a_full_store_takes_nobody_in_and_throws_nobody_out() {
    let store = MemorySessions::new(10, 2);
    assert!(store.insert(session(1, "a", 9)).await.is_ok());
    assert!(store.insert(session(2, "b", 9)).await.is_ok());
    assert_eq!(store.insert(session(3, "c", 9)).await, Err(Full));
    assert!(store.get(id(1), NOW).await.is_some());
}

#[tokio::test]
async fn app_cookies_die_with_their_session() {
    let store = MemorySessions::new(10, 10);
    assert!(store.insert(session(1, "a", 9)).await.is_ok());
    let cookie = Digest256([7; 32]);
    assert!(store.bind(cookie, id(1), dashboard("finance")).await);
    assert_eq!(store.by_app_cookie(cookie, NOW).await.map(|(_, host)| host), Some(dashboard("finance")));
    assert!(store.remove(id(1)).await.is_some());
    assert!(store.by_app_cookie(cookie, NOW).await.is_none());
    assert!(!store.bind(cookie, id(1), dashboard("finance")).await);
    assert!(store.by_cookie.is_empty() && store.by_person.is_empty() && store.expiry().is_empty());
}

#[tokio::test]
async fn one_host_keeps_the_four_newest_cookies_of_a_session() {
    let store = MemorySessions::new(10, 10);
    assert!(store.insert(session(1, "a", 9)).await.is_ok());
    for number in 10..16 {
        assert!(store.bind(Digest256([number; 32]), id(1), dashboard("finance")).await);
    }
    assert!(store.bind(Digest256([99; 32]), id(1), dashboard("status")).await);
    let mut kept = Vec::new();
    for number in (10..16).chain([99]) {
        if store.by_app_cookie(Digest256([number; 32]), NOW).await.is_some() {
            kept.push(number);
        }
    }
    assert_eq!(kept, [12, 13, 14, 15, 99]);
}

#[tokio::test]
async fn a_person_s_sessions_are_theirs_alone_and_the_youngest_comes_first() {
    let store = MemorySessions::new(10, 10);
    for (number, subject, expires) in [(1, "a", 2000), (2, "b", 2000), (3, "a", 1000), (4, "a", 2000)] {
        assert!(store.insert(session(number, subject, expires)).await.is_ok());
    }
    let a = session(0, "a", 0).person;
    let ids = async |now| store.of_person(&a, now).await.iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(NOW).await, [id(4), id(3), id(1)]);
    assert_eq!(ids(Timestamp(1000)).await, [id(4), id(1)], "what is over is not among them");
    store.remove(id(4)).await;
    assert_eq!(ids(Timestamp(1000)).await, [id(1)]);
    let elsewhere = Person { issuer: "https://other.example".into(), ..a.clone() };
    assert!(store.of_person(&elsewhere, NOW).await.is_empty());
    let names: BTreeSet<_> = (1..5).map(|number| id(number).public()).collect();
    assert!(names.len() == 4 && names.iter().all(|name| name.len() == 24), "{names:?}");
    assert!(!names.contains(&id(1).key()) && id(1).public() != id(1).key()[..24]);
}

#[tokio::test]
async fn a_session_is_over_at_its_limit_and_is_due_then() {
    let store = MemorySessions::new(10, 10);
    assert!(store.insert(session(1, "a", 1000)).await.is_ok());
    assert!(store.insert(session(2, "a", 2000)).await.is_ok());
    assert!(store.get(id(1), Timestamp(999)).await.is_some());
    assert!(store.get(id(1), Timestamp(1000)).await.is_none());
    assert_eq!(store.due(Timestamp(1000)).await, [id(1)]);
}

#[tokio::test]
async fn a_grant_holds_under_its_policy_generation_only() {
    let grants = MemoryGrants::default();
    grants.put(id(1), dashboard("finance"), 1, "event".into()).await;
    assert_eq!(grants.get(id(1), &dashboard("finance"), 1).await.as_deref(), Some("event"));
    assert_eq!(grants.get(id(1), &dashboard("finance"), 2).await, None);
    assert_eq!(grants.get(id(2), &dashboard("finance"), 1).await, None);
    grants.forget(id(1)).await;
    assert_eq!(grants.get(id(1), &dashboard("finance"), 1).await, None);
}
