//! What the provider does not do: each refusal is one that a relying party's safety rests on.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::wire::{Answer, LEAVING, SECRET, Site, form, request};

fn error(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"].as_str().unwrap_or_default().into())
}

#[tokio::test]
async fn a_wrong_verifier_opens_nothing_and_burns_the_code() {
    let mut site = Site::start().await;
    let code = site.code("a").await;
    let wrong = "w".repeat(43);
    let answer = site.redeem(&code, &[("code_verifier", &wrong)]).await;
    assert_eq!(error(&answer), (400, "invalid_grant".into()));
    assert_eq!(error(&site.redeem(&code, &[]).await), (400, "invalid_grant".into()));
    let code = site.code("a").await;
    let answer = site.redeem(&code, &[("code_verifier", "short")]).await;
    assert_eq!(error(&answer), (400, "invalid_request".into()));
    let answer = site.redeem(&code, &[("code_verifier", "")]).await;
    assert_eq!(error(&answer), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_code_used_twice_opens_nothing_and_closes_what_it_had_opened() {
    let mut site = Site::start().await;
    let code = site.code("a").await;
    let first = site.redeem(&code, &[]).await.json();
    let token = first["access_token"].as_str().expect("an access token");
    assert_eq!(site.userinfo(token).await.status, 200);
    assert_eq!(error(&site.redeem(&code, &[]).await), (400, "invalid_grant".into()));
    let refused = site.userinfo(token).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
}

#[tokio::test]
async fn nobody_but_the_client_redeems_a_code() {
    let mut site = Site::start().await;
    let code = site.code("a").await;
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    for header in
        [basic("lanyard:wrong"), basic("lanyard:"), basic("other:x"), "Bearer x".into(), String::new()]
    {
        let answer = site.redeem_as(&header, &code, &[]).await;
        assert_eq!(error(&answer), (401, "invalid_client".into()), "{header}");
        assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"token\""));
    }
    let posted = [("client_id", "lanyard"), ("client_secret", "wrong")];
    let body = form(&[&[("grant_type", "authorization_code"), ("code", &code)], posted.as_slice()].concat());
    assert_eq!(error(&site.send("POST", "/token", &[], &body).await), (401, "invalid_client".into()));
    let both = site.redeem(&code, &[("client_id", "lanyard"), ("client_secret", SECRET)]).await;
    assert_eq!(error(&both), (400, "invalid_request".into()));
    assert_eq!(site.redeem(&code, &[]).await.status, 200, "a stranger's attempts must not burn the code");
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_uri_and_its_grant() {
    let mut site = Site::start().await;
    let code = site.code("a").await;
    let other = [("redirect_uri", "http://portal.localhost/other")];
    assert_eq!(error(&site.redeem(&code, &other).await), (400, "invalid_grant".into()));
    assert_eq!(error(&site.redeem("unknown", &[]).await), (400, "invalid_grant".into()));
    let grant = [("grant_type", "password")];
    assert_eq!(error(&site.redeem(&code, &grant).await), (400, "unsupported_grant_type".into()));
    let twice = "grant_type=authorization_code&code=a&code=b";
    assert_eq!(error(&site.send("POST", "/token", &[], twice).await), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_foreign_redirect_uri_or_client_gets_a_page_and_never_a_redirect() {
    let mut site = Site::start().await;
    site.code("a").await;
    for foreign in [
        [("redirect_uri", "http://evil.example/callback")],
        [("redirect_uri", "http://portal.localhost/callback/x")],
        [("client_id", "other")],
    ] {
        let answers = [site.authorize(&foreign).await, site.press("a", &foreign).await];
        for answer in answers {
            assert_eq!((answer.status, answer.header("location")), (400, None), "{foreign:?}");
            assert!(!answer.body.contains("evil.example"));
        }
    }
}

#[tokio::test]
async fn a_foreign_address_after_sign_out_is_refused_and_signs_nobody_out() {
    let mut site = Site::start().await;
    site.code("a").await;
    let foreign = "http://evil.example/";
    for query in [
        form(&[("client_id", "lanyard"), ("post_logout_redirect_uri", foreign)]),
        form(&[("client_id", "other"), ("post_logout_redirect_uri", LEAVING)]),
        form(&[("post_logout_redirect_uri", LEAVING)]),
    ] {
        let answer = site.get(&format!("/logout?{query}")).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{query}");
    }
    assert_eq!(site.authorize(&[]).await.status, 303);
}

#[tokio::test]
async fn only_the_issuers_own_host_is_answered() {
    let site = Site::start().await;
    let port = site.host().rsplit_once(':').expect("a port").1.to_owned();
    let hosts = ["localhost", "127.0.0.1", "evil.example", "x.id.localhost", "id.localhost."];
    for host in hosts.map(|host| format!("{host}:{port}")).iter().chain([&"id.localhost".to_owned()]) {
        let answer =
            site.raw(&format!("GET /jwks HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(answer.status, 421, "{host}");
    }
    let twice =
        format!("GET /jwks HTTP/1.1\r\nHost: {0}\r\nHost: {0}\r\nConnection: close\r\n\r\n", site.host());
    assert_ne!(site.raw(&twice).await.status, 200);
    assert_eq!(site.raw("GET /jwks HTTP/1.0\r\n\r\n").await.status, 421);
    assert_eq!(site.get("/jwks").await.status, 200);
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_in() {
    let site = Site::start().await;
    let body = form(&[("request", &request(&[])), ("person", "a")]);
    for header in [("Origin", "http://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
        let answer = site.send("POST", "/sign-in", &[header], &body).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{header:?}");
    }
    let nobody = form(&[("request", &request(&[])), ("person", "z")]);
    assert_eq!(site.send("POST", "/sign-in", &[], &nobody).await.status, 400);
}

#[tokio::test]
async fn what_a_caller_sends_comes_back_as_text() {
    let site = Site::start().await;
    let page = site.authorize(&[("state", "\"><script>alert(1)</script>"), ("x", "'\"<b>")]).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("<script") && !page.body.contains("<b>"), "{}", page.body);
    let form = "request=%22%3E%3Cscript%3E";
    assert!(!site.send("POST", "/sign-in", &[], form).await.body.contains("<script"));
}
