//! The story that must work, in a real browser: everybody signs in at the provider's own page, sees exactly
//! their dashboards, and opens them in their frames. Elements are found by role and accessible name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use lanyard_testbed::{
    Stage,
    browser::{Browser, Page},
    person::{ADA, BEN, CARLA, DOV, ELIF},
};
use visitor::{KPI, links, sign_in, sign_in_from_here};

/// The portal of a stage with the built shell.
async fn portal(stage: &Stage) -> String {
    visitor::needs_the_shell();
    stage.portal().origin()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_signs_in_at_the_providers_page_and_sees_exactly_their_dashboards() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("everybody"));
    let portal = portal(&stage).await;
    let page = browser.page().await;
    page.open(&portal).await;
    page.find("button", "Sign in").await;
    assert_eq!(links(&page).await, ["Service status"], "nobody is signed in");
    let all: [(&str, &[&str]); 4] = [
        (ADA, &["Data Science Team KPI", "Finance Team KPI", "Finance forecast", "Service status"]),
        (BEN, &["Data Science Team KPI", "Service status"]),
        (CARLA, &["Finance Team KPI", "Service status"]),
        (ELIF, &["Data Science Team KPI", "Finance Team KPI", "Finance forecast", "Service status"]),
    ];
    for (name, titles) in all {
        let page = browser.private_page().await;
        sign_in(&page, &stage, name, "/").await;
        page.shows(name).await;
        let mut seen = links(&page).await;
        seen.sort();
        let mut wanted = titles.to_vec();
        wanted.sort_unstable();
        assert_eq!(seen, wanted, "{name}");
    }
    let page = browser.private_page().await;
    sign_in(&page, &stage, DOV, "/").await;
    page.shows("No dashboard is open to you yet").await;
    page.shows("data-platform@harbour.example").await;
    assert_eq!(links(&page).await, ["Service status"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_link_survives_sign_in_and_opens_inside_the_app() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("deep-link"));
    let portal = portal(&stage).await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance/reports/q3").await;
    assert_eq!(page.url().await, format!("{portal}/d/finance/reports/q3"));
    let frame = page.frame("Finance Team KPI").await;
    frame.shows("Report Q3").await;
    frame.shows(&format!("Viewing as {CARLA}")).await;
    frame.holds("the live chart goes on", "Number(document.getElementById('ticks').textContent) > 2").await;
    frame
        .holds(
            "the socket knows her too",
            &format!("document.getElementById('connected').textContent === '{CARLA}'"),
        )
        .await;
    assert!(!page.text().await.contains("code="), "no code is left on the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_dashboard_and_an_unknown_one_show_the_same_page() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("forbidden"));
    let portal = portal(&stage).await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/data-science").await;
    page.shows("You don't have permission to view this dashboard").await;
    let forbidden = page.eval("document.querySelector('main').outerHTML").await;
    page.open(&format!("{portal}/d/nothing-like-this")).await;
    page.shows("You don't have permission to view this dashboard").await;
    let unknown = page.eval("document.querySelector('main').outerHTML").await;
    assert_eq!(forbidden, unknown);
    let everything = page.eval("document.documentElement.outerHTML").await.to_string();
    for trace in ["Data Science Team KPI", "data-science"] {
        assert!(!everything.contains(trace), "'{trace}' is on the page");
    }
    // The gateway says the same to a caller who goes to the host itself.
    page.open(&format!("{}/reports/q3", stage.dashboard("data-science").origin())).await;
    page.at(&format!("{portal}/d/data-science/reports/q3?window")).await;
    page.shows("You don't have permission to view this dashboard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_keeps_frames_alive_and_shows_them_once_the_gateway_has_been_asked() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("switching"));
    portal(&stage).await;
    let page = browser.page().await;
    sign_in(&page, &stage, ADA, "/d/finance").await;
    let ticks = "Number(document.getElementById('ticks').textContent)";
    let finance = page.frame("Finance Team KPI").await;
    finance.holds("the chart runs", &format!("{ticks} > 2")).await;
    page.eval("document.querySelector('iframe[title=\"Finance Team KPI\"]').mark = 'the first'; 0").await;
    open(&page, "Data Science Team KPI").await;
    let science = page.frame("Data Science Team KPI").await;
    science.holds("the other chart runs", &format!("{ticks} > 2")).await;
    page.holds("the first is hidden, not gone", "getComputedStyle(document.querySelector('iframe[title=\"Finance Team KPI\"]')).visibility === 'hidden'").await;
    let before = finance.eval(ticks).await.as_f64().expect("a number");
    let switched = page
        .eval(
            "new Promise(done => {
                const frame = document.querySelector('iframe[title=\"Finance Team KPI\"]');
                const asked = () => performance.getEntriesByName(location.origin + '/api/session').length;
                const before = asked();
                requestAnimationFrame(() => {
                    [...document.querySelectorAll('nav[aria-label=\"Dashboards\"] a')]
                        .find(link => link.innerText.trim() === 'Finance Team KPI').click();
                    const look = () => getComputedStyle(frame).visibility === 'visible'
                        ? done({ asked: asked() - before, mark: frame.mark })
                        : requestAnimationFrame(look);
                    requestAnimationFrame(look);
                });
            })",
        )
        .await;
    assert_ne!(switched["asked"], 0, "the gateway was asked before the kept frame was shown");
    assert_eq!(switched["mark"], "the first", "it is the same element");
    finance.holds("its chart went on", &format!("{ticks} >= {before} && {ticks} > 4")).await;
    let frames = page.eval("document.querySelectorAll('iframe').length").await;
    assert_eq!(frames, 2);
    let documents = page.loads().iter().filter(|load| load.url.ends_with("/_lanyard/enter")).count();
    assert_eq!(documents, 2, "each was entered once");
}

async fn open(page: &Page, title: &str) {
    page.find("link", title).await.click().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_its_own_holds_the_app_and_nothing_else() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("window"));
    portal(&stage).await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance/reports/q2").await;
    page.frame("Finance Team KPI").await.shows("Report Q2").await;
    page.find("link", "Open in a window of its own").await.click().await;
    let own = browser.opened(&stage.dashboard("finance").origin()).await;
    own.shows("Report Q2").await;
    own.shows(&format!("Viewing as {CARLA}")).await;
    assert_eq!(own.url().await, format!("{}/reports/q2", stage.dashboard("finance").origin()));
    own.holds("it is live", "Number(document.getElementById('ticks').textContent) > 2").await;
    own.back().await;
    own.frame("Finance Team KPI").await.shows("Report Q2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_dashboard_is_framed_for_everybody() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("public"));
    let portal = portal(&stage).await;
    let page = browser.page().await;
    page.open(&portal).await;
    page.find("link", "Service status").await.click().await;
    let frame = page.frame("Service status").await;
    frame.shows("Harbour API").await;
    page.find("button", "Sign in").await;
    sign_in(&page, &stage, DOV, "/d/status").await;
    page.frame("Service status").await.shows("Harbour API").await;
}

/// By loading again: a headless browser keeps no page. That one which is kept shows nothing either is held
/// by the shell's own tests (`tests/browser/coming_back.rs`).
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_clears_everything_and_back_shows_nothing() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("sign-out"));
    let portal = portal(&stage).await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    page.frame("Finance Team KPI").await.shows(&format!("Viewing as {CARLA}")).await;
    page.find("button", "Sign out").await.click().await;
    page.shows("You are signed out").await;
    let mut looked_at = 0;
    for _ in 0..6 {
        page.back().await;
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        if page.url().await.starts_with(&stage.provider().origin()) {
            continue; // The provider lists everybody.
        }
        looked_at += usize::from(page.url().await.starts_with(&portal));
        let text = page.text().await;
        for trace in ["Finance Team KPI", CARLA, KPI] {
            page.check(!text.contains(trace), &format!("Back shows '{trace}'")).await;
        }
    }
    page.check(looked_at > 0, "Back never led to a page of the portal").await;
    page.open(&format!("{portal}/d/finance")).await;
    page.find("button", "Sign in").await;
    assert_eq!(page.eval("document.querySelectorAll('iframe').length").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_session_ends_too_and_another_person_finds_nothing_of_the_first() {
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("another-person"));
    portal(&stage).await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    let frame = page.frame("Finance Team KPI").await;
    frame.shows(&format!("Viewing as {CARLA}")).await;
    frame.holds("the app keeps a note", &format!("localStorage.getItem('last-viewer') === '{CARLA}'")).await;
    frame.eval("for (const name of ['__Host-x', '__Secure-x']) document.cookie = `${name}=Carla; Path=/; Secure`; 0").await;
    frame
        .holds(
            "the app keeps such cookies",
            "['__Host-x', '__Secure-x'].every(name => document.cookie.includes(name))",
        )
        .await;
    page.find("button", "Sign out").await.click().await;
    page.shows("You are signed out").await;
    let before = page.eval("JSON.stringify([{...localStorage}, {...sessionStorage}])").await.to_string();
    assert!(!before.contains("Carla"), "the portal keeps nothing of her: {before}");
    page.find("button", "Sign in").await.click().await;
    page.at(&stage.provider().origin()).await;
    assert!(!page.text().await.contains("Signed in now"), "the provider's session has ended");
    sign_in_from_here(&page, &stage, ELIF).await;
    page.find("link", "Finance Team KPI").await.click().await;
    let frame = page.frame("Finance Team KPI").await;
    frame.shows(&format!("Viewing as {ELIF}")).await;
    let text = frame.text().await;
    assert!(text.contains("Here before, says this browser: nobody"), "{text}");
    assert!(text.contains("and its cookie: nobody"), "{text}");
    assert!(!text.contains("Carla"), "{text}");
    let cookies = frame.eval("document.cookie").await.to_string();
    assert!(cookies.contains("sample-viewer=Elif"), "her own are there: {cookies}");
    assert!(!cookies.contains("Carla") && !cookies.contains("__"), "and none of the first: {cookies}");
}
