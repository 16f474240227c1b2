//! From the first moment to being signed in, and every way that can fail.

use lanyard_testbed::{StageOptions, browser::Page, person::CARLA};
use serde_json::{Value, json};

use crate::{scene::Scene, states, visitor::choose};

states! {
    "starting" is "State" by starting,
    "portal-silent" is "State" by portal_silent,
    "signing-in" is "State" by signing_in,
    "expired" is "State" by expired,
    "provider-refused" is "State" by provider_refused,
    "cookie-not-kept" is "State" by cookie_not_kept,
    "groups-over-the-limit" is "State" by groups_over_the_limit,
    "groups-malformed" is "State" by groups_malformed,
    "provider-unreachable" is "State" by provider_unreachable,
}

pub async fn scene() -> Scene {
    Scene::start("arriving", StageOptions::default().without_apps()).await
}

async fn starting(scene: &Scene) -> Page {
    let page = scene.page().await;
    page.hold("*/api/*").await;
    page.open(&scene.at("/")).await;
    page.holds_something().await;
    page
}

/// It went away between the page and the first question.
async fn portal_silent(scene: &Scene) -> Page {
    let page = starting(scene).await;
    scene.stop("lanyard");
    page.release().await;
    page.find("button", "Try again").await;
    page
}

/// At the provider's page, on the way to be signed in.
async fn at_the_provider(scene: &Scene) -> Page {
    let page = scene.stranger("/").await;
    page.find("button", "Sign in").await.click().await;
    page.at(&scene.stage.provider().origin()).await;
    page
}

async fn signing_in(scene: &Scene) -> Page {
    let page = at_the_provider(scene).await;
    page.hold("*/api/session").await;
    choose(&page, &scene.stage, CARLA).await;
    page.find("heading", "Signing you in").await;
    page
}

/// The sign-in was begun in another browser.
async fn expired(scene: &Scene) -> Page {
    let page = scene.stranger("/callback?code=of-another-browser&state=of-another-browser").await;
    page.find("heading", "That sign-in took too long").await;
    page
}

async fn provider_refused(scene: &Scene) -> Page {
    let page = at_the_provider(scene).await;
    page.find("button", "Cancel").await.click().await;
    page.shows("Harbour ID did not sign you in").await;
    page
}

async fn cookie_not_kept(scene: &Scene) -> Page {
    let page = at_the_provider(scene).await;
    page.lose_cookies_after("*/api/session").await;
    choose(&page, &scene.stage, CARLA).await;
    page.find("heading", "This browser did not keep the sign-in").await;
    page
}

async fn groups_over_the_limit(scene: &Scene) -> Page {
    groups(scene, json!({ "groups": null, "_claim_names": { "groups": "src1" } })).await
}

async fn groups_malformed(scene: &Scene) -> Page {
    groups(scene, json!({ "groups": { "Manager": true } })).await
}

/// The provider says this of somebody's groups.
async fn groups(scene: &Scene, claims: Value) -> Page {
    let page = at_the_provider(scene).await;
    scene.order(&json!({ "claims": claims })).await;
    choose(&page, &scene.stage, CARLA).await;
    page.find("heading", "Your groups could not be read").await;
    page
}

/// By a gateway that has never seen its provider.
async fn provider_unreachable(scene: &Scene) -> Page {
    scene.stage.stop("lanyard");
    scene.stop("lanyard-dev-idp");
    scene.stage.start_process("lanyard").await;
    let page = scene.stranger("/").await;
    page.find("button", "Sign in").await.click().await;
    page.find("heading", "Harbour ID does not answer").await;
    page
}
