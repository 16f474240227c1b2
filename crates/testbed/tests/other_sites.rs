//! A page of another site in the browser of somebody who is signed in: every kind of request against a
//! dashboard, a public one and the portal. It carries none of our cookies, and is refused before anybody would
//! look for one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attack;
mod visitor;

use attack::{
    assert_that_frames_are_empty, assert_that_it_works, files_of_the_shell, got, person, play, press_on,
    rightful, through,
};
use lanyard_testbed::{
    Stage, StageOptions,
    browser::{Browser, Page},
    counters::Counters,
    hostile::{FIGURES, Server},
    person::CARLA,
};
use visitor::{needs_the_shell, sign_in};

/// Nobody's site but the attacker's: the hosts below localhost are sites of their own.
const EVIL: &str = "evil.localhost";

async fn scene(test: &str) -> (Server, Server, Stage, Browser, Page) {
    needs_the_shell();
    let (target, hostile) = tokio::join!(Server::start(), Server::start());
    let options = StageOptions::default()
        .toml(&target.dashboard("target", "roles = [\"finance\"]"))
        .toml(&target.dashboard("notice", "public = true"))
        .without_apps();
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start(test));
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, &rightful(&stage)).await;
    (target, hostile, stage, browser, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_site_reaches_a_dashboard_or_the_portal() {
    let (target, hostile, stage, _browser, page) = scene("other-sites").await;
    let own = target.report("own").await;
    assert_that_it_works(&own, &target).await;
    let files = files_of_the_shell(&page).await;
    let evil = hostile.site(EVIL).origin();
    let before = Counters::read(&stage).await;
    for victim in ["target", "notice"] {
        let run = format!("at-{victim}");
        page.open(&format!("{evil}{}", play(&stage, "reach", &run, victim))).await;
        let mut attempts = hostile.report(&run).await;
        // Its own worker it may have: so the attempt is a real one.
        for attempt in attempts.iter_mut().filter(|one| one.name.starts_with("service-worker")) {
            assert!(attempt.got.take().is_some(), "{} fails everywhere", attempt.name);
        }
        let through = through(&attempts, &own, &target, &run);
        assert!(through.is_empty(), "{run}:\n{}", through.join("\n"));
    }
    let seen = target.arrived().into_iter().filter(|one| one.attempt("at-target").is_some()).count();
    assert_eq!(seen, 0, "without a cookie not even a frame's document arrives");
    page.open(&format!("{evil}{}", play(&stage, "portal", "at-the-portal", "target"))).await;
    assert_eq!(got(&hostile.report("at-the-portal").await), [""; 0]);
    assert_that_frames_are_empty(&page, &evil, "at-the-portal", 11).await;
    page.open(&format!("{evil}{}{files}", play(&stage, "files", "files", "target"))).await;
    let attempts = hostile.report("files").await;
    assert_eq!((got(&attempts), attempts.len()), (Vec::new(), 30));
    let after = Counters::read(&stage).await;
    for (reason, least) in [("cross-origin", 40), ("socket-origin", 2), ("not-from-the-portal", 30)] {
        let refused = after.refused_since(&before, reason);
        assert!(refused >= least, "{refused} of at least {least} were refused for '{reason}'");
    }
    page.open(&format!("{}/d/target", stage.portal().origin())).await;
    page.frame("Dashboard target").await.shows(FIGURES).await;
    assert_eq!(person(&page).await, CARLA);
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_another_site_opens_are_out_of_its_reach() {
    let (target, hostile, stage, _browser, page) = scene("other-sites-windows").await;
    target.report("own").await;
    let address = play(&stage, "pressed", "windows", "target");
    page.open(&format!("{}{address}", hostile.site(EVIL).origin())).await;
    let all = ["top", "open-at-the-top", "link-to-the-top"].map(|name| format!("pressed-{name}"));
    let only = page.eval("Object.keys(PRESSED).join()").await;
    let only: Vec<_> =
        only.as_str().expect("names").split(',').filter(|name| !all.iter().any(|top| top == name)).collect();
    page.open(&format!("{}{address}&only={}", hostile.site(EVIL).origin(), only.join(","))).await;
    press_on(&page, page.find("button", "Go on").await, only.len()).await;
    assert_eq!(got(&hostile.report("windows").await), [""; 0]);
    // The window may still be on its way when the page has told its end.
    let seen = page.until("a window that opens", async || {
        let mut seen = target.arrived();
        seen.retain(|one| one.attempt("windows").is_some());
        (!seen.is_empty()).then_some(seen)
    });
    let seen = seen.await;
    // The link to a dashboard leads through the portal, and to the page that it names: by GET.
    assert!(
        seen.iter().all(|one| one.method == "GET" && one.attempt("windows") == Some("popup-of-the-target")),
        "{seen:?}"
    );
    page.open(&stage.portal().origin()).await;
    assert_eq!(person(&page).await, CARLA);
}
