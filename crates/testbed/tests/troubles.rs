//! What people see when something is in the way: no cookies, no time left, no app, no provider. And what they
//! never see: a third party's server, a broken content policy, a heavy page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use std::time::Duration;

use lanyard_testbed::{
    Stage, StageOptions,
    browser::Browser,
    person::{ADA, CARLA},
};
use tokio::time::sleep;
use visitor::{choose, needs_the_shell, sign_in};

/// What the first visit may load, over the wire.
const BUDGET: u64 = 260_000;

/// Signs in with a browser that has lost its cookies after every POST to an address like this.
async fn sign_in_without_cookies(address: &str, test: &str) {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start(test));
    let page = browser.page().await;
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await;
    page.lose_cookies_after(address).await;
    page.find("button", "Sign in").await.click().await;
    page.at(&stage.provider().origin()).await;
    choose(&page, &stage, CARLA).await;
    page.shows("This browser did not keep the sign-in").await;
    page.forget();
    sleep(Duration::from_secs(2)).await;
    assert!(page.loads().len() < 4, "it goes on asking: {:?}", page.loads());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_does_not_keep_the_session_cookie_gets_a_sentence_and_no_loop() {
    sign_in_without_cookies("*/api/session", "no-session-cookie").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookie_at_all_gets_the_same_sentence() {
    sign_in_without_cookies("*/api/*", "no-cookies").await;
}

/// As when another page of the site has pushed ours out by sheer number.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_loses_its_cookies_at_a_dashboard_gets_a_sentence_and_no_loop() {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("lost-cookies"));
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/").await;
    page.find("link", "Finance Team KPI").await;
    page.lose_cookies_after("*/_lanyard/enter").await;
    page.find("link", "Finance Team KPI").await.click().await;
    page.shows("You were signed out").await;
    page.find("button", "Sign in").await;
    page.forget();
    sleep(Duration::from_secs(2)).await;
    assert!(page.loads().len() < 4, "it goes on asking: {:?}", page.loads());
}

/// A page of one dashboard can fill the browser with cookies for the whole site. What is then too long to be
/// read gets a sentence that says what to do, at the portal and at every dashboard.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_was_filled_with_cookies_is_told_what_to_do() {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("too-many-cookies"));
    let page = browser.page().await;
    page.open(&stage.dashboard("status").origin()).await;
    page.shows("Harbour API").await;
    page.eval(
        "for (let nth = 0; nth < 100; nth++)
            document.cookie = `tossed${nth}=${'x'.repeat(4000)}; Path=/; Domain=lanyard.localhost`; 0",
    )
    .await;
    page.holds("they are all there", "document.cookie.length > 390000").await;
    for site in [stage.portal(), stage.dashboard("status"), stage.dashboard("finance")] {
        page.open(&site.origin()).await;
        page.shows("too many cookies for this address: delete them").await;
    }
    let other = browser.private_page().await;
    sign_in(&other, &stage, CARLA, "/d/finance").await;
    other.frame("Finance Team KPI").await.shows(&format!("Viewing as {CARLA}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_absolute_limit_the_frames_go_and_the_page_says_so() {
    needs_the_shell();
    let options = StageOptions::default().toml("[session]\nabsolute = \"6s\"");
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start("limit"));
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    page.frame("Finance Team KPI").await.shows(&format!("Viewing as {CARLA}")).await;
    page.shows("You were signed out").await;
    page.holds("no frame is left", "document.querySelectorAll('iframe').length === 0").await;
    page.find("button", "Sign in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_down_is_said_to_be_and_comes_back_by_itself() {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("app-down"));
    stage.stop("finance");
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    let heading = "Finance Team KPI does not answer";
    page.find("heading", heading).await;
    stage.start_process("finance").await;
    page.gone("heading", heading).await;
    page.frame("Finance Team KPI").await.shows(&format!("Viewing as {CARLA}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_third_party_is_contacted_and_no_content_policy_is_broken() {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("parties"));
    let page = browser.page().await;
    sign_in(&page, &stage, ADA, "/d/finance").await;
    page.frame("Finance Team KPI").await.shows("Viewing as").await;
    page.find("link", "Service status").await.click().await;
    page.frame("Service status").await.shows("Harbour API").await;
    page.find("button", "Sign out").await.click().await;
    page.shows("You are signed out").await;
    let ours = [stage.portal(), stage.provider(), stage.dashboard("finance"), stage.dashboard("status")];
    let ours: Vec<String> =
        ours.iter().flat_map(|site| [site.origin(), format!("ws://{}", site.host)]).collect();
    let origins = page.origins();
    for origin in &origins {
        assert!(ours.contains(origin), "{origin} was contacted");
    }
    assert!(
        origins.contains(&format!("ws://{}", stage.dashboard("finance").host)),
        "sockets are seen: {origins:?}"
    );
    let console = page.console();
    let complaints =
        ["Content Security Policy", "Content-Security-Policy", "Refused to", "exception:", "error:"];
    let bad: Vec<_> =
        console.iter().filter(|line| complaints.iter().any(|word| line.contains(word))).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_visit_loads_at_most_260_kb_compressed() {
    needs_the_shell();
    let (stage, browser) =
        tokio::join!(Stage::start(StageOptions::default().without_apps()), Browser::start("bytes"));
    let page = browser.page().await;
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await;
    sleep(Duration::from_millis(500)).await;
    let loads = page.loads();
    let bytes: u64 = loads.iter().map(|load| load.bytes).sum();
    let wasm = loads.iter().find(|load| load.url.ends_with(".wasm")).expect("the shell is WASM");
    assert_eq!(wasm.encoding, "br", "{wasm:?}");
    println!("the first visit: {bytes} bytes");
    assert!(bytes > 20_000, "the sizes are counted: {loads:#?}");
    assert!(bytes <= BUDGET, "{bytes} bytes of at most {BUDGET}: {loads:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_cancelled_at_the_provider_is_said_to_be_and_leaves_no_trace() {
    needs_the_shell();
    let (stage, browser) =
        tokio::join!(Stage::start(StageOptions::default().without_apps()), Browser::start("cancelled"));
    let page = browser.page().await;
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await.click().await;
    page.at(&stage.provider().origin()).await;
    page.find("button", "Cancel").await.click().await;
    page.at(&stage.portal().origin()).await;
    page.shows("did not sign you in").await;
    assert!(!page.url().await.contains("error="), "the query is gone from the address: {}", page.url().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_said_to_be_when_signing_in_and_the_sign_in_goes_on_when_it_is_back() {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("provider-down"));
    // A gateway that has never seen its provider.
    stage.stop("lanyard");
    stage.stop("lanyard-dev-idp");
    stage.start_process("lanyard").await;
    let page = browser.page().await;
    page.open(&stage.portal().origin()).await;
    page.find("link", "Service status").await.click().await;
    page.frame("Service status").await.shows("Harbour API").await;
    page.find("button", "Sign in").await.click().await;
    page.find("heading", "Harbour ID does not answer").await;
    page.shows("We will keep trying; nothing is lost.").await;
    page.find("button", "Try now").await;
    stage.start_process("lanyard-dev-idp").await;
    // By itself, within the 30 s that two waits may take.
    let provider = stage.provider().origin();
    for _ in 0..2 {
        if !page.url().await.starts_with(&provider) {
            sleep(Duration::from_secs(8)).await;
        }
    }
    page.at(&provider).await;
    choose(&page, &stage, CARLA).await;
    page.shows(CARLA).await;
    assert_eq!(page.url().await, format!("{}/d/status", stage.portal().origin()), "where it began");
}
