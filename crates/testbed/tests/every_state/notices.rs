//! What floats over a page that stays: no network, a portal that does not answer, a new version. And the page with
//! nothing around it.

use lanyard_testbed::{
    StageOptions,
    browser::Page,
    person::{ADA, CARLA},
};

use crate::{scene::Scene, states};

states! {
    "offline" is "Notice" by offline,
    "offline-at-a-dashboard" is "Notice" by offline_at_a_dashboard,
    "portal-away" is "Notice" by portal_away,
    "full-screen" is "Dashboard" by full_screen,
    "new-version" is "Notice" by new_version,
}

pub async fn scene() -> Scene {
    Scene::start("notices", StageOptions::default().own_shell()).await
}

async fn at_a_dashboard(scene: &Scene) -> Page {
    let page = scene.visitor(CARLA, "/d/finance").await;
    page.frame("Finance Team KPI").await.shows("Viewing as").await;
    page
}

async fn offline(scene: &Scene) -> Page {
    let page = scene.visitor(ADA, "/").await;
    page.find("link", "Finance Team KPI").await;
    page.network(false).await;
    page.shows("You are offline").await;
    page
}

async fn offline_at_a_dashboard(scene: &Scene) -> Page {
    let page = at_a_dashboard(scene).await;
    page.network(false).await;
    page.shows("You are offline").await;
    page
}

async fn portal_away(scene: &Scene) -> Page {
    let page = at_a_dashboard(scene).await;
    scene.stop("lanyard");
    page.shows("Harbour analytics does not answer").await;
    page
}

async fn full_screen(scene: &Scene) -> Page {
    let page = at_a_dashboard(scene).await;
    page.find("button", "Full screen").await.click().await;
    page.gone("button", "Reload").await;
    page.holds(
        "the way back has withdrawn to the edge",
        "document.querySelector('.way-back').getBoundingClientRect().bottom < 10",
    )
    .await;
    page
}

/// Its sessions are gone with the gateway, so it is nobody's page.
async fn new_version(scene: &Scene) -> Page {
    let page = scene.stranger("/d/status").await;
    page.frame("Service status").await.shows("Harbour API").await;
    scene.stage.update_the_shell().await;
    page.shows("A new version is ready").await;
    page
}
