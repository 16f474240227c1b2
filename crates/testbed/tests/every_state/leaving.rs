//! How a session ends: on purpose, in another window, because its time is up, or not at all because the portal
//! does not hear of it.

use lanyard_testbed::{StageOptions, browser::Page, person::CARLA};

use crate::{scene::Scene, states, visitor::sign_in};

states! {
    "signed-out" is "State" by signed_out,
    "signing-out" is "State" by signing_out,
    "still-signed-in" is "State" by still_signed_in,
    "over-in-another-window" is "State" by over_in_another_window,
    "over-after-its-time" is "State" by over_after_its_time,
}

/// Long enough for everything else here.
const ABSOLUTE: &str = "[session]\nabsolute = \"15s\"";

pub async fn scene() -> Scene {
    Scene::start("leaving", StageOptions::default().toml(ABSOLUTE)).await
}

async fn at_the_door(scene: &Scene) -> Page {
    let page = scene.visitor(CARLA, "/").await;
    page.find("button", "Sign out").await;
    page
}

async fn signed_out(scene: &Scene) -> Page {
    let page = at_the_door(scene).await;
    page.find("button", "Sign out").await.click().await;
    page.shows("You are signed out").await;
    page
}

async fn signing_out(scene: &Scene) -> Page {
    let page = at_the_door(scene).await;
    page.hold("*/api/session").await;
    page.find("button", "Sign out").await.click().await;
    page.find("heading", "Signing you out").await;
    page
}

async fn still_signed_in(scene: &Scene) -> Page {
    let page = at_the_door(scene).await;
    scene.stop("lanyard");
    page.find("button", "Sign out").await.click().await;
    page.find("heading", "You are still signed in").await;
    page
}

async fn over_in_another_window(scene: &Scene) -> Page {
    // Two windows of one browser.
    let (page, other) = (scene.browser.page().await, scene.browser.page().await);
    page.watch_shifts().await;
    page.has_the_keyboard().await;
    page.screen(1280, 800, 1).await;
    sign_in(&page, &scene.stage, CARLA, "/d/finance").await;
    page.find("button", "Sign out").await;
    other.open(&scene.at("/")).await;
    other.find("button", "Sign out").await.click().await;
    page.shows("(in another window)").await;
    other.close().await;
    page
}

async fn over_after_its_time(scene: &Scene) -> Page {
    let page = scene.visitor(CARLA, "/d/finance").await;
    page.shows("(its time was up)").await;
    page
}
