//! panva's oidc-provider, through its own pages: it takes only requests that were pushed (RFC 9126), names itself in
//! the callback (RFC 9207), and says people's groups at userinfo alone.

use lanyard_testbed::{
    Ports, Stage, StageOptions,
    browser::{Browser, Page},
    provider::OidcProvider,
};
use serde_json::{Value, json};

use crate::visitor::{links, needs_the_shell};

fn people(groups: &[&str]) -> Value {
    json!({ "carla": {
        "name": "Carla Costa", "preferred_username": "carla", "groups": groups,
        "email": "carla@harbour.example", "email_verified": true,
    } })
}

async fn sign_in(page: &Page, stage: &Stage, provider: &OidcProvider) {
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await.click().await;
    page.at(&provider.site().origin()).await;
    page.find("textbox", "Enter any login").await.fill("carla").await;
    page.find("textbox", "and password").await.fill("any").await;
    page.find("button", "Sign-in").await.click().await;
    page.find("button", "Continue").await.click().await;
    page.at(&stage.portal().origin()).await;
    page.find("button", "Sign out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_pushed_and_the_callback_names_its_issuer() {
    needs_the_shell();
    let ports = Ports::reserve();
    let provider = OidcProvider::start(ports, &people(&["Finance Team"])).await;
    let options = StageOptions::default().without_apps().provider(provider.elsewhere());
    let (stage, browser) = tokio::join!(Stage::start_on(ports, options), Browser::start("oidc-provider"));

    let page = browser.private_page().await;
    sign_in(&page, &stage, &provider).await;
    page.shows("Carla Costa").await;
    assert!(links(&page).await.contains(&"Finance Team KPI".to_owned()), "its groups are at userinfo");
    only_a_name_was_carried(&page, &provider).await;

    provider.say(&people(&[]));
    page.find("button", "Sign out").await.click().await;
    page.find("button", "Yes, sign me out").await.click().await;
    page.shows("You are signed out").await;
    assert_eq!(page.url().await, format!("{}/signed-out", stage.portal().origin()));
    // Its own session has ended as well: it asks who this is.
    sign_in(&page, &stage, &provider).await;
    page.shows("No dashboard is open to you yet").await;
}

/// The browser was sent to the provider with the name of the request, and came back with the provider's name. What
/// the browser would have carried else is refused.
async fn only_a_name_was_carried(page: &Page, provider: &OidcProvider) {
    let origin = provider.site().origin();
    let loads = page.loads();
    let asked = loads.iter().find(|load| load.url.starts_with(&format!("{origin}/auth?")));
    let asked = &asked.expect("the authorization endpoint was asked").url;
    let query = asked.split_once('?').expect("a query").1;
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    assert_eq!(names.collect::<Vec<_>>(), ["client_id", "request_uri"]);
    let back = loads.iter().find(|load| load.url.contains("/callback?")).expect("the callback");
    let issuer: String = url::form_urlencoded::byte_serialize(origin.as_bytes()).collect();
    assert!(back.url.contains(&format!("&iss={issuer}")), "the callback names its issuer");
    let unpushed = "/auth?client_id=lanyard&response_type=code&scope=openid&code_challenge_method=S256\
        &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let refused = provider.site().get(unpushed).send().await.expect(303);
    let location = refused.header("location").expect("a way back");
    assert!(location.contains("error=invalid_request") && !location.contains("code="), "{location}");
}
