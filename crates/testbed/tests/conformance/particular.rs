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

/// Shiny tells the server where an upload lies by way of the browser, which can say anything.
pub async fn an_upload_that_the_browser_made_up_is_not_opened(id: &'static str) {
    let scene = Scene::start(id, "made-up", "").await;
    let page = scene.browser.page().await;
    let frame = scene.viewer(&page, CARLA).await;
    scene.upload(&frame).await;
    let others = scene.app.file("of-somebody-else.csv", "month,target\n2025-01,777\n2025-02,888\n");
    let made_up =
        serde_json::json!([{ "name": "made-up", "size": 1, "type": "text/csv", "datapath": others }]);
    frame.eval(&format!("Shiny.setInputValue('targets', {made_up}); 0")).await;
    page.until("a refusal", async || (!frame.text().await.contains("3 targets from")).then_some(())).await;
    frame.find("button", "Next quarter").await.press().await;
    frame.shows("Quarter 2: revenue").await;
    let text = frame.text().await;
    assert!(!text.contains("2 targets from made-up"), "{text}");
}
