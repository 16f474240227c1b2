//! The frame as an element: what it may do, and how it is hidden. Where it goes is the stage's matter.

use lanyard_contract::wire::Dashboard;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlIFrameElement;

/// What a framed app may do. `allow-same-origin` is its own origin, which is never the portal's, and nothing
/// here ever lets it navigate the top window.
const SANDBOX: [&str; 7] = [
    "allow-scripts",
    "allow-same-origin",
    "allow-forms",
    "allow-downloads",
    "allow-modals",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
];
const ALLOW: &str = "fullscreen; clipboard-write";

/// Hides an element without taking its size (see layout.css).
const AWAY: &str = "away";

/// An empty frame for one entry. `name` has never been used before.
pub fn fresh(dashboard: &Dashboard, name: &str) -> Result<HtmlIFrameElement, JsValue> {
    let element: HtmlIFrameElement = document().create_element("iframe")?.unchecked_into();
    element.set_attribute("sandbox", &SANDBOX.join(" "))?;
    element.set_attribute("allow", ALLOW)?;
    element.set_name(name);
    element.set_title(&dashboard.title);
    Ok(element)
}

/// Whoever was typing in it does not go on unseen.
pub fn set_away(element: &HtmlIFrameElement, away: bool) {
    if away && !is_away(element) {
        let _ = element.blur();
    }
    let _ = element.toggle_attribute_with_force("inert", away);
    let _ = element.class_list().toggle_with_force(AWAY, away);
}

pub fn is_away(element: &HtmlIFrameElement) -> bool {
    element.class_list().contains(AWAY)
}
