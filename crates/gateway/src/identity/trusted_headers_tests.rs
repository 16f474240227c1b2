//! Every way to write the headers of a proxy that must not be read as another person, or as one at all.

use super::{
    properties::{SECRET, config},
    *,
};

type Lines<'a> = &'a [(&'a str, &'a [u8])];

fn headers(lines: Lines<'_>) -> HeaderMap {
    let line = |(name, value): &(&str, &[u8])| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name in a test");
        (name, HeaderValue::from_bytes(value).expect("a value in a test"))
    };
    lines.iter().map(line).collect()
}

/// What is read of these lines beside the right secret.
fn said(lines: Lines<'_>) -> Result<Option<Person>, HeadersError> {
    let mut headers = headers(lines);
    headers.insert("x-lanyard-proxy", HeaderValue::from_static(SECRET));
    let said = take(&mut headers, &config());
    if said.is_ok() {
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert!(left.iter().all(|name| name.contains('_')), "{left:?} would go on");
    }
    said
}

#[test]
fn a_person_is_who_the_proxy_says() {
    let person = said(&[
        ("Remote-User", b"ada"),
        ("Remote-Groups", b"Manager, Finance Team,,Manager"),
        ("Remote-Email", b"ada@harbour.example"),
        ("Remote-Name", "Ada Älbrecht".as_bytes()),
    ]);
    let person = person.expect("readable").expect("somebody");
    assert_eq!((person.issuer.as_str(), person.subject.as_str()), (ISSUER, "ada"));
    assert_eq!(person.groups, ["Finance Team", "Manager"], "once each, in one order");
    assert_eq!(person.display_name(), "Ada Älbrecht");
    assert!(person.email_verified && person.email.as_deref() == Some("ada@harbour.example"));
}

#[test]
fn the_proxy_s_own_cookie_goes_no_further() {
    let mut lines =
        headers(&[("x-lanyard-proxy", SECRET.as_bytes()), ("cookie", b"harbour=s; own=1; harbour_2=t")]);
    assert!(take(&mut lines, &config()).is_ok());
    assert_eq!(lines.get("cookie").map(HeaderValue::as_bytes), Some(&b"own=1"[..]));
}

#[test]
fn without_a_user_there_is_nobody() {
    let cases: [Lines<'_>; 5] = [
        &[],
        &[("Remote-User", &b""[..])],
        &[("Remote-User", b"  ")],
        &[("Remote-Groups", b"Manager"), ("Remote-Email", b"ada@harbour.example")],
        &[("Remote_User", b"ada")],
    ];
    for lines in cases {
        assert!(matches!(said(lines), Ok(None)), "{lines:?}");
    }
}

#[test]
fn what_has_two_readings_or_none_is_refused() {
    let name = HeaderName::from_static;
    let twice = |header| Some(HeadersError::Twice(name(header)));
    let unreadable = |header| Some(HeadersError::Unreadable(name(header)));
    let ada = ("remote-user", &b"ada"[..]);
    let cases: [(Lines<'_>, _); 12] = [
        (&[ada, ("remote-user", b"ben")], twice("remote-user")),
        (&[ada, ("REMOTE-USER", b"ada")], twice("remote-user")),
        (&[ada, ("remote-groups", b"a"), ("remote-groups", b"b")], twice("remote-groups")),
        (&[ada, ("remote-email", b"a"), ("remote-email", b"a")], twice("remote-email")),
        (&[("remote-user", b"\xff")], unreadable("remote-user")),
        (&[("remote-user", b"ada\tben")], unreadable("remote-user")),
        (&[("remote-user", "ada\u{85}".as_bytes())], unreadable("remote-user")),
        (&[("remote-user", "ada\u{a0}".as_bytes())], unreadable("remote-user")),
        (&[("remote-user", &[b'a'; 256])], unreadable("remote-user")),
        (&[ada, ("remote-name", &[b'a'; 1025])], unreadable("remote-name")),
        (&[("remote-groups", b"\xff")], unreadable("remote-groups")),
        (&[ada, ("remote-groups", &[b'g'; 1025])], Some(HeadersError::Groups(name("remote-groups")))),
    ];
    for (lines, error) in cases {
        assert_eq!(said(lines).err(), error, "{lines:?}");
    }
    let endless: String = (0..10_001).map(|nth| format!("{nth},")).collect();
    let endless = said(&[ada, ("remote-groups", endless.as_bytes())]);
    assert_eq!(endless.err(), Some(HeadersError::Groups(name("remote-groups"))));
}

#[test]
fn the_secret_is_there_once_and_right() {
    let secret = HeaderName::from_static("x-lanyard-proxy");
    let cases: [(Lines<'_>, _); 5] = [
        (&[], HeadersError::NoSecret(secret.clone())),
        (&[("x_lanyard_proxy", SECRET.as_bytes())], HeadersError::NoSecret(secret.clone())),
        (&[("x-lanyard-proxy", b"")], HeadersError::WrongSecret(secret.clone())),
        (&[("x-lanyard-proxy", &SECRET.as_bytes()[1..])], HeadersError::WrongSecret(secret.clone())),
        (
            &[("x-lanyard-proxy", SECRET.as_bytes()), ("x-lanyard-proxy", SECRET.as_bytes())],
            HeadersError::Twice(secret.clone()),
        ),
    ];
    for (lines, error) in cases {
        let refused = take(&mut headers(lines), &config()).err().expect("a refusal");
        assert!(refused.is_foreign(&config()) && refused == error, "{lines:?}: {refused}");
        assert!(!refused.to_string().contains(SECRET));
    }
}

#[test]
fn only_the_configured_separator_parts_groups() {
    let read = |line: &str, config: &TrustedHeaders| members(line, config).expect("groups");
    assert_eq!(read("a|b,c", &config()), ["a|b", "c"], "nobody is in a group by writing another's name");
    let pipes = TrustedHeaders { separator: '|', strip_slash: true, ..config() };
    assert_eq!(read("/a | b,c", &pipes), ["a", "b,c"]);
}
