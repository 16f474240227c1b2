//! Full screen: rail and bar go, and come back by Esc, by the button, or with the dashboard.

use leptos::prelude::document;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    frames::gateway_for,
    page::{portal_at, settle},
    pulse::{run, until},
};

fn bare() -> bool {
    document().document_element().expect("a root").class_list().contains("bare")
}

const ESCAPE: &str = "window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))";

#[wasm_bindgen_test]
async fn escape_and_the_way_back_lead_out_of_full_screen() {
    let _gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    assert!(!bare() && page.all(".way-back").is_empty());
    page.click("button[aria-label='Full screen']");
    settle().await;
    assert!(bare());
    let focus = document().active_element().expect("a focus");
    assert_eq!(focus.tag_name(), "IFRAME", "keys go to the dashboard");
    run(ESCAPE);
    settle().await;
    assert!(!bare() && page.all(".way-back").is_empty());
    let focus = document().active_element().and_then(|focus| focus.get_attribute("aria-label"));
    assert_eq!(focus.as_deref(), Some("Full screen"), "where it was");
    page.click("button[aria-label='Full screen']");
    settle().await;
    page.click("button[aria-label='Leave full screen']");
    settle().await;
    assert!(!bare());
}

#[wasm_bindgen_test]
async fn it_ends_with_the_dashboard() {
    let _gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    page.click("button[aria-label='Full screen']");
    settle().await;
    page.click("nav a[href='/d/status']");
    settle().await;
    assert!(bare(), "another dashboard is shown the same way");
    page.click("a[href='/']");
    until("left with the dashboard", &page, || !bare()).await;
    page.click("nav a[href='/d/finance']");
    settle().await;
    page.click("button[aria-label='Full screen']");
    settle().await;
    drop(page);
    assert!(!bare());
}
