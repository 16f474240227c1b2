//! Dashboards that annoy: forged words to the shell, from the frame and from a frame inside it, and a thread
//! that is never free. The shell asks for itself, enters again at most three times a minute, and goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attack;
mod visitor;

use std::time::Duration;

use attack::{follow, person, play};
use lanyard_testbed::{Stage, StageOptions, browser::Browser, hostile::Server, person::CARLA};
use tokio::time::sleep;
use visitor::{needs_the_shell, sign_in};

/// How often a frame of this run was entered.
fn entered(hostile: &Server, run: &str) -> usize {
    hostile.arrived().iter().filter(|one| one.attempt(run) == Some("entered")).count()
}

async fn scene(test: &str) -> (Server, Stage, Browser) {
    needs_the_shell();
    let hostile = Server::start().await;
    let options = StageOptions::default()
        .toml(&hostile.dashboard("hostile", "roles = [\"finance\"]"))
        .toml(&hostile.dashboard("open", "public = true"));
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start(test));
    (hostile, stage, browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_words_make_the_shell_ask_and_enter_again_three_times_a_minute() {
    let (hostile, stage, browser) = scene("forged").await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    let finance = page.frame("Finance Team KPI").await;
    finance.shows(&format!("Viewing as {CARLA}")).await;
    finance.eval("document.body.dataset.mark = 'untouched'").await;
    for dashboard in ["hostile", "open"] {
        let asked = |path: &str| page.loads().iter().filter(|load| load.url.ends_with(path)).count();
        let run = format!("nested-at-{dashboard}");
        page.forget();
        follow(&page, &format!("/d/{dashboard}{}&do=nested", play(&stage, "nuisance", &run, "finance")))
            .await;
        page.until("the frame", async || (entered(&hostile, &run) > 0).then_some(())).await;
        sleep(Duration::from_secs(1)).await;
        assert_eq!(entered(&hostile, &run), 1, "{run}: nothing but the frame itself is heard");
        assert!(asked("/api/session") <= 1, "{run}: the shell asks because of the link, if at all");

        let run = format!("forged-at-{dashboard}");
        page.forget();
        follow(&page, &format!("/d/{dashboard}{}&do=messages", play(&stage, "nuisance", &run, "finance")))
            .await;
        page.until("three entries more", async || (entered(&hostile, &run) >= 4).then_some(())).await;
        page.shows(&format!("Dashboard {dashboard} does not answer")).await;
        sleep(Duration::from_millis(1_500)).await;
        assert_eq!(entered(&hostile, &run), 1 + 3, "{run}");
        let questions = asked("/api/session");
        assert!((4..=6).contains(&questions), "{run}: asked {questions} times, of 200 messages a frame");
    }
    assert_eq!(person(&page).await, CARLA, "the session is not over because somebody says so");
    assert_eq!(finance.eval("document.body.dataset.mark").await, "untouched", "and others notice nothing");
    page.find("link", "Finance Team KPI").await.click().await;
    finance.holds("it is alive", "Number(document.getElementById('ticks').textContent) > 2").await;
}

/// What is asserted is an order, as the shell's own page saw it: all of it between the loop's first and last
/// word.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_dashboard_stalls_neither_the_shell_nor_the_others() {
    let (_hostile, stage, browser) = scene("busy").await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    let finance = page.frame("Finance Team KPI").await;
    finance.holds("the chart runs", "Number(document.getElementById('ticks').textContent) > 2").await;
    finance
        .eval(
            "setInterval(() => parent.postMessage(`tick ${document.getElementById('ticks').textContent}`, '*'), 200); 0",
        )
        .await;
    for dashboard in ["hostile", "open"] {
        let title = format!("Dashboard {dashboard}");
        let path = format!("/d/{dashboard}{}&do=busy", play(&stage, "nuisance", dashboard, "finance"));
        follow(&page, &path).await;
        let busy = page.frame(&title).await;
        busy.holds("it is ready", "document.title === 'ready'").await;
        assert!(busy.has_own_process().await, "{title} has a process of its own");
        let said = page.eval(&WHILE_BUSY.replace("{{title}}", &title)).await;
        let said: Vec<String> = serde_json::from_value(said).expect("what was said, in order");
        let at = |what: &str| said.iter().position(|one| one == what);
        let (begin, end) = (at("begin").expect("a begin"), at("end").expect("an end"));
        let between: Vec<_> = said[begin..end].iter().map(String::as_str).collect();
        for what in ["the address has changed", "the other frame is shown", "ten times drawn"] {
            assert!(between.contains(&what), "{title}: '{what}' is not between begin and end: {said:?}");
        }
        let mut ticks: Vec<_> = between.iter().filter(|one| one.starts_with("tick ")).collect();
        ticks.dedup();
        assert!(ticks.len() >= 3, "{title}: the other chart goes on: {said:?}");
    }
}

/// In the portal's page: starts the loop, clicks a link when it has begun, and notes what happens until it ends.
const WHILE_BUSY: &str = r#"new Promise(done => {
    const said = [];
    const frame = (title) => document.querySelector(`iframe[title="${title}"]`);
    const note = (what) => { if (!said.includes(what)) said.push(what); };
    let drawn = 0, ended = false;
    const draw = () => {
        drawn += 1;
        if (location.pathname === '/d/finance') note('the address has changed');
        if (getComputedStyle(frame('Finance Team KPI')).visibility === 'visible') note('the other frame is shown');
        if (drawn > 10) note('ten times drawn');
        if (!ended) requestAnimationFrame(draw);
    };
    const listen = ({ data }) => {
        said.push(data);
        if (data === 'begin') {
            // Once the loop runs.
            setTimeout(() => {
                [...document.querySelectorAll('nav a')].find(link => link.innerText.trim() === 'Finance Team KPI').click();
                requestAnimationFrame(draw);
            }, 500);
        }
        if (data !== 'end') return;
        ended = true;
        removeEventListener('message', listen);
        done(said);
    };
    addEventListener('message', listen);
    frame('{{title}}').contentWindow.postMessage('go', '*');
})"#;
