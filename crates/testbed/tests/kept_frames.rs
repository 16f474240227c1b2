//! Frames that are kept: as many as the portal says, the least recently used goes, none is ever moved in the
//! document, and none is shown again before the gateway has been asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use lanyard_testbed::{
    Stage, StageOptions,
    browser::{Browser, Page},
    person::ADA,
};
use serde::Deserialize;
use serde_json::{Value, json};
use visitor::{needs_the_shell, sign_in};

const DASHBOARDS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
/// Unless the configuration says otherwise.
const KEPT: usize = 6;

/// Twenty switches: back to the first every other time, and to the others in an order that brings some of them
/// back while they are kept and some when they are gone.
const SWITCHES: [usize; 20] = [0, 6, 0, 7, 0, 3, 0, 1, 0, 2, 0, 7, 0, 5, 0, 4, 0, 6, 0, 3];

/// An app that counts for as long as its document lives.
const COUNTER: &str = "<!doctype html><title>Counter</title><p id=\"count\">0</p>\
    <script>const count = document.getElementById('count');\
    setInterval(() => { count.textContent = Number(count.textContent) + 1; }, 50);</script>";

/// Notes what the shell asks and when it was answered, which frame is on the screen, and every frame that enters or leaves the document.
const WATCH: &str = "window.seen = { asked: [], shown: [], entered: [], left: [] };
    const ask = window.fetch;
    window.fetch = async (...all) => {
        const question = { at: performance.now(), path: new URL(all[0].url ?? all[0], location.href).pathname };
        seen.asked.push(question);
        const answer = await ask(...all);
        if (answer.ok) question.answered = performance.now();
        return answer;
    };
    new MutationObserver(changes => changes.forEach(({ addedNodes, removedNodes }) => {
        const frames = nodes => [...nodes].filter(node => node.nodeName === 'IFRAME');
        seen.entered.push(...frames(addedNodes));
        seen.left.push(...frames(removedNodes));
    })).observe(document, { childList: true, subtree: true });
    (function look() {
        const frame = [...document.querySelectorAll('iframe')].find(one => getComputedStyle(one).visibility === 'visible');
        if (frame && frame.title !== seen.shown.at(-1)?.[1]) seen.shown.push([performance.now(), frame.title]);
        requestAnimationFrame(look);
    })();";

fn title(nth: usize) -> String {
    format!("Recorder {}", DASHBOARDS[nth])
}

async fn show(page: &Page, nth: usize) {
    let title = title(nth);
    page.find("link", &title).await.click().await;
    let on_screen = format!("window.seen.shown.at(-1)?.[1] === {}", json!(title));
    page.holds(&format!("{title} on the screen"), &on_screen).await;
    page.frame(&title)
        .await
        .holds("it counts", "Number(document.getElementById('count').textContent) > 0")
        .await;
}

async fn count(page: &Page, nth: usize) -> i64 {
    let counted =
        page.frame(&title(nth)).await.eval("Number(document.getElementById('count').textContent)").await;
    counted.as_i64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_survives_twenty_switches_and_the_least_recently_used_frame_goes() {
    needs_the_shell();
    let options = DASHBOARDS.iter().fold(StageOptions::default().without_apps(), |all, id| all.upstream(id));
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start("kept-frames"));
    let length = COUNTER.len();
    for id in DASHBOARDS {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n");
        stage.recorder(id).script("/", [&head, COUNTER].concat());
    }
    let page = browser.page().await;
    page.run_first(WATCH).await;
    sign_in(&page, &stage, ADA, "/").await;

    // The least recently used first.
    let mut kept: Vec<usize> = Vec::new();
    let mut counted = 0;
    for nth in (0..KEPT).chain(SWITCHES) {
        show(&page, nth).await;
        kept.retain(|known| *known != nth);
        kept.push(nth);
        kept.drain(..kept.len().saturating_sub(KEPT));
        let mut wanted: Vec<_> = kept.iter().map(|nth| title(*nth)).collect();
        wanted.sort();
        let there =
            page.eval("[...document.querySelectorAll('iframe')].map(frame => frame.title).sort()").await;
        assert_eq!(there, json!(wanted), "after {}", title(nth));
        if nth == 0 {
            let now = count(&page, 0).await;
            page.check(now > counted, &format!("the counter went from {counted} to {now}")).await;
            counted = now;
        }
    }
    // Twenty-six showings of fifty milliseconds at the very least.
    assert!(counted > 20, "{counted}");
    let moved = page.eval("seen.left.filter(frame => document.contains(frame) || seen.entered.filter(one => one === frame).length > 1).length").await;
    assert_eq!(moved, 0, "no frame was moved");
    let asked = page.eval("seen.asked").await;
    let shown = page.eval("seen.shown").await;
    each_showing_was_answered_for(&asked, &shown);
    assert_eq!(shown.as_array().map(Vec::len), Some(KEPT + SWITCHES.len()));
}

/// What the shell asked, when, and when it was answered well, in milliseconds.
#[derive(Debug, Deserialize)]
struct Question {
    at: f64,
    path: String,
    answered: Option<f64>,
}

/// Between any two showings it was asked whether the second still may be, and answered. A frame that is new is shown
/// when its ticket was asked for: it is empty until the ticket is in it.
fn each_showing_was_answered_for(asked: &Value, shown: &Value) {
    let asked: Vec<Question> = serde_json::from_value(asked.clone()).expect("questions");
    let shown: Vec<(f64, String)> = serde_json::from_value(shown.clone()).expect("times");
    let mut before = 0.0;
    for (at, title) in shown {
        let ticket = format!("/api/dashboards/{}/ticket", title.trim_start_matches("Recorder "));
        let mut since = asked.iter().filter(|question| question.at > before);
        let good = since.any(|question| match question.path.as_str() {
            "/api/session" => question.answered.is_some_and(|answered| answered <= at),
            path => path == ticket && question.at <= at,
        });
        assert!(good, "{title} was shown at {at} ms, and nothing answered since {before} ms: {asked:?}");
        before = at;
    }
}
