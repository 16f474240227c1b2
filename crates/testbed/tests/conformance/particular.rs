//! What one framework has and the others do not.

use lanyard_testbed::person::CARLA;

use super::{Scene, next_quarter};

/// Streamlit frames its custom components itself, at the dashboard's own origin.
pub async fn a_component_in_a_frame_of_its_own_tells_the_app(id: &'static str) {
    let scene = Scene::start(id, "component", "").await;
    let page = scene.browser.page().await;
    let frame = scene.viewer(&page, CARLA).await;
    let button = "document.querySelector('iframe').contentDocument.querySelector('button')";
    let button = frame.element("the component's button", button).await;
    assert_eq!(button.text().await.trim(), "Mark as checked");
    button.press().await;
    frame.shows("Checked by carla").await;
}

/// `confirm()` is silently false in a frame that may not open dialogs.
pub async fn a_confirmation_is_asked_for(id: &'static str) {
    let scene = Scene::start(id, "confirm", "").await;
    let page = scene.browser.page().await;
    let frame = scene.viewer(&page, CARLA).await;
    next_quarter(&page, &frame, 2).await;
    frame.find("button", "Reset").await.press_and_confirm("Go back to quarter 1?").await;
    frame.shows("Quarter 1: revenue").await;
}
