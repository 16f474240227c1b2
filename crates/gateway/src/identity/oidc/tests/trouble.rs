//! A provider that rotates its keys, is slow, huge, away, or speaks nonsense.

use lanyard_contract::wire::ProblemCode;
use serde_json::json;

use super::{
    provider::{Reply, TestProvider},
    signer::Signer,
    *,
};

#[tokio::test]
async fn userinfo_must_be_plain_json_about_the_same_subject() {
    let scene = Scene::new().await;
    let jwt =
        b"HTTP/1.1 200 OK\r\ncontent-type: Application/JWT; charset=x\r\ncontent-length: 5\r\n\r\na.b.c";
    for (reply, sentence, code) in [
        (Reply::Json(200, json!({ "sub": "b" })), "subject", ProblemCode::SignInRefused),
        (Reply::Json(200, json!({ "groups": ["Manager"] })), "subject", ProblemCode::SignInRefused),
        (Reply::Json(200, json!(["a"])), "JSON object", ProblemCode::SignInRefused),
        (Reply::Json(401, json!({ "sub": "a" })), "status 401", ProblemCode::SignInRefused),
        (Reply::Json(503, json!({ "sub": "a" })), "status 503", ProblemCode::ProviderUnreachable),
        (Reply::Raw(jwt.to_vec()), "as a JWT", ProblemCode::SignInRefused),
    ] {
        scene.idp.on("/userinfo", reply);
        let refused = scene.refusal().await;
        assert!(refused.to_string().contains(sentence), "{refused}");
        assert_eq!(refused.problem_code(), code, "{refused}");
    }
}

#[tokio::test]
async fn keys_rotated_just_before_signing_are_fetched_once_for_all_who_wait() {
    let scene = Scene::new().await;
    scene.idp.on("/keys", Reply::Json(200, json!({ "keys": [Signer::rsa_one().jwk(Some("two"))] })));
    scene.answer_with(scene.token(&Signer::rsa_one(), json!({ "alg": "RS256", "kid": "two" }), json!({})));
    let all = futures_util::future::join_all((0..20).map(|_| scene.sign_in())).await;
    assert!(all.iter().all(Result::is_ok));
    let fetches = scene.idp.seen("/keys").len();
    // One for the first who asks, one for those who asked while that one ran.
    assert!((2..=3).contains(&fetches), "{fetches}");

    scene.sign_in().await.expect("a person");
    assert_eq!(scene.idp.seen("/keys").len(), fetches, "the new keys are kept");

    // The same without key ids: only the signature tells that the key is another.
    scene.idp.on("/keys", Reply::Json(200, json!({ "keys": [Signer::rsa_two().jwk(None)] })));
    scene.answer_with(scene.token(&Signer::rsa_two(), json!({ "alg": "RS256" }), json!({})));
    scene.sign_in().await.expect("a person");

    // A key that the provider has withdrawn is not believed any more.
    scene.answer_with(scene.token(&Signer::rsa_one(), json!({ "alg": "RS256", "kid": "two" }), json!({})));
    assert!(matches!(scene.refusal().await, SignInError::Token(_)));
}

#[tokio::test]
async fn a_provider_whose_tokens_never_fit_is_not_asked_for_keys_each_time() {
    let scene = Scene::new().await;
    scene.answer_with(scene.token(&Signer::rsa_one(), json!({ "alg": "RS256", "kid": "x" }), json!({})));
    for _ in 0..12 {
        assert!(matches!(scene.refusal().await, SignInError::Token(_)));
    }
    assert_eq!(scene.idp.seen("/keys").len(), 1 + 4);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_again_leave_the_old_ones_in_use() {
    let scene = Scene::new().await;
    scene.idp.on("/keys", Reply::Json(500, json!({})));
    let good = scene.token(&Signer::ec(), json!({ "alg": "ES256", "kid": "one" }), json!({}));
    scene.answer_with(scene.token(&Signer::rsa_one(), json!({ "alg": "RS256", "kid": "x" }), json!({})));
    assert!(matches!(scene.refusal().await, SignInError::Token(_)));
    scene.answer_with(good);
    scene.sign_in().await.expect("a person");
}

#[tokio::test]
async fn a_token_endpoint_that_misbehaves_is_bounded_and_named() {
    use ProblemCode::{ProviderUnreachable, SignInRefused};
    let scene = Scene::new().await;
    let raw = |text: &str| Reply::Raw(text.as_bytes().to_vec());
    let moved =
        format!("HTTP/1.1 307 X\r\nlocation: {}/stolen\r\ncontent-length: 0\r\n\r\n", scene.idp.issuer);
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n".to_vec();
    let huge = [&head[..], b"content-length: 99999999999\r\n\r\n"].concat();
    for (reply, wanted, code) in [
        (Reply::Silence, "within", ProviderUnreachable),
        (Reply::Trickle, "within", ProviderUnreachable),
        (Reply::Endless(huge, vec![b' '; 65_536]), "larger than 1 MB", SignInRefused),
        (Reply::Endless(head, b"x-more: more\r\n".repeat(1000)), "broke off", ProviderUnreachable),
        (raw(&moved), "redirect", SignInRefused),
        (raw(""), "broke off", ProviderUnreachable),
        (raw("nonsense\r\n\r\n"), "broke off", ProviderUnreachable),
        (raw("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<htm"), "broke off", ProviderUnreachable),
        (raw("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"), "not a token response", SignInRefused),
        (Reply::Json(400, json!({ "error": "invalid_grant" })), "invalid_grant", SignInRefused),
        (Reply::Json(401, json!({ "error": CODE })), "unreadable", SignInRefused),
        (Reply::Json(502, json!({})), "status 502", ProviderUnreachable),
        (
            Reply::Json(200, json!({ "access_token": ACCESS, "token_type": "Bearer" })),
            "no ID token",
            SignInRefused,
        ),
    ] {
        scene.idp.on("/token", reply);
        let refused = scene.refusal().await;
        assert!(refused.to_string().contains(wanted), "{wanted}: {refused}");
        assert_eq!(refused.problem_code(), code, "{refused}");
    }
    assert!(scene.idp.seen("/stolen").is_empty());
    assert_eq!(scene.idp.seen("/token").len(), 13, "a code is sent once");
}

#[tokio::test]
async fn an_answer_of_1_mb_is_read_and_one_byte_more_is_too_large() {
    let scene = Scene::new().await;
    for (length, wanted) in [(1 << 20, "not a token response"), ((1 << 20) + 1, "larger than 1 MB")] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
        scene.idp.on("/token", Reply::Raw([head.into_bytes(), vec![b' '; length]].concat()));
        let refused = scene.refusal().await;
        assert!(refused.to_string().contains(wanted), "{length}: {refused}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_at_start_is_discovered_when_it_comes_back() {
    let idp = TestProvider::start().await;
    idp.on("/.well-known/openid-configuration", Reply::Json(503, json!({})));
    let scene = Scene { provider: spawn(&identity(&idp.issuer)), idp };
    until(|| !scene.idp.seen("/.well-known/openid-configuration").is_empty()).await;
    let refused = scene.refusal().await;
    assert_eq!(refused.problem_code(), ProblemCode::ProviderUnreachable);
    assert!(scene.provider.endpoints().is_none() && scene.provider.logout_url("t", "a").is_none());

    scene.idp.on("/keys", Reply::Json(200, json!({ "keys": [] })));
    scene.idp.on("/.well-known/openid-configuration", Reply::Json(200, scene.idp.document()));
    until(|| scene.provider.endpoints().is_some()).await;
}

#[tokio::test]
async fn a_provider_that_calls_itself_something_else_is_never_believed() {
    let idp = TestProvider::start().await;
    let mut document = idp.document();
    document["issuer"] = format!("{}/", idp.issuer).into();
    idp.on("/.well-known/openid-configuration", Reply::Json(200, document));
    let provider = spawn(&identity(&idp.issuer));
    until(|| idp.seen("/.well-known/openid-configuration").len() > 1).await;
    assert!(provider.endpoints().is_none());
    assert!(idp.seen("/keys").is_empty());
}
