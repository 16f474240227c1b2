//! Nothing moves that the person did not move, and nothing comes later than it must: no layout shift from sign-in to
//! the second dashboard, and the navigation is on the screen with the next frame after its data.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use lanyard_testbed::{
    Stage,
    browser::{Browser, Page},
    person::ADA,
};
use visitor::{links, needs_the_shell, sign_in, sign_in_from_here};

async fn nothing_shifted(page: &Page, place: &str) {
    let shifts = page.shifts().await;
    page.check(shifts.is_empty(), &format!("{place} shifted: {}", shifts.join("; "))).await;
}

async fn from_sign_in_to_the_second_dashboard(width: u32, height: u32, test: &str) {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start(test));
    let page = browser.page().await;
    page.watch_shifts().await;
    page.screen(width, height, 1).await;
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await;
    nothing_shifted(&page, "the first page").await;
    page.find("button", "Sign in").await.click().await;
    page.at(&stage.provider().origin()).await;
    sign_in_from_here(&page, &stage, ADA).await;
    page.find("link", "Finance Team KPI").await;
    for title in ["Finance Team KPI", "Data Science Team KPI"] {
        let opener = page.query(None, "button", Some("Navigation")).await.into_iter().next();
        if let (Some(opener), false) = (opener, page.url().await.ends_with('/')) {
            opener.click().await;
            page.settles().await;
        }
        page.find("link", title).await.click().await;
        page.frame(title).await.shows("Viewing as").await;
        // Later than half a second after the click, when a shift counts again.
        page.eval("new Promise(done => setTimeout(() => done(0), 800))").await;
    }
    nothing_shifted(&page, "the way from sign-in to the second dashboard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_shifts_on_the_way_to_the_second_dashboard_at_a_desk() {
    from_sign_in_to_the_second_dashboard(1280, 800, "calm-desk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_shifts_on_the_way_to_the_second_dashboard_on_a_phone() {
    from_sign_in_to_the_second_dashboard(390, 844, "calm-phone").await;
}

/// Counts the frames of the display, and notes in which one the shell got the last of the answers that the
/// navigation is drawn from, and before which one the links were in the document.
const COUNT_FRAMES: &str = "window.count = { frame: 0, got: {}, drawn: null };
    const needed = ['/api/config', '/api/session'];
    for (const read of ['text', 'json', 'arrayBuffer']) {
        const own = Response.prototype[read];
        Response.prototype[read] = function () {
            const path = new URL(this.url).pathname;
            return own.call(this).then(data => {
                if (needed.includes(path)) count.got[path] ??= count.frame;
                return data;
            });
        };
    }
    (function next() {
        count.frame++;
        if (document.querySelector('nav[aria-label=\"Dashboards\"] a')) count.drawn ??= count.frame;
        requestAnimationFrame(next);
    })();";

#[tokio::test(flavor = "multi_thread")]
async fn the_navigation_is_drawn_with_the_next_frame_after_its_data() {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start("next-frame"));
    let page = browser.page().await;
    page.run_first(COUNT_FRAMES).await;
    sign_in(&page, &stage, ADA, "/").await;
    for _ in 0..5 {
        page.open(&stage.portal().origin()).await;
        assert_eq!(links(&page).await.len(), 4);
        let count = page.eval("count").await;
        let got = count["got"].as_object().expect("answers").values().filter_map(serde_json::Value::as_u64);
        let (got, answers) = (got.clone().max(), got.count());
        assert_eq!(answers, 2, "both answers were seen: {count}");
        let (got, drawn) = (got.expect("a frame"), count["drawn"].as_u64().expect("a frame"));
        page.check(drawn <= got + 1, &format!("got in frame {got}, drawn in frame {drawn}")).await;
    }
}
