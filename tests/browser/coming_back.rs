//! A page from the back/forward cache: until the gateway has said whose it is, nothing of it is seen.

use js_sys::Function;
use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::{
    departures::Departures,
    frames::{frames, gateway_for},
    page::{Gateway, Held, Mounted, portal_at, settle},
    story,
};

const SESSION: &str = "GET /api/session";

/// The shell's own style, until it is dropped: the veil is half of it.
struct Style(Element);

impl Style {
    fn new() -> Self {
        let style = document().create_element("style").expect("an element");
        style.set_text_content(Some(include_str!("../../style/base.css")));
        document().head().expect("a head").append_child(&style).expect("a place");
        Self(style)
    }
}

impl Drop for Style {
    fn drop(&mut self) {
        self.0.remove();
        let _ = document().document_element().map(|root| root.class_list().remove_1("veiled"));
    }
}

fn transition(kind: &str) {
    let dispatch = Function::new_with_args(
        "kind",
        "window.dispatchEvent(new PageTransitionEvent(kind, { persisted: true }))",
    );
    dispatch.call1(&JsValue::NULL, &kind.into()).expect("an event");
}

/// Whether anything within the element can be seen.
fn is_seen(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten().expect("a style");
    style.get_property_value("visibility").expect("a value") == "visible"
}

/// Carla's figures, left and come back to, with the gateway still thinking.
async fn carla_comes_back() -> (Gateway, Mounted, Held) {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    assert!(is_seen(&frames(&page)[0]), "there is something to hide");
    transition("pagehide");
    assert!(!is_seen(&frames(&page)[0]), "hidden before it is frozen");
    let asked = gateway.count(SESSION);
    let held = gateway.hold(SESSION);
    transition("pageshow");
    settle().await;
    assert_eq!(gateway.count(SESSION), asked + 1, "the gateway is asked");
    assert!(!is_seen(&page.root) && page.all("*").iter().all(|element| !is_seen(element)));
    (gateway, page, held)
}

#[wasm_bindgen_test]
async fn the_same_person_gets_it_back() {
    let (_style, departures) = (Style::new(), Departures::watch());
    let (gateway, page, held) = carla_comes_back().await;
    held.release(200, &story::session("c"));
    settle().await;
    assert!(is_seen(&frames(&page)[0]));
    assert_eq!(departures.seen(), [""; 0]);
    assert_eq!(gateway.count("POST /api/dashboards/finance/ticket"), 1, "as it was left");
}

#[wasm_bindgen_test]
async fn nobody_sees_what_was_on_a_page_whose_session_has_ended() {
    let (_style, departures) = (Style::new(), Departures::watch());
    let (_gateway, page, held) = carla_comes_back().await;
    held.release(200, &story::nobody());
    settle().await;
    assert_eq!(departures.seen(), ["reload"]);
    assert!(frames(&page).is_empty() && !is_seen(&page.root), "until the page has begun anew");
}

#[wasm_bindgen_test]
async fn another_person_sees_nothing_of_the_first() {
    let (_style, departures) = (Style::new(), Departures::watch());
    let (_gateway, page, held) = carla_comes_back().await;
    let first = frames(&page)[0].clone();
    held.release(200, &story::session("a"));
    settle().await;
    assert_eq!(departures.seen(), ["reload"]);
    assert!(!first.is_connected() && !is_seen(&page.root), "until the page has begun anew");
}

#[wasm_bindgen_test]
async fn without_an_answer_it_stays_hidden() {
    let (_style, departures) = (Style::new(), Departures::watch());
    let (_gateway, page, held) = carla_comes_back().await;
    held.release(503, &"unavailable");
    settle().await;
    assert_eq!(departures.seen(), ["reload"]);
    assert!(!is_seen(&frames(&page)[0]));
}
