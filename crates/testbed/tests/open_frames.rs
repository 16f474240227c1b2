//! What happens to a frame that is open: its app goes and comes back, its WebSocket is cut, nobody looks.
//! The shell notices without being told, says it in words, and puts right what it can.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use std::time::Duration;

use lanyard_testbed::{
    Stage,
    browser::{Browser, Page},
    person::CARLA,
};
use tokio::time::sleep;
use visitor::{needs_the_shell, sign_in};

const FINANCE: &str = "Finance Team KPI";

/// Carla at her dashboard, whose WebSocket is open.
async fn open(test: &str) -> (Stage, Browser, Page) {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start(test));
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    live(&page).await;
    (stage, browser, page)
}

async fn live(page: &Page) {
    let frame = page.frame(FINANCE).await;
    frame.shows(&format!("Viewing as {CARLA}")).await;
    frame.holds("its socket is open", "document.getElementById('state').dataset.state === 'live'").await;
}

/// How often the shell has asked how the dashboard is.
fn asked(page: &Page) -> usize {
    page.loads().iter().filter(|load| load.url.ends_with("/api/dashboards/finance/state")).count()
}

/// Waits until it has asked so many times more.
async fn asks(page: &Page, more: usize) {
    let before = asked(page);
    page.until("the shell asks", async || (asked(page) >= before + more).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_dies_under_an_open_frame_is_said_to_be_down_and_comes_back_by_itself() {
    let (stage, _browser, page) = open("app-dies").await;
    asks(&page, 1).await;
    stage.stop("finance");
    let heading = format!("{FINANCE} does not answer");
    page.find("heading", &heading).await;
    page.forget();
    sleep(Duration::from_secs(12)).await;
    let entered = page.loads().iter().filter(|load| load.url.ends_with("/ticket")).count();
    assert_eq!(entered, 0, "it is not entered while it is down: {:?}", page.loads());
    stage.start_process("finance").await;
    page.gone("heading", &heading).await;
    live(&page).await;
    page.check(!page.text().await.contains("Disconnected"), "all is well again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_is_cut_and_stays_so_is_offered_to_be_reconnected_as_the_same_person() {
    let (stage, _browser, page) = open("socket-cut").await;
    asks(&page, 1).await;
    // A framework that comes back by itself.
    stage.stop("finance");
    stage.start_process("finance").await;
    let frame = page.frame(FINANCE).await;
    for _ in 0..24 {
        sleep(Duration::from_millis(500)).await;
        let text = page.text().await;
        page.check(!text.contains("Disconnected") && !text.contains("does not answer"), "nothing is said")
            .await;
    }
    live(&page).await;
    // One that does not.
    frame.eval("window.setTimeout = () => 0").await;
    stage.stop("finance");
    stage.start_process("finance").await;
    page.shows("Disconnected").await;
    page.shows(&format!("{FINANCE} is disconnected.")).await;
    let before = page.eval("document.querySelector('iframe').name").await;
    page.find("button", "Reconnect").await.click().await;
    page.gone("button", "Reconnect").await;
    live(&page).await;
    let after = page.eval("document.querySelector('iframe').name").await;
    assert_ne!(before, after, "it is a new frame");
    asks(&page, 2).await;
    page.check(!page.text().await.contains("Disconnected"), "and it stays so").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_nobody_sees_asks_nothing_and_nothing_that_it_says_moves_the_page() {
    let (stage, _browser, page) = open("hidden").await;
    asks(&page, 1).await;
    page.eval(
        "window.moved = [];
         new PerformanceObserver((list) => list.getEntries().forEach((entry) => entry.sources.forEach((source) =>
             window.moved.push(source.node?.className || source.node?.nodeName || 'gone'))))
             .observe({ type: 'layout-shift' }); 0",
    )
    .await;
    let visibility = async |state: &str| {
        let script = format!(
            "Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }});
             document.dispatchEvent(new Event('visibilitychange', {{ bubbles: true }})); 0"
        );
        page.eval(&script).await;
    };
    visibility("hidden").await;
    sleep(Duration::from_millis(500)).await;
    page.forget();
    sleep(Duration::from_secs(12)).await;
    assert_eq!(asked(&page), 0, "hidden, it asks nothing");
    let frame = page.frame(FINANCE).await;
    frame.eval("window.setTimeout = () => 0").await;
    stage.stop("finance");
    stage.start_process("finance").await;
    visibility("visible").await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(asked(&page), 1, "seen again, it asks at once");
    page.shows("Disconnected").await;
    page.find("button", "Reconnect").await.click().await;
    live(&page).await;
    assert_eq!(page.eval("window.moved.join()").await, "", "nothing moved");
}
