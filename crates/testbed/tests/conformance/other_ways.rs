//! Dashboards that are not a plain app behind the gateway: a page elsewhere that is framed as it is, and an app at
//! https whose certificate only its own authority vouches for.

use lanyard_testbed::{
    Stage, StageOptions,
    browser::Browser,
    framework::RealApp,
    person::{BEN, CARLA},
};

use super::{Scene, next_quarter, viewing_as};
use crate::visitor::{links, needs_the_shell, sign_in};

pub async fn framed_as_it_is() {
    needs_the_shell();
    let app = RealApp::start("webapp").await;
    let url = format!("http://elsewhere.localhost:{}/", app.port());
    let rule = "section = \"KPI\"\nroles = [\"finance\"]";
    let dashboard = format!("[dashboards.map]\ntitle = \"Map\"\nexternal = \"{url}\"\n{rule}\n");
    let options = StageOptions::default()
        .toml(&dashboard)
        .toml("[dashboards.last]\nexternal = \"http://last.localhost\"");
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start("external"));
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/map").await;
    let frame = page.frame("Map").await;
    frame.shows("Viewing as nobody").await;
    assert_eq!(frame.url().await, url, "from where it is");
    next_quarter(&page, &frame, 2).await;
    let sent = String::from_utf8_lossy(&app.tap.sent()).to_ascii_lowercase();
    for word in ["x-forwarded", "lanyard-app", "x-lanyard", "cookie: __host"] {
        assert!(!sent.contains(word), "{word} reached a page that enforces itself");
    }
    assert_eq!(page.find("link", "Map").await.attribute("aria-current").await.as_deref(), Some("page"));
    let other = browser.private_page().await;
    sign_in(&other, &stage, BEN, "/d/map").await;
    other.shows("You don't have permission to view this dashboard").await;
    assert!(!links(&other).await.contains(&"Map".to_owned()));
}

pub async fn with_its_own_authority() {
    needs_the_shell();
    let app =
        RealApp::secured("webapp", &["--ssl-keyfile", "{key}", "--ssl-certfile", "{certificate}"]).await;
    let scene = Scene::with(app, "https", "").await;
    let page = scene.browser.page().await;
    let frame = scene.viewer(&page, CARLA).await;
    next_quarter(&page, &frame, 2).await;
    scene.upload(&frame).await;
    let figures = scene.download(&page, &frame).await;
    assert!(figures.starts_with("month,revenue"), "{figures}");
    frame.shows(&viewing_as(CARLA)).await;
    let sent = scene.app.tap.sent();
    assert!(!String::from_utf8_lossy(&sent).contains("HTTP/1.1"), "nothing of it can be read on the way");
}
