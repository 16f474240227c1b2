//! One dashboard against another and against the portal, in a real browser: by every kind of request that a
//! page can make, from a dashboard that the person may see and from one that is open to everybody. The target's
//! server says what arrived.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attack;
mod visitor;

use attack::{
    assert_that_frames_are_empty, assert_that_it_works, files_of_the_shell, follow, got, person, play,
    press_on, rightful, through,
};
use lanyard_testbed::{
    Stage, StageOptions,
    browser::{Browser, Page},
    counters::Counters,
    hostile::{FIGURES, Server},
    person::CARLA,
};
use visitor::{needs_the_shell, sign_in};

const FINANCE: &str = "roles = [\"finance\"]";
const PUBLIC: &str = "public = true";

/// Two servers, and the dashboards they are: `target` and the public `notice`, `hostile` and the public `open`.
async fn scene(test: &str, options: StageOptions) -> (Server, Server, Stage, Browser) {
    needs_the_shell();
    let (target, hostile) = tokio::join!(Server::start(), Server::start());
    let options = options
        .toml(&target.dashboard("target", FINANCE))
        .toml(&target.dashboard("notice", PUBLIC))
        .toml(&hostile.dashboard("hostile", FINANCE))
        .toml(&hostile.dashboard("open", PUBLIC));
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start(test));
    (target, hostile, stage, browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_works_for_the_targets_own_page_works_for_no_other_dashboard() {
    let (target, hostile, stage, browser) = scene("siblings", StageOptions::default().without_apps()).await;
    let portal = stage.portal().origin();
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, &rightful(&stage)).await;
    let own = target.report("own").await;
    assert_that_it_works(&own, &target).await;
    let before = Counters::read(&stage).await;
    let mut reports = Vec::new();
    for (run, dashboard, victim) in [
        ("a-sibling", "hostile", "target"),
        ("a-public-one", "open", "target"),
        ("at-a-public-one", "hostile", "notice"),
    ] {
        page.open(&format!("{portal}/d/{dashboard}{}", play(&stage, "reach", run, victim))).await;
        reports.push((run, hostile.report(run).await));
    }
    // After all of them: nothing may arrive late either.
    for (run, report) in reports {
        let through = through(&report, &own, &target, run);
        assert!(through.is_empty(), "{run}:\n{}", through.join("\n"));
    }
    let after = Counters::read(&stage).await;
    for (reason, least) in [("cross-origin", 60), ("socket-origin", 3), ("service-worker", 6), ("origin", 3)]
    {
        let refused = after.refused_since(&before, reason);
        assert!(refused >= least, "{refused} of at least {least} were refused for '{reason}'");
    }
    assert_eq!(person(&page).await, CARLA);
    page.open(&format!("{portal}/d/target/again.html")).await;
    page.frame("Dashboard target").await.shows(FIGURES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_dashboard_reaches_the_portals_api_files_or_pages() {
    let (_target, hostile, stage, browser) =
        scene("siblings-portal", StageOptions::default().without_apps()).await;
    let portal = stage.portal().origin();
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/").await;
    let files = files_of_the_shell(&page).await;
    for (run, dashboard) in [("a-sibling", "hostile"), ("a-public-one", "open")] {
        let before = Counters::read(&stage).await;
        page.open(&format!("{portal}/d/{dashboard}{}", play(&stage, "portal", run, "target"))).await;
        let attempts = hostile.report(run).await;
        assert_eq!(got(&attempts), [""; 0], "{run}");
        assert!(attempts.len() > 35, "only {} attempts", attempts.len());
        let refused = Counters::read(&stage).await.refused_since(&before, "not-from-the-portal");
        assert!(refused >= 30, "{run}: {refused} were refused, and the others never sent");
        assert_that_frames_are_empty(&page, &stage.dashboard(dashboard).origin(), run, 11).await;
        let run = format!("files-for-{run}");
        page.open(&format!("{portal}/d/{dashboard}{}{files}", play(&stage, "files", &run, "target"))).await;
        let attempts = hostile.report(&run).await;
        assert_eq!((got(&attempts), attempts.len()), (Vec::new(), 30), "{run}");
    }
    assert_eq!(person(&page).await, CARLA, "nobody was signed out, and nobody else in");
    let kinds: Vec<_> = stage.audit().iter().map(|event| event["kind"].to_string()).collect();
    assert_eq!(kinds.iter().filter(|kind| kind.contains("sign-in")).count(), 1, "{kinds:?}");
    assert!(!kinds.iter().any(|kind| kind.contains("sign-out")), "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_framed_dashboard_moves_nothing_around_it() {
    let (_target, hostile, stage, browser) = scene("around", StageOptions::default()).await;
    let portal = stage.portal().origin();
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    let finance = page.frame("Finance Team KPI").await;
    finance.shows(&format!("Viewing as {CARLA}")).await;
    finance.eval("document.body.dataset.mark = 'untouched'").await;
    for (run, dashboard) in [("a-sibling", "hostile"), ("a-public-one", "open")] {
        follow(&page, &format!("/d/{dashboard}{}", play(&stage, "around", run, "target"))).await;
        let attempts = hostile.report(run).await;
        assert_eq!(got(&attempts), [""; 0], "{run}");
        assert!(attempts.len() > 25, "only {} attempts", attempts.len());
        // The history is wandered through after the report.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let mut arrived: Vec<_> =
            hostile.arrived().iter().filter_map(|one| one.attempt(run).map(str::to_owned)).collect();
        arrived.dedup();
        assert_eq!(arrived, ["name-of-the-own-frame"], "{run}: only its own frame was navigated");
        assert!(page.url().await.starts_with(&format!("{portal}/d/{dashboard}/")), "{}", page.url().await);
        let shown = finance.eval("document.body.dataset.mark").await;
        assert_eq!(shown, "untouched", "{run}: the frame beside is the same document");
        finance.holds("and is alive", "Number(document.getElementById('ticks').textContent) > 2").await;
        let tossed = page.eval("document.cookie").await.to_string();
        assert!(tossed.contains("filler19") && tossed.contains("_%5fHost-lanyard=evil"), "{run}: {tossed}");
        assert_eq!(person(&page).await, CARLA, "{run}: the tossed cookies confuse nobody");
    }
    page.find("button", "Reload").await.click().await;
    page.find("link", "Finance Team KPI").await.click().await;
    page.find("button", "Reload").await.click().await;
    finance.holds("it is a new document", "!document.body.dataset.mark").await;
    finance.shows(&format!("Viewing as {CARLA}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_in_a_framed_dashboard_opens_windows_that_it_cannot_hold() {
    let (target, hostile, stage, browser) = scene("pressed", StageOptions::default().without_apps()).await;
    let portal = stage.portal().origin();
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/target").await;
    page.frame("Dashboard target").await.shows(FIGURES).await;
    for dashboard in ["hostile", "open"] {
        let (framed, at_the_top) = (format!("{dashboard}-framed"), format!("{dashboard}-at-the-top"));
        let address = format!("{portal}/d/{dashboard}{}", play(&stage, "pressed", &framed, "target"));
        // A new window, since nothing is drawn in those below others.
        let page = browser.page().await;
        page.open(&address).await;
        let button = page.frame(&format!("Dashboard {dashboard}")).await.find("button", "Go on").await;
        press_on(&page, button, 10).await;
        assert_eq!(got(&hostile.report(&framed).await), [""; 0], "{framed}");
        assert_eq!(page.url().await, address, "the window around stays");
        // A window of its own has no sandbox around it, and may hold what it opens, but not the portal.
        let own = play(&stage, "pressed", &at_the_top, "target").replacen('?', "?window&", 1);
        let only = "popup-of-the-portal,popup-of-a-deep-link,popup-of-the-target,post-to-a-new-window,entry-in-a-new-window";
        let window = browser.page().await;
        window.open(&format!("{portal}/d/{dashboard}{own}&only={only}")).await;
        window.at(&stage.dashboard(dashboard).origin()).await;
        press_on(&window, window.find("button", "Go on").await, 5).await;
        let held = got(&hostile.report(&at_the_top).await);
        assert_eq!(held, ["popup-of-the-target got a handle, 1 frames"], "a handle and nothing behind it");
        for run in [framed, at_the_top] {
            let seen = target.arrived();
            let seen: Vec<_> = seen.iter().filter(|one| one.attempt(&run).is_some()).collect();
            assert!(!seen.is_empty(), "{run}: windows do open");
            for one in seen {
                let what = (one.method.as_str(), one.attempt(&run));
                assert_eq!(what, ("GET", Some("popup-of-the-target")), "{run}");
            }
        }
    }
    assert_eq!(hostile.arrived().iter().filter(|one| one.target.contains("/pressed-")).count(), 0);
    let page = browser.page().await;
    page.open(&portal).await;
    assert_eq!(person(&page).await, CARLA);
}

/// Has the page's browser fetch an address before anybody goes there.
async fn fetch_ahead(page: &Page, address: &str) {
    let rules = serde_json::json!({ "prefetch": [{ "source": "list", "urls": [address], "eagerness": "immediate" }] });
    let text = serde_json::Value::from(rules.to_string());
    let script = format!(
        "document.head.append(Object.assign(document.createElement('script'), {{ type: 'speculationrules', textContent: {text} }})); 0"
    );
    page.eval(&script).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_fetched_ahead_for_a_sibling() {
    let (target, _hostile, stage, browser) = scene("ahead", StageOptions::default().without_apps()).await;
    let portal = stage.portal().origin();
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/target/page.html?window").await;
    let own = stage.dashboard("target").origin();
    page.at(&own).await;
    for dashboard in ["hostile", "open"] {
        page.open(&format!("{portal}/d/{dashboard}/page.html?window")).await;
        page.at(&stage.dashboard(dashboard).origin()).await;
        let before = Counters::read(&stage).await;
        let run = format!("from-{dashboard}");
        let ahead = format!("{own}/{run}/ahead.html");
        fetch_ahead(&page, &ahead).await;
        page.until("the refusal", async || {
            (Counters::read(&stage).await.refused_since(&before, "cross-origin") > 0).then_some(())
        })
        .await;
        let arrived = || target.arrived().iter().filter(|one| one.attempt(&run).is_some()).count();
        assert_eq!(arrived(), 0, "{run}: fetched ahead as the person, without a click");
        // Who goes there gets there.
        page.eval(&format!("setTimeout(() => {{ location.href = '{ahead}' }}, 0)")).await;
        page.at(&ahead).await;
        page.shows(FIGURES).await;
        assert_eq!(arrived(), 1, "{run}");
    }
}
