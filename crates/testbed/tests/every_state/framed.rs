//! A dashboard on the screen, of every kind, and everything that can be wrong with it.

use std::sync::Arc;

use lanyard_testbed::{
    Recorder, StageOptions,
    browser::Page,
    never_log::NeverLog,
    person::{ADA, CARLA},
    ports,
};

use crate::{scene::Scene, states};

states! {
    "dashboard" is "Dashboard" by of_the_finance_team,
    "dashboard-public" is "Dashboard" by public,
    "dashboard-external" is "Dashboard" by external,
    "dashboard-waiting" is "Dashboard" by waiting,
    "dashboard-reconnecting" is "Dashboard" by reconnecting,
    "dashboard-disconnected" is "Dashboard" by disconnected,
    "app-unreachable" is "Dashboard" by unreachable,
    "window-underway" is "Window of its own" by window_underway,
}

const FINANCE: &str = "Finance Team KPI";

/// The head of a page whose body does not come.
const BEGUN: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n<!doctype html>";

pub async fn scene() -> Scene {
    let port = ports::block();
    let external = format!(
        "[dashboards.map]\ntitle = \"Map of the port\"\nsection = \"Elsewhere\"\nroles = [\"manager\", \"finance\"]\n\
         external = \"http://elsewhere.localhost:{port}/\"\n"
    );
    let options = StageOptions::default().toml(&external).upstream("slow");
    let mut scene = Scene::start("framed", options).await;
    scene.elsewhere.push(Recorder::start(port, true, Arc::<NeverLog>::default()).await);
    scene.stage.recorder("slow").script("/", BEGUN);
    scene
}

async fn of_the_finance_team(scene: &Scene) -> Page {
    let page = scene.visitor(CARLA, "/d/finance").await;
    live(&page).await;
    page
}

async fn live(page: &Page) {
    let frame = page.frame(FINANCE).await;
    frame.shows(&format!("Viewing as {CARLA}")).await;
    frame.holds("its socket is open", "document.getElementById('state').dataset.state === 'live'").await;
}

async fn public(scene: &Scene) -> Page {
    let page = scene.stranger("/d/status").await;
    page.frame("Service status").await.shows("Harbour API").await;
    page
}

async fn external(scene: &Scene) -> Page {
    let page = scene.visitor(CARLA, "/d/map").await;
    page.frame("Map of the port").await.shows("the recorder's page").await;
    page
}

async fn waiting(scene: &Scene) -> Page {
    let page = scene.visitor(ADA, "/d/slow").await;
    page.shows("Waiting for Recorder slow").await;
    page
}

/// Its WebSocket is cut, and the app's page does not ask for another.
async fn cut(scene: &Scene) -> Page {
    let page = of_the_finance_team(scene).await;
    page.frame(FINANCE).await.eval("window.setTimeout = () => 0").await;
    scene.stage.stop("finance");
    scene.stage.start_process("finance").await;
    page
}

/// The gateway has said so once, and its next answer takes long.
async fn reconnecting(scene: &Scene) -> Page {
    let page = cut(scene).await;
    page.shows("Reconnecting…").await;
    page.hold("*/api/dashboards/finance/state").await;
    page
}

async fn disconnected(scene: &Scene) -> Page {
    let page = cut(scene).await;
    page.shows("Disconnected").await;
    page
}

async fn unreachable(scene: &Scene) -> Page {
    scene.stop("finance");
    let page = scene.visitor(CARLA, "/d/finance").await;
    page.find("heading", &format!("{FINANCE} does not answer")).await;
    page
}

async fn window_underway(scene: &Scene) -> Page {
    let page = scene.visitor(CARLA, "/").await;
    page.find("link", FINANCE).await;
    page.hold("*/ticket").await;
    page.open(&scene.at("/d/finance?window")).await;
    page.holds_something().await;
    page.find("heading", &format!("Opening {FINANCE}")).await;
    page
}
