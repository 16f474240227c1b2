//! What floats over a page or folds away: the palette, the list of keys, the other sessions, the rail as icons.

use lanyard_testbed::{
    Person, StageOptions,
    browser::Page,
    person::{ADA, CARLA},
};

use crate::{scene::Scene, states};

states! {
    "palette" is "Over the page" by palette,
    "palette-found" is "Over the page" by palette_found,
    "palette-without-a-result" is "Over the page" by palette_without_a_result,
    "keys" is "Over the page" by keys,
    "sessions" is "Over the page" by sessions,
    "rail-folded" is "Navigation" by rail_folded,
    "section-closed" is "Navigation" by section_closed,
}

pub async fn scene() -> Scene {
    Scene::start("tools", StageOptions::default()).await
}

async fn at_a_dashboard(scene: &Scene, name: &'static str) -> Page {
    let page = scene.visitor(name, "/d/finance").await;
    page.frame("Finance Team KPI").await.shows("Viewing as").await;
    page
}

async fn palette(scene: &Scene) -> Page {
    let page = at_a_dashboard(scene, ADA).await;
    page.press("Control+k").await;
    page.find("combobox", "Search dashboards").await;
    page
}

async fn palette_found(scene: &Scene) -> Page {
    let page = palette(scene).await;
    page.types("fi").await;
    page.find("option", "Finance forecast KPI").await;
    page
}

async fn palette_without_a_result(scene: &Scene) -> Page {
    let page = palette(scene).await;
    page.types("zzz").await;
    page.shows("Nothing here has that name.").await;
    page
}

async fn keys(scene: &Scene) -> Page {
    let page = at_a_dashboard(scene, ADA).await;
    page.press("?").await;
    page.find("heading", "Keys").await;
    page
}

/// Of somebody who is signed in elsewhere as well, with a program that does not say its name.
async fn sessions(scene: &Scene) -> Page {
    Person::sign_in(&scene.stage, CARLA).await;
    let page = at_a_dashboard(scene, CARLA).await;
    page.find("button", "Where you are signed in").await.click().await;
    page.shows("This browser").await;
    page
}

async fn rail_folded(scene: &Scene) -> Page {
    let page = at_a_dashboard(scene, ADA).await;
    page.press("[").await;
    page.find("button", "Expand the navigation").await;
    page
}

/// The one with the page that is open: that page stays.
async fn section_closed(scene: &Scene) -> Page {
    let page = at_a_dashboard(scene, ADA).await;
    page.find("button", "KPI").await.click().await;
    page.gone("link", "Finance forecast").await;
    page
}
