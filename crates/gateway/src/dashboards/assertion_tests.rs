//! Assertions, judged by a JWT library that is not ours.

use std::collections::HashSet;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use super::*;
use crate::dashboards::testing::{app, person, session};

// RFC 8410, section 10.3.
const PEM: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----";

const NOW: Timestamp = Timestamp(1_795_000_000_500);

fn introductions() -> Introductions {
    Introductions::for_tests(PEM, 10)
}

fn token(introduction: &Introduction) -> Option<String> {
    let mut headers = HeaderMap::new();
    introduction.set(&mut headers);
    Some(headers.get(HEADER)?.to_str().expect("text").to_owned())
}

fn claims(all: &Introductions, token: &str) -> Value {
    let jwks = all.keys().jwks();
    let header = decode_header(token).expect("a JOSE header");
    assert_eq!(header.typ.as_deref(), Some("lanyard-assertion+jwt"));
    assert_eq!(header.kid.as_deref(), jwks["keys"][0]["kid"].as_str());
    let key = DecodingKey::from_ed_components(jwks["keys"][0]["x"].as_str().expect("x")).expect("a key");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["https://finance.dash.example"]);
    validation.set_issuer(&["https://dash.example"]);
    validation.validate_exp = false;
    decode::<Value>(token, &key, &validation).expect("a valid signature").claims
}

#[test]
fn an_assertion_says_who_is_looking_at_which_dashboard_and_no_more() {
    let all = introductions();
    let fresh = all.fresh(&app("localhost:1"), &session(1, person()), NOW).expect("an introduction");
    let claims = claims(&all, &token(&fresh).expect("an assertion"));
    let names: HashSet<&str> = claims.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected =
        ["iss", "aud", "sub", "idp", "name", "email", "groups", "roles", "cid", "iat", "exp", "jti"];
    assert_eq!(names, HashSet::from(expected));
    assert_eq!(claims["sub"], "c");
    assert_eq!(claims["idp"], "https://id.example");
    assert_eq!(claims["groups"], json!(["Finance Team"]), "the secret project is nobody's business");
    assert_eq!(claims["roles"], json!(["finance"]), "the rule does not name the other roles");
    assert_eq!(claims["cid"], fresh.connection());
    assert_eq!(claims["exp"].as_u64().expect("exp") - claims["iat"].as_u64().expect("iat"), 120);
}

#[test]
fn requests_share_one_until_half_its_life_and_sockets_never_do() {
    let (all, app, session) = (introductions(), app("localhost:1"), session(1, person()));
    let first = all.shared(&app, &session, NOW).expect("one");
    let same = all.shared(&app, &session, NOW.plus(Duration::from_millis(59_999))).expect("one");
    assert!(Arc::ptr_eq(&first, &same));
    let renewed = all.shared(&app, &session, NOW.plus(LIFETIME / 2)).expect("another");
    assert!(!Arc::ptr_eq(&first, &renewed) && token(&first) != token(&renewed));
    let [a, b] = [(); 2].map(|()| all.fresh(&app, &session, NOW).expect("one"));
    assert_ne!(a.connection(), b.connection());
}

#[test]
fn another_dashboard_or_session_or_a_changed_one_gets_its_own() {
    let (all, finance) = (introductions(), app("localhost:1"));
    let mine = session(1, person());
    let first = all.shared(&finance, &mine, NOW).expect("one");
    let mut forecast = app("localhost:1");
    forecast.id = "forecast".parse().expect("an id");
    for (app, session) in
        [(&forecast, mine.clone()), (&finance, session(2, person())), (&finance, session(1, person()))]
    {
        assert!(!Arc::ptr_eq(&first, &all.shared(app, &session, NOW).expect("one")));
    }
}

#[test]
fn nothing_is_remembered_beyond_the_session_and_the_limit() {
    let (all, app) = (introductions(), app("localhost:1"));
    let live = session(0, person());
    all.shared(&app, &live, NOW).expect("one");
    all.forget(live.id);
    assert!(all.by_session.is_empty());
    for number in 1..100 {
        all.shared(&app, &session(number, person()), NOW).expect("one");
    }
    assert!(all.by_session.len() <= 10);
    let held: Vec<_> = (1..100).map(|number| session(number, person())).collect();
    held.iter().for_each(|session| drop(all.shared(&app, session, NOW).expect("one")));
    assert!(all.by_session.len() <= 10, "sessions that are still open do not push the limit either");
}

#[test]
fn an_assertion_is_never_longer_than_it_may_be() {
    let all = introductions();
    let mut app = app("localhost:1");
    let mut many = person();
    many.groups = (0..300).map(|number| format!("Group number {number}")).collect();
    app.visible_groups = many.groups.clone();
    let short = token(&all.fresh(&app, &session(1, many), NOW).expect("one")).expect("an assertion");
    assert!(short.len() <= LONGEST);
    assert_eq!(claims(&all, &short).get("groups"), None, "an empty list would say that there are none");

    let mut long = person();
    long.name = Some("x".repeat(LONGEST));
    assert_eq!(token(&all.fresh(&app, &session(1, long), NOW).expect("one")), None);
}
