//! Which requests are answered, where refusals go, and when nobody needs to be asked again.

use super::*;

const NOW: Timestamp = Timestamp(10_000_000);
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client() -> Client {
    Client::new("lanyard", "secret", &["http://portal/callback".into()], &[])
}

fn query(changes: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("client_id", "lanyard"),
        ("redirect_uri", "http://portal/callback"),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "a&b"),
        ("code_challenge_method", "S256"),
        ("code_challenge", CHALLENGE),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn parse(changes: &[(&str, &str)]) -> Result<Request, Refused> {
    Request::parse(&query(changes), &client())
}

#[test]
fn a_request_that_is_not_certainly_the_clients_is_never_redirected() {
    for foreign in [
        ("client_id", "other"),
        ("client_id", ""),
        ("redirect_uri", "http://evil/callback"),
        ("redirect_uri", "http://portal/callback?x=1"),
        ("redirect_uri", "http://portal/callback/"),
        ("redirect_uri", ""),
    ] {
        assert!(matches!(parse(&[foreign]), Err(Refused::Here(_))), "{foreign:?}");
    }
    let twice = format!("{}&redirect_uri=http://evil/", query(&[]));
    assert!(matches!(Request::parse(&twice, &client()), Err(Refused::Here(_))));
    let long = format!("{}&x={}", query(&[]), "x".repeat(LONGEST));
    assert!(matches!(Request::parse(&long, &client()), Err(Refused::Here(_))));
}

#[test]
fn the_client_is_told_what_it_did_wrong() {
    for (change, expected) in [
        (("response_type", "token"), Kind::UnsupportedResponseType),
        (("response_mode", "fragment"), Kind::InvalidRequest),
        (("scope", "email"), Kind::InvalidScope),
        (("code_challenge_method", "plain"), Kind::InvalidRequest),
        (("code_challenge_method", ""), Kind::InvalidRequest),
        (("code_challenge", "short"), Kind::InvalidRequest),
        (("prompt", "none login"), Kind::InvalidRequest),
        (("max_age", "soon"), Kind::InvalidRequest),
        (("request", "x"), Kind::RequestNotSupported),
        (("request_uri", "x"), Kind::RequestUriNotSupported),
    ] {
        match parse(&[change]) {
            Err(Refused::Back(_, kind, _)) => assert_eq!(kind, expected, "{change:?}"),
            other => panic!("{change:?}: {other:?}"),
        }
    }
}

#[test]
fn the_answer_carries_state_and_issuer() {
    let request = parse(&[]).expect("a good request");
    assert_eq!(
        request.back.with_code(Some("http://id"), "c"),
        "http://portal/callback?code=c&state=a%26b&iss=http%3A%2F%2Fid"
    );
    assert_eq!(request.back.origin(), "http://portal");
}

#[test]
fn whoever_is_signed_in_is_asked_again_only_on_request() {
    let session = Session { sub: "a".into(), auth_time: NOW.minus(Duration::from_secs(60)) };
    let step = |changes: &[(&str, &str)], session| parse(changes).expect("good").step(session, NOW);
    assert_eq!(step(&[], Some(&session)), Step::Silent);
    assert_eq!(step(&[("prompt", "none")], Some(&session)), Step::Silent);
    assert_eq!(step(&[("max_age", "61")], Some(&session)), Step::Silent);
    assert_eq!(step(&[("max_age", "60")], Some(&session)), Step::SignIn);
    assert_eq!(step(&[("prompt", "login")], Some(&session)), Step::SignIn);
    assert_eq!(step(&[("prompt", "select_account")], Some(&session)), Step::SignIn);
    assert_eq!(step(&[], None), Step::SignIn);
    assert_eq!(step(&[("prompt", "none")], None), Step::LoginRequired);
}
