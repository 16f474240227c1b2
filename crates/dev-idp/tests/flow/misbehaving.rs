//! Each order is wrong in its one way, and ends when it is told to.

use serde_json::{Value, json};

use crate::{judge::judge, wire::Site};

async fn ordered(site: &Site, order: &Value) {
    assert_eq!(site.misbehave(&order.to_string()).await.status, 204, "{order}");
}

async fn tokens(site: &mut Site) -> Value {
    let code = site.code("a").await;
    site.redeem(&code, &[]).await.json()
}

fn behaviours(names: &[&str]) -> Value {
    json!({ "behaviours": names })
}

/// The header of the ID token.
fn header(tokens: &Value) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let token = tokens["id_token"].as_str().expect("an ID token");
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn a_wrong_id_token_is_refused_by_openidconnect_and_the_next_is_good() {
    let mut site = Site::start().await;
    for (order, complaint) in [
        (json!({ "id_token": { "nonce": "another" } }), "nonce"),
        (json!({ "claims": { "aud": "another" } }), "audience"),
        (json!({ "id_token": { "iss": "http://another.localhost" } }), "issuer"),
        (json!({ "id_token": { "exp": 1 } }), "expired"),
        (behaviours(&["alg-none"]), "ignature"),
        (behaviours(&["no-signature"]), "ignature"),
        (behaviours(&["wrong-signature"]), "ignature"),
        (behaviours(&["foreign-key"]), "ignature"),
        (behaviours(&["unknown-kid"]), "ignature"),
    ] {
        ordered(&site, &order).await;
        let wrong = tokens(&mut site).await;
        let refused = judge(&site, &wrong, "n1").await.expect_err("refused");
        assert!(refused.contains(complaint), "{order}: {refused}");
        ordered(&site, &json!({})).await;
        let right = tokens(&mut site).await;
        assert!(judge(&site, &right, "n1").await.is_ok(), "after {order}");
    }
}

#[tokio::test]
async fn what_is_odd_and_right_is_accepted_by_openidconnect() {
    let mut site = Site::start().await;
    for (order, algorithm, kid) in [
        (behaviours(&["no-kid"]), "RS256", false),
        (behaviours(&["other-key"]), "RS256", true),
        (behaviours(&["several-keys"]), "RS256", true),
    ] {
        ordered(&site, &order).await;
        let odd = tokens(&mut site).await;
        assert_eq!(header(&odd)["alg"], algorithm, "{order}");
        assert_eq!(header(&odd).get("kid").is_some(), kid, "{order}");
        judge(&site, &odd, "n1").await.unwrap_or_else(|refused| panic!("{order}: {refused}"));
    }
    // Not the judge's to accept: it pins RS256.
    for (behaviour, algorithm) in [("alg-hs256", "HS256"), ("alg-rs512", "RS512"), ("alg-eddsa", "EdDSA")] {
        ordered(&site, &behaviours(&[behaviour])).await;
        assert_eq!(header(&tokens(&mut site).await)["alg"], algorithm);
    }
    ordered(&site, &behaviours(&["unknown-keys"])).await;
    let keys = site.get("/jwks").await.json()["keys"].as_array().expect("keys").len();
    assert!(keys > 10, "{keys} keys");
}

#[tokio::test]
async fn any_claim_can_be_another_or_missing_in_both_places_or_in_one() {
    let mut site = Site::start().await;
    let groups = json!([7, { "name": "Manager" }]);
    let order = json!({
        "claims": { "groups": groups, "_claim_names": { "groups": "src1" } },
        "id_token": { "name": null },
        "userinfo": { "sub": "somebody-else", "email": null },
    });
    ordered(&site, &order).await;
    let tokens = tokens(&mut site).await;
    let claims = judge(&site, &tokens, "n1").await.expect("good otherwise");
    assert_eq!(claims.additional_claims().claims["groups"], groups);
    assert_eq!(claims.additional_claims().claims["_claim_names"], json!({ "groups": "src1" }));
    assert!(claims.name().is_none() && claims.subject().as_str() == "a");
    let userinfo = site.userinfo(tokens["access_token"].as_str().expect("a token")).await.json();
    assert_eq!((&userinfo["sub"], &userinfo["groups"]), (&json!("somebody-else"), &groups));
    assert_eq!((&userinfo["name"], userinfo.get("email")), (&json!("Ada Albrecht"), None));
    ordered(&site, &json!({ "discovery": { "issuer": "http://another.localhost", "jwks_uri": null } })).await;
    let metadata = site.get("/.well-known/openid-configuration").await.json();
    assert_eq!((&metadata["issuer"], metadata.get("jwks_uri")), (&json!("http://another.localhost"), None));
}

#[tokio::test]
async fn an_endpoint_can_answer_in_every_wrong_way_and_is_counted() {
    let site = Site::start().await;
    let right = site.get("/jwks").await.json().to_string();
    for (answer, status, length) in [
        ("down", 503, 14..15),
        ("server-error", 500, 1..100),
        ("invalid-grant", 400, 1..100),
        ("redirect", 302, 0..1),
        ("redirect-with-body", 307, 0..1),
        ("html", 200, 1..100),
        ("mislabelled", 200, right.len()..right.len() + 1),
        ("truncated", 200, right.len() / 2..right.len() / 2 + 1),
        ("deep", 200, 200_000..200_001),
        ("huge", 200, 50 << 20..(50 << 20) + 1),
    ] {
        ordered(&site, &json!({ "answers": { "jwks": answer } })).await;
        let wrong = site.get("/jwks").await;
        assert_eq!(wrong.status, status, "{answer}");
        assert!(length.contains(&wrong.body.len()), "{answer}: {} bytes", wrong.body.len());
        if let Some(elsewhere) = wrong.header("location") {
            assert_eq!(site.get(elsewhere).await.body, right, "the right answer is behind the redirect");
        }
    }
    for answer in ["silent", "trickle", "endless"] {
        ordered(&site, &json!({ "answers": { "jwks": answer } })).await;
        let hurried = tokio::time::timeout(std::time::Duration::from_millis(300), site.get("/jwks")).await;
        assert!(hurried.is_err(), "{answer}");
    }
    assert_eq!(site.get("/misbehave").await.json(), json!({ "asked": { "jwks": 14, "elsewhere": 2 } }));
}

#[tokio::test]
async fn it_can_be_slow_and_down_in_all_of_them() {
    let site = Site::start().await;
    ordered(&site, &behaviours(&["down"])).await;
    assert_eq!(site.get("/jwks").await.status, 503);
    assert_eq!(site.authorize(&[]).await.status, 503);
    ordered(&site, &json!({ "behaviours": ["slow"], "delay_ms": 1000 })).await;
    let hurried = tokio::time::timeout(std::time::Duration::from_millis(500), site.get("/jwks")).await;
    assert!(hurried.is_err());
    assert_eq!(site.get("/jwks").await.status, 200);
}

#[tokio::test]
async fn an_authorization_response_can_name_nobody_or_another() {
    let mut site = Site::start().await;
    for (behaviour, iss) in
        [("no-iss-parameter", None), ("wrong-iss-parameter", Some("http://another.localhost"))]
    {
        ordered(&site, &behaviours(&[behaviour])).await;
        let back = site.press("a", &[]).await.led_to(crate::CALLBACK);
        assert_eq!(back.get("iss").map(String::as_str), iss);
    }
}

#[tokio::test]
async fn a_verifier_can_be_ignored() {
    let mut site = Site::start().await;
    ordered(&site, &behaviours(&["ignores-verifier"])).await;
    let code = site.code("a").await;
    let other = "another-verifier-of-forty-three-characters-and-more";
    assert_eq!(site.redeem(&code, &[("code_verifier", other)]).await.status, 200);
}

#[tokio::test]
async fn an_unknown_behaviour_and_a_form_from_another_site_are_refused() {
    let site = Site::start().await;
    assert_eq!(site.misbehave(r#"{ "behaviours": ["be-good"] }"#).await.status, 422);
    assert_eq!(site.misbehave(r#"{ "answers": { "jwks": "be-good" } }"#).await.status, 422);
    let form = site.send("POST", "/misbehave", &[("Content-Type", "text/plain")], "{}").await;
    assert_eq!(form.status, 415);
}

#[tokio::test]
async fn without_the_option_there_is_no_such_endpoint() {
    let site = Site::start_as(false).await;
    assert_eq!(site.misbehave(r#"{ "behaviours": ["down"] }"#).await.status, 404);
    assert_eq!(site.get("/misbehave").await.status, 404);
    assert_eq!(site.get("/jwks").await.status, 200);
}
