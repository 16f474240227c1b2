//! The session ends while the app is open: the shell says so, the app is shut and its retries reach nothing. The
//! next person in the same browser finds nothing of the first.

use std::time::Duration;

use lanyard_testbed::{
    counters::Counters,
    person::{CARLA, ELIF},
};
use tokio::time::sleep;

use super::{Scene, next_quarter, viewing_as};
use crate::visitor::sign_in_from_here;

/// What a page can keep in the browser.
const KEPT: &str = "Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker?.getRegistrations() ?? []])
    .then(([databases, caches, workers]) =>
        JSON.stringify([localStorage.getItem('mark'), databases.map(one => one.name), caches, workers.length]))";

pub async fn ends_and_leaves_nothing(id: &'static str) {
    let scene = Scene::start(id, "session", "").await;
    let page = scene.browser.page().await;
    let frame = scene.viewer(&page, CARLA).await;
    next_quarter(&page, &frame, 2).await;
    let keep = "localStorage.setItem('mark', 'of the first'); document.cookie = 'mark=of-the-first'; caches.open('mark').then(() => 0)";
    frame.eval(keep).await;
    // A window of its own has no shell around it: what the app does there by itself goes on.
    let own = scene.browser.page().await;
    let sockets = scene.handshakes();
    own.open(&format!("{}/d/{id}?window", scene.stage.portal().origin())).await;
    own.at(&scene.stage.dashboard(id).origin()).await;
    let lives = || scene.app.facts.websocket.is_none() || scene.handshakes() > sockets;
    own.until("its WebSocket", async || lives().then_some(())).await;
    // What it loads must not count as what it tries again.
    sleep(Duration::from_secs(3)).await;
    // Signed out in another window of the same browser.
    let window = scene.browser.page().await;
    window.open(&scene.stage.portal().origin()).await;
    let before = Counters::read(&scene.stage).await;
    window.find("button", "Sign out").await.click().await;
    window.shows("You are signed out").await;
    let connections = scene.app.tap.connections();
    page.shows("You were signed out").await;
    page.holds("no frame is left", "document.querySelectorAll('iframe').length === 0").await;
    sleep(Duration::from_secs(15)).await;
    assert_eq!(scene.app.tap.connections(), connections, "no retry reaches the app");
    let after = Counters::read(&scene.stage).await;
    let refused = after.refused_since(&before, "signed-out");
    assert!(refused < 100, "{refused} retries were refused");
    page.find("button", "Sign in").await.click().await;
    page.at(&scene.stage.provider().origin()).await;
    sign_in_from_here(&page, &scene.stage, ELIF).await;
    let frame = page.frame(&scene.app.title()).await;
    frame.shows(&viewing_as(ELIF)).await;
    frame.shows("Quarter 1: revenue").await;
    frame.shows("For finance leads").await;
    let kept = frame.eval(KEPT).await;
    assert_eq!(kept, "[null,[],[],0]", "left by the first");
    let cookies = frame.eval("document.cookie").await;
    assert!(!cookies.to_string().contains("of-the-first"), "{cookies}");
}
