//! Home for somebody who sees forty dashboards in seven sections, and the dashboard in their midst: nothing is cut,
//! and everything can be scrolled to.

use std::fmt::Write as _;

use lanyard_testbed::{StageOptions, browser::Page, person::ADA};

use crate::{scene::Scene, states};

states! {
    "home-crowded" is "Home" by crowded,
    "dashboard-crowded" is "Dashboard" by among_many,
}

const SECTIONS: [&str; 7] =
    ["Berths", "Cargo", "Energy and emissions", "Finance", "Pilots", "Safety", "Weather"];
const DASHBOARDS: usize = 40;

const IN_VIEW: &str = "(() => {
    const list = document.querySelector('.rail nav');
    const [row, room] = [list.querySelector('[aria-current]'), list].map(one => one.getBoundingClientRect());
    return room.top <= row.top && row.bottom <= room.bottom;
})()";

pub async fn scene() -> Scene {
    let mut toml = String::new();
    for nth in 0..DASHBOARDS {
        let section = SECTIONS[nth % SECTIONS.len()];
        let _ = write!(
            toml,
            "[dashboards.many-{nth}]\ntitle = \"{section} {nth}\"\nsection = \"{section}\"\n\
             description = \"The figures of {section}, part {nth}.\"\napp = \"http://127.0.0.1:9\"\nroles = [\"manager\"]\n"
        );
    }
    Scene::start("crowd", StageOptions::default().without_apps().toml(&toml)).await
}

async fn crowded(scene: &Scene) -> Page {
    let page = scene.visitor(ADA, "/").await;
    page.find("link", "Weather 34").await;
    page
}

async fn among_many(scene: &Scene) -> Page {
    let page = scene.visitor(ADA, "/d/many-34").await;
    page.find("heading", "Weather 34 does not answer").await;
    page.holds("the current row is in view", IN_VIEW).await;
    // On a larger screen the list ends earlier, which takes the row along.
    page.screen(1280, 900, 1).await;
    page.settles().await;
    page.screen(1280, 800, 1).await;
    page.holds("the current row is still in view", IN_VIEW).await;
    page
}
