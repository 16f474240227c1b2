//! What becomes of the page's connection to its app: it outlives other tabs and times in which nobody does
//! anything, and after a cut it is there again, by itself or by one press. When it ends, the app tidies up.

use std::time::Duration;

use lanyard_testbed::{browser::Page, framework::Facts, person::CARLA};
use tokio::time::sleep;

use super::{Scene, next_quarter, viewing_as};

/// More than a ping comes within this.
const SPARE: Duration = Duration::from_secs(6);

pub async fn outlives_and_comes_back(id: &'static str) {
    // Where it sends no pings, the limit is what an operator must set for quiet viewers.
    let pings = Facts::of(id).ping;
    let ping = Duration::from_secs(pings.unwrap_or(20));
    let limits = format!(
        "[limits]\nwebsocket_idle_timeout = \"{}s\"\n",
        if pings.is_some() { ping + SPARE } else { 4 * ping }.as_secs()
    );
    let scene = Scene::start(id, "connection", &limits).await;
    let page = scene.browser.page().await;
    let frame = scene.viewer(&page, CARLA).await;
    next_quarter(&page, &frame, 2).await;
    scene.upload(&frame).await;
    frame.eval("document.body.dataset.mark = 'the same document'").await;
    page.find("link", "Service status").await.click().await;
    page.frame("Service status").await.shows("Harbour API").await;
    let before = scene.handshakes();
    sleep(ping + 2 * SPARE).await;
    page.find("link", &scene.app.title()).await.click().await;
    assert_eq!(frame.eval("document.body.dataset.mark").await, "the same document");
    next_quarter(&page, &frame, 3).await;
    assert_eq!(scene.handshakes(), before, "it is the same WebSocket");
    // All that the press brought has arrived: a client of Bokeh's that was cut in the middle of a message never reads
    // another one right.
    sleep(Duration::from_secs(1)).await;
    scene.app.tap.cut();
    comes_back(&scene, &page).await;
    if scene.app.facts.websocket.is_some() {
        assert!(scene.handshakes() > before, "on a new WebSocket");
    }
    let sent = String::from_utf8_lossy(&scene.app.tap.sent()).to_ascii_lowercase();
    let last = sent.rsplit("x-forwarded-preferred-username:").next().and_then(|rest| rest.lines().next());
    assert_eq!(last.map(str::trim), Some("carla"), "who came back is who was there");
    page.open(&scene.stage.portal().origin()).await;
    tidies_up(&scene, &page).await;
}

async fn comes_back(scene: &Scene, page: &Page) {
    let frame = page.frame(&scene.app.title()).await;
    if scene.app.facts.returns {
        assert_eq!(frame.eval("document.body.dataset.mark").await, "the same document");
    } else {
        page.find("button", "Reconnect").await.click().await;
        frame.holds("it is a new document", "!document.body.dataset.mark").await;
        frame.shows("Quarter 1: revenue").await;
        page.gone("button", "Reconnect").await;
    }
    frame.shows(&viewing_as(CARLA)).await;
    let shown = frame.text().await;
    let quarter = (1..=4).find(|quarter| shown.contains(&format!("Quarter {quarter}: revenue")));
    let quarter = quarter.expect("a quarter");
    // A page that comes back by itself may take no presses for a moment.
    let next = format!("Quarter {}: revenue", quarter % 4 + 1);
    page.until("an answer of the app", async || {
        frame.find("button", "Next quarter").await.press().await;
        for _ in 0..20 {
            if frame.text().await.contains(&next) {
                return Some(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        None
    })
    .await;
}

/// The framework's own hook removes what a viewer uploaded who has gone.
async fn tidies_up(scene: &Scene, page: &Page) {
    let Some(after) = scene.app.facts.session_end else {
        assert_eq!(scene.app.uploads(), [""; 0], "without sessions nothing is kept");
        return;
    };
    let what = format!("no upload {after} s after the viewer has gone");
    sleep(Duration::from_secs(after)).await;
    page.until(&what, async || scene.app.uploads().is_empty().then_some(())).await;
}
