//! The app is not there yet, dies under an open frame, answers 500, or takes its time: the viewer is told, and the
//! frame comes up by itself once the app does. What the gateway asks meanwhile makes no session.

use std::time::Duration;

use lanyard_testbed::{browser::Page, framework::RealApp, person::CARLA, tap::Behaviour};
use tokio::time::sleep;

use super::{Scene, viewing_as};
use crate::visitor::sign_in;

/// How often the shell asks, twice, and then some.
const NOTICED: Duration = Duration::from_secs(7);

const FAILURE: &[u8] =
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfails";

pub async fn is_said_and_passes(id: &'static str) {
    let app = RealApp::prepare(id).await;
    app.tap.close().await;
    let scene = Scene::with(app, "trouble", "").await;
    let page = scene.browser.page().await;
    sign_in(&page, &scene.stage, CARLA, &format!("/d/{id}")).await;
    does_not_answer(&scene, &page).await;
    scene.app.tap.open_again().await;
    scene.app.run(&[]).await;
    comes_up(&scene, &page).await;

    let (before, sockets) = (scene.app.tap.requests().len(), scene.handshakes());
    sleep(NOTICED).await;
    let asked = scene.app.tap.requests().split_off(before);
    let health = format!("GET {}", scene.app.facts.health);
    // What a WebSocket or a body carries may stand before it, without the end of a line.
    assert!(asked.iter().any(|one| one.ends_with(&health)), "somebody looks: {asked:?}");
    assert_eq!(scene.handshakes(), sockets, "and no session is made for it");
    // Bokeh and Panel make one for each page.
    assert!(!asked.iter().any(|one| one.ends_with("GET /app")), "{asked:?}");

    scene.app.stop().await;
    sleep(NOTICED).await;
    does_not_answer(&scene, &page).await;
    scene.app.tap.open_again().await;
    scene.app.run(&[]).await;
    comes_up(&scene, &page).await;

    scene.app.tap.behave(Behaviour::Answer(FAILURE));
    page.find("button", "Reload").await.click().await;
    does_not_answer(&scene, &page).await;
    scene.app.tap.behave(Behaviour::Relay);
    comes_up(&scene, &page).await;

    scene.app.tap.behave(Behaviour::Late(Duration::from_secs(5)));
    page.find("button", "Reload").await.click().await;
    page.shows(&format!("Waiting for {}", scene.app.title())).await;
    scene.app.tap.behave(Behaviour::Relay);
    comes_up(&scene, &page).await;
}

async fn does_not_answer(scene: &Scene, page: &Page) {
    page.find("heading", &format!("{} does not answer", scene.app.title())).await;
    page.find("button", "Try now").await;
}

async fn comes_up(scene: &Scene, page: &Page) {
    // Tried again every five seconds.
    sleep(Duration::from_secs(3)).await;
    page.gone("heading", &format!("{} does not answer", scene.app.title())).await;
    page.frame(&scene.app.title()).await.shows(&viewing_as(CARLA)).await;
}
