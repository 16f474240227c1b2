//! Two people at once: each sees themselves and what their groups may see, works with the app, uploads and
//! downloads. The app is sent nothing that is ours or the provider's, and nothing that a page makes up.

use std::time::Duration;

use lanyard_testbed::person::{CARLA, ELIF};
use tokio::time::sleep;

use super::{Scene, next_quarter, viewing_as};

/// What a page could send to be somebody else, and none of it may arrive.
const SPOOF: &str = "fetch('/?bokeh-token=forged-query&bokeh-session-id=forged-query&own=1', { headers: {
    'X-Forwarded-User': 'forged-header', 'X-Forwarded-Preferred-Username': 'forged-header',
    'X-Forwarded-Groups': 'forged-header', 'Remote-User': 'forged-header', 'Bokeh-Session-Id': 'forged-header',
    'Shiny-Server-Credentials': 'forged-header', 'RStudio-Connect-Credentials': 'forged-header',
    'X-Lanyard-Assertion': 'forged-header',
} }).then(() => 0)";

/// What a browser's console says when something of ours is in the way.
const COMPLAINTS: [&str; 6] =
    ["Content Security Policy", "Content-Security-Policy", "Refused to", "CORS", "sandboxed", "exception:"];

pub async fn work_each_as_themselves(id: &'static str) {
    let scene = Scene::start(id, "people", "").await;
    let (page, other) = (scene.browser.page().await, scene.browser.private_page().await);
    let carla = scene.viewer(&page, CARLA).await;
    let elif = scene.viewer(&other, ELIF).await;
    elif.shows("For finance leads").await;
    assert!(
        !carla.text().await.contains("For finance leads"),
        "decided by the app, from the groups that it is told"
    );
    next_quarter(&page, &carla, 2).await;
    assert!(elif.text().await.contains("Quarter 1: revenue"), "each has a session of their own");
    scene.upload(&carla).await;
    let figures = scene.download(&page, &carla).await;
    assert!(figures.starts_with("month,revenue") && figures.lines().count() == 4, "{figures}");
    carla.eval(SPOOF).await;
    carla.shows(&viewing_as(CARLA)).await;
    let console = page.console();
    let bad: Vec<_> =
        console.iter().filter(|line| COMPLAINTS.iter().any(|word| line.contains(word))).collect();
    assert!(bad.is_empty(), "{bad:#?}");

    let sent = String::from_utf8_lossy(&scene.app.tap.sent()).into_owned();
    assert!(sent.contains("own=1"), "the forged request arrived, without what was forged");
    if let Some(protocol) = &scene.app.facts.subprotocol {
        let offers = format!("sec-websocket-protocol: {protocol}");
        assert!(sent.to_ascii_lowercase().contains(&offers), "the handshake offers {protocol}");
    }
    assert!(!sent.contains("forged-"), "{:?}", sent.lines().find(|line| line.contains("forged-")));
    let named = |line: &&str| line.to_ascii_lowercase().starts_with("x-forwarded-preferred-username:");
    let mut names: Vec<_> = sent.lines().filter(named).filter_map(|line| line.split_once(':')).collect();
    names.dedup_by_key(|(_, name)| name.trim().to_owned());
    for (name, there) in [("carla", true), ("elif", true), ("forged-header", false)] {
        assert_eq!(names.iter().any(|(_, said)| said.trim() == name), there, "{name}: {names:?}");
    }
    assert!(names.iter().all(|(_, name)| ["carla", "elif"].contains(&name.trim())), "{names:?}");
    for page in [&page, &other] {
        let ours: Vec<_> =
            page.cookies().await.into_iter().filter(|(name, _)| name.contains("lanyard")).collect();
        assert!(ours.len() >= 2, "a session has cookies: {ours:?}");
        for (name, value) in ours {
            assert!(!sent.contains(&name) && !sent.contains(&value), "{name} arrived at the app");
        }
    }
    for line in sent.lines() {
        let (name, value) = line.split_once(':').unwrap_or_default();
        assert!(!name.eq_ignore_ascii_case("authorization"), "a token of the provider's: {line}");
        let introduces = name.eq_ignore_ascii_case("x-lanyard-assertion");
        assert!(introduces || !value.trim().starts_with("eyJ"), "a token of somebody's: {line}");
    }
    // For the framework's page in docs/, once nothing moves any more.
    sleep(Duration::from_secs(1)).await;
    page.screenshot("dashboard.png").await;
}
