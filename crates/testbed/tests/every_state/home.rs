//! Home, and what stands in its place: for people with many rights, with none, and for nobody. One of the apps is
//! stopped, and one title and description are longer than any card.

use lanyard_testbed::{
    StageOptions,
    browser::Page,
    person::{ADA, CARLA, DOV},
};

use crate::{scene::Scene, states};

states! {
    "home" is "Home" by of_a_manager,
    "home-of-nobody" is "Home" by of_nobody,
    "nothing-open" is "Home" by nothing_open,
    "sheet" is "Navigation" by sheet,
    "forbidden" is "State" by forbidden,
    "sign-in-for-a-dashboard" is "State" by sign_in_first,
}

const LONG: &str = r#"
[dashboards.voyages]
title = "Voyages, berths and demurrage of all chartered vessels since 2019, by quarter"
description = "What the charter desk looks at on Monday mornings: arrivals against plan, waiting time at the pilot station, demurrage claimed and paid, and what is still open."
section = "Operations"
app = "http://127.0.0.1:9"
roles = ["manager"]

[dashboards.tugs]
title = "Tugs"
description = "Who pulls whom."
section = "Operations"
app = "http://127.0.0.1:9"
roles = ["manager"]
"#;

pub async fn scene() -> Scene {
    let scene = Scene::start("home", StageOptions::default().toml(LONG)).await;
    scene.stage.stop("forecast");
    scene
}

async fn of_a_manager(scene: &Scene) -> Page {
    let page = scene.visitor(ADA, "/").await;
    page.shows("Who pulls whom.").await;
    page
}

async fn of_nobody(scene: &Scene) -> Page {
    let page = scene.stranger("/").await;
    page.find("heading", "Sign in to Harbour analytics").await;
    page
}

async fn nothing_open(scene: &Scene) -> Page {
    let page = scene.visitor(DOV, "/").await;
    page.find("heading", "No dashboard is open to you yet").await;
    page
}

/// On a phone, opened by its button; a wide screen shows the same rail as ever.
async fn sheet(scene: &Scene) -> Page {
    let page = scene.visitor(ADA, "/").await;
    page.screen(390, 844, 1).await;
    // The rail slides out of the way, which it lies upon until then.
    page.settles().await;
    page.find("button", "Navigation").await.click().await;
    page.holds("an open sheet", "document.querySelector('.opener').ariaExpanded === 'true'").await;
    page.settles().await;
    page
}

async fn forbidden(scene: &Scene) -> Page {
    let page = scene.visitor(CARLA, "/d/data-science").await;
    page.find("heading", "You don't have permission to view this dashboard").await;
    page
}

async fn sign_in_first(scene: &Scene) -> Page {
    let page = scene.stranger("/d/finance").await;
    page.find("button", "Sign in").await;
    page
}
