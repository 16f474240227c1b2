//! What a frame says to the shell is a hint that any app can forge: it counts only from that frame's window
//! and the dashboard's origin, and even then it only makes the shell ask.

use js_sys::Function;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    frames::{frames, gateway_for},
    page::{portal_at, settle},
    story::NOWHERE,
};

const SILENT: &str = "Finance Team KPI does not answer";

fn say(what: &str, origin: &str, source: &JsValue) {
    let message = Function::new_with_args(
        "what, origin, source",
        "window.dispatchEvent(new MessageEvent('message', { data: { lanyard: what }, origin, source }))",
    );
    message.call3(&JsValue::NULL, &what.into(), &origin.into(), source).expect("a message");
}

#[wasm_bindgen_test]
async fn only_the_frame_itself_from_its_own_origin_is_heard() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    let inside: JsValue = frames(&page)[0].content_window().expect("a window").into();
    let asked = gateway.count("GET /api/session");
    say("unreachable", "http://evil.example", &inside);
    say("session", "http://evil.example", &inside);
    say("unreachable", NOWHERE, &window());
    say("session", NOWHERE, &window());
    say("something-else", NOWHERE, &inside);
    settle().await;
    assert!(!page.text().contains(SILENT), "{}", page.text());
    assert_eq!(gateway.count("GET /api/session"), asked);
    say("unreachable", NOWHERE, &inside);
    settle().await;
    assert!(page.text().contains(SILENT) && page.text().contains("Trying again in 5 s."), "{}", page.text());
    assert!(page.texts("[role=status]")[0].contains(SILENT), "it is announced");
    assert_eq!(page.texts("main button"), ["Try now"]);
}

#[wasm_bindgen_test]
async fn a_frame_that_keeps_asking_is_entered_again_three_times_a_minute() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    for _ in 0..6 {
        let inside: JsValue = frames(&page)[0].content_window().expect("a window").into();
        say("session", NOWHERE, &inside);
        settle().await;
    }
    assert_eq!(gateway.count("POST /api/dashboards/finance/ticket"), 1 + 3);
    assert!(page.text().contains(SILENT), "{}", page.text());
}
