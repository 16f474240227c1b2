//! What the relying party sends, what it accepts, and what it never does before it has judged.

use lanyard_contract::wire::ProblemCode;
use serde_json::json;

use super::{provider::Reply, signer::Signer, *};

#[tokio::test]
async fn a_code_becomes_a_person() {
    let scene = Scene::new().await;
    let signed_in = scene.sign_in().await.expect("a person");
    assert_eq!((&*signed_in.person.subject, &*signed_in.person.issuer), ("a", &*scene.idp.issuer));
    assert_eq!(signed_in.person.display_name(), "Ada");
    assert_eq!(signed_in.person.groups, ["Finance Team"]);
    assert_eq!(signed_in.access_token.reveal(), ACCESS);
    assert_eq!(format!("{signed_in:?}"), "SignedIn(…)");

    let [token] = &scene.idp.seen("/token")[..] else { panic!("one token request") };
    let form: Vec<_> = url::form_urlencoded::parse(token.body.as_bytes()).into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        form,
        [
            pair("grant_type", "authorization_code"),
            pair("code", CODE),
            pair("redirect_uri", "https://dash.example/callback"),
            pair("code_verifier", VERIFIER),
        ]
    );
    assert!(token.head.contains("authorization: Basic bGFueWFyZDp0aGUtc2VjcmV0\r\n"), "{}", token.head);
    assert!(token.head.contains(&format!("host: {}\r\n", &scene.idp.issuer["http://".len()..])));
    let [userinfo] = &scene.idp.seen("/userinfo")[..] else { panic!("one userinfo request") };
    assert!(userinfo.head.contains(&format!("authorization: Bearer {ACCESS}\r\n")));
}

#[tokio::test]
async fn where_requests_must_be_pushed_the_browser_carries_a_name() {
    let beginning = Beginning { state: "s", nonce: "n", challenge: "c", choose_account: true };
    assert_eq!(Scene::new().await.provider.push(&beginning).await.unwrap(), None);

    let scene = Scene::pushing().await;
    scene.idp.on("/push", Reply::Json(201, json!({ "request_uri": "urn:x", "expires_in": 60 })));
    assert_eq!(scene.provider.push(&beginning).await.unwrap().as_deref(), Some("urn:x"));
    let [pushed] = &scene.idp.seen("/push")[..] else { panic!("one request") };
    assert!(pushed.head.contains("authorization: Basic bGFueWFyZDp0aGUtc2VjcmV0\r\n"), "{}", pushed.head);
    assert_eq!(
        pushed.body,
        "response_type=code&redirect_uri=https%3A%2F%2Fdash.example%2Fcallback&scope=openid&state=s&nonce=n\
         &code_challenge=c&code_challenge_method=S256&prompt=select_account&client_id=lanyard"
    );
    scene.idp.on("/push", Reply::Json(503, json!({})));
    let away = scene.provider.push(&beginning).await.unwrap_err();
    assert_eq!(away.problem_code(), ProblemCode::ProviderUnreachable);
}

#[tokio::test]
async fn the_secret_goes_in_the_form_where_only_that_is_offered() {
    let ways = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    let scene = Scene::with(ways, |_| {}).await;
    scene.sign_in().await.expect("a person");
    let token = &scene.idp.seen("/token")[0];
    assert!(token.body.ends_with("&client_id=lanyard&client_secret=the-secret"), "{}", token.body);
    assert!(!token.head.contains("authorization"));
}

#[tokio::test]
async fn userinfo_is_never_asked_before_the_id_token_is_wholly_judged() {
    let scene = Scene::new().await;
    let header = json!({ "alg": "ES256", "kid": "one" });
    for changes in [
        json!({ "iss": "https://evil.example" }),
        json!({ "sub": "" }),
        json!({ "aud": "other" }),
        json!({ "aud": ["lanyard", "other"] }),
        json!({ "azp": "other" }),
        json!({ "iat": null }),
        json!({ "iat": NOW + 3600 }),
        json!({ "exp": NOW - 3600 }),
        json!({ "nonce": "another" }),
        json!({ "at_hash": "wrong" }),
    ] {
        scene.answer_with(scene.token(&Signer::ec(), header.clone(), changes.clone()));
        let refused = scene.refusal().await;
        assert!(matches!(refused, SignInError::Token(_)), "{changes}: {refused}");
        assert_eq!(refused.problem_code(), ProblemCode::SignInRefused);
    }
    for header in [json!({ "alg": "RS384", "kid": "one" }), json!({ "alg": "RS256", "kid": "one" })] {
        scene.answer_with(scene.token(&Signer::rsa_one(), header, json!({})));
        assert!(matches!(scene.refusal().await, SignInError::Token(_)));
    }
    assert!(scene.idp.seen("/userinfo").is_empty());
}

#[tokio::test]
async fn userinfo_is_not_asked_where_it_is_switched_off() {
    let scene = Scene::with(json!({}), |identity| identity.userinfo = false).await;
    assert!(scene.sign_in().await.expect("a person").person.groups.is_empty());
    assert!(scene.idp.seen("/userinfo").is_empty());
}

#[tokio::test]
async fn groups_that_cannot_be_read_let_nobody_in() {
    let scene = Scene::new().await;
    for claims in [
        json!({ "sub": "a", "_claim_names": { "groups": "src1" } }),
        json!({ "sub": "a", "hasgroups": true }),
        json!({ "sub": "a", "groups": ["Manager", 7] }),
    ] {
        scene.idp.on("/userinfo", Reply::Json(200, claims));
        assert_eq!(scene.refusal().await.problem_code(), ProblemCode::GroupsUnreadable);
    }
}

#[tokio::test]
async fn the_callbacks_issuer_is_checked_before_the_code_is_sent() {
    let advertised = json!({ "authorization_response_iss_parameter_supported": true });
    let scene = Scene::with(advertised, |_| {}).await;
    assert!(matches!(scene.sign_in_from(None).await, Err(SignInError::IssMissing)));
    for other in ["", "https://evil.example", &format!("{}/", scene.idp.issuer)] {
        assert!(matches!(scene.sign_in_from(Some(other)).await, Err(SignInError::IssWrong)), "{other}");
    }
    assert!(scene.idp.seen("/token").is_empty());
    scene.sign_in_from(Some(&scene.idp.issuer)).await.expect("a person");

    let silent = Scene::new().await;
    assert!(matches!(silent.sign_in_from(Some("https://x")).await, Err(SignInError::IssWrong)));
    silent.sign_in_from(Some(&silent.idp.issuer)).await.expect("a person");
    silent.sign_in_from(None).await.expect("a person");
}

#[tokio::test]
async fn the_logout_address_is_never_too_long() {
    let end = json!({ "end_session_endpoint": "https://id.example/logout?realm=a%20b" });
    let scene = Scene::with(end, |_| {}).await;
    let logout = |id_token: &str| scene.provider.logout_url(id_token, "a b").expect("an address");
    let common = "https://id.example/logout?realm=a%20b&client_id=lanyard\
        &post_logout_redirect_uri=https%3A%2F%2Fdash.example%2Fsigned-out";
    assert_eq!(logout("h.p.s"), format!("{common}&id_token_hint=h.p.s"));
    let longest = "x".repeat(2000 - common.len() - "&id_token_hint=".len());
    assert_eq!(logout(&longest).len(), 2000);
    assert_eq!(logout(&format!("{longest}x")), format!("{common}&logout_hint=a+b"));

    let without = Scene::with(json!({ "end_session_endpoint": null }), |_| {}).await;
    assert_eq!(without.provider.logout_url("h.p.s", "a"), None);
}

#[test]
fn the_nonce_binds_secret_and_state() {
    assert_eq!(nonce(b"secret", "state"), URL_SAFE_NO_PAD.encode(Sha256::digest("secretstate")));
    assert_ne!(nonce(b"secret", "state"), nonce(b"secret", "other"));
    assert_ne!(nonce(b"secret", "state"), nonce(b"other!", "state"));
}

#[test]
fn sign_ins_may_move_between_threads() {
    fn sendable<T: Send>(_: &T) {}
    let portal = "https://dash.example".parse().expect("an origin");
    let provider = Provider::new(&identity("https://id.example"), &portal, Backchannel::new());
    let flow = Redemption { code: CODE, verifier: VERIFIER, iss: None, nonce: "n" };
    sendable(&provider.redeem(flow, Timestamp(0)));
    sendable(&provider.clone().run());
}
