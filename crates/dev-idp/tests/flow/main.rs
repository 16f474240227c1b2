//! The whole provider over TCP: the code flow by hand, judged with openidconnect's client side, and
//! everything that must be refused.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod judge;
mod misbehaving;
mod refusals;
mod wire;

use judge::judge;
use serde_json::json;
use wire::{CALLBACK, LEAVING, Site, form};

#[tokio::test]
async fn the_code_flow_ends_with_an_id_token_that_openidconnect_accepts() {
    let mut site = Site::start().await;
    let page = site.authorize(&[]).await;
    assert_eq!(page.status, 200);
    for name in ["Ada Albrecht", "Ben Brandt", "Carla Costa", "Dov Demir", "Elif Eriksen"] {
        assert!(page.body.contains(&format!("<span class=\"name\">{name}</span>")), "{name}");
    }
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("http://portal.localhost;"),
        "{policy}"
    );

    let mut back = site.press("e", &[]).await.led_to(CALLBACK);
    assert_eq!(back.get("state").map(String::as_str), Some("s1"));
    assert_eq!(back.get("iss"), Some(&site.issuer()));
    let answer = site.redeem(&back.remove("code").expect("a code"), &[]).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let tokens = answer.json();
    assert_eq!(tokens["token_type"].as_str(), Some("bearer"));

    let claims = judge(&site, &tokens, "n1").await.expect("a good ID token");
    let groups = json!(["Data Science Team", "Finance Team", "Finance Leads"]);
    assert_eq!(claims.subject().as_str(), "e");
    assert_eq!(claims.email_verified(), Some(true));
    assert_eq!(claims.additional_claims().claims.get("groups"), Some(&groups));

    let userinfo = site.userinfo(tokens["access_token"].as_str().expect("a token")).await.json();
    let expected = json!({
        "sub": "e", "name": "Elif Eriksen", "preferred_username": "elif", "email": "elif@harbour.example",
        "email_verified": true, "groups": groups,
    });
    assert_eq!(userinfo, expected);
}

#[tokio::test]
async fn discovery_says_what_there_is() {
    let site = Site::start().await;
    let metadata = site.get("/.well-known/openid-configuration").await.json();
    let issuer = site.issuer();
    assert_eq!(metadata["issuer"], json!(issuer));
    assert_eq!(metadata["end_session_endpoint"], json!(format!("{issuer}/logout")));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], json!(true));
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["RS256"]));
    let keys = site.get("/jwks").await.json();
    assert_eq!(keys["keys"][0]["kty"], json!("RSA"));
    assert!(keys["keys"][0].get("d").is_none(), "the private exponent is published");
}

#[tokio::test]
async fn a_second_sign_in_is_silent_until_it_is_asked_for_or_the_session_ends() {
    let mut site = Site::start().await;
    let none = site.authorize(&[("prompt", "none")]).await.led_to(CALLBACK);
    assert_eq!(none.get("error").map(String::as_str), Some("login_required"));
    let first = site.press("a", &[]).await;
    let cookie = first.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("__Host-idp=") && cookie.contains("; Secure; HttpOnly; SameSite=Lax"));

    let silent = site.authorize(&[("prompt", "none")]).await.led_to(CALLBACK);
    assert!(silent.contains_key("code"));
    for prompt in ["login", "select_account"] {
        let page = site.authorize(&[("prompt", prompt)]).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Signed in now: Ada Albrecht"));
    }

    let earlier = site.cookie.clone();
    site.press("b", &[("prompt", "login")]).await;
    let later = std::mem::replace(&mut site.cookie, earlier);
    assert_eq!(site.authorize(&[]).await.status, 200, "the first session outlived the second sign-in");
    site.cookie = later;

    let query = form(&[("client_id", "lanyard"), ("post_logout_redirect_uri", LEAVING), ("state", "x")]);
    let before = site.cookie.clone();
    let out = site.get(&format!("/logout?{query}")).await;
    assert_eq!(out.led_to(LEAVING).get("state").map(String::as_str), Some("x"));
    site.keep(&out);
    assert_eq!(site.cookie, None);
    site.cookie = before;
    assert_eq!(site.authorize(&[]).await.status, 200, "the cookie still signs in after sign-out");
}

#[tokio::test]
async fn an_id_token_names_the_client_at_sign_out() {
    let mut site = Site::start().await;
    let code = site.code("c").await;
    let tokens = site.redeem(&code, &[]).await.json();
    let hint = tokens["id_token"].as_str().expect("an ID token");
    let query = form(&[("id_token_hint", hint), ("post_logout_redirect_uri", LEAVING)]);
    site.get(&format!("/logout?{query}")).await.led_to(LEAVING);
    assert_eq!(site.authorize(&[]).await.status, 200);

    let forged = form(&[("id_token_hint", &hint[..hint.len() - 9]), ("post_logout_redirect_uri", LEAVING)]);
    assert_eq!(site.get(&format!("/logout?{forged}")).await.status, 400);
}

#[tokio::test]
async fn cancelling_tells_the_application() {
    let site = Site::start().await;
    let body = form(&[("request", &wire::request(&[])), ("cancel", "1")]);
    let back = site.send("POST", "/sign-in", &[], &body).await.led_to(CALLBACK);
    assert_eq!(back.get("error").map(String::as_str), Some("access_denied"));
    assert_eq!(back.get("error_description").map(String::as_str), Some("The sign-in was cancelled."));
    assert_eq!(back.get("state").map(String::as_str), Some("s1"));
    assert_eq!(back.get("iss"), Some(&site.issuer()));
}
