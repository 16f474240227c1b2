//! Links into the portal that were made to lead out of it, opened by somebody who then signs in, in a real
//! browser: they stay on the portal, or in the dashboard that they name, and nobody else is ever asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use lanyard_testbed::{Stage, StageOptions, browser::Browser, person::CARLA};
use visitor::{needs_the_shell, sign_in};

/// A link as it is written, whose host it ends at, and the path there.
const LINKS: [(&str, &str, &str); 7] = [
    ("/d/open//evil.example", "portal", "/"),
    ("/d/open/%2f%2fevil.example/", "portal", "/"),
    ("/d/open/\\evil.example", "portal", "/"),
    ("/d/open/..%2f..//evil.example?window", "portal", "/"),
    ("/d/open/_lanyard/enter?window", "portal", "/"),
    ("/d/rec/@evil.example?window", "rec", "/@evil.example"),
    ("/d/rec?window&next=//evil.example", "rec", "/?next=//evil.example"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_made_to_lead_away_does_not_after_signing_in() {
    needs_the_shell();
    let options = StageOptions::default().upstream("rec").upstream("open").without_apps();
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start("deep-links"));
    let sites = [stage.portal(), stage.provider(), stage.dashboard("rec")];
    let allowed = sites.map(|site| site.origin());
    for (link, host, path) in LINKS {
        let page = browser.private_page().await;
        sign_in(&page, &stage, CARLA, link).await;
        let end = if host == "portal" { stage.portal() } else { stage.dashboard(host) };
        let expected = format!("{}{path}", end.origin());
        page.until(&format!("{expected} after {link}"), async || {
            (page.url().await == expected).then_some(())
        })
        .await;
        if host == "portal" {
            page.find("navigation", "Dashboards").await;
            let frames = page.eval("document.querySelectorAll('iframe').length").await;
            assert_eq!(frames, 0, "{link} opened a frame");
        }
        let strangers: Vec<_> = page.origins().into_iter().filter(|at| !allowed.contains(at)).collect();
        assert!(strangers.is_empty(), "{link} led to {strangers:?}");
    }
    let seen: Vec<_> = stage.recorder("rec").seen().into_iter().map(|seen| seen.target).collect();
    for target in ["/@evil.example", "/?next=//evil.example"] {
        assert!(seen.iter().any(|seen| seen == target), "{target} is a path of the app's own: {seen:?}");
    }
    assert!(stage.recorder("open").seen().is_empty(), "nothing reached the other");
}
