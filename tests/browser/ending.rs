//! The end of a session: by signing out, and by the clock. In both the gateway has the last word.

use js_sys::{Array, Function};
use lanyard_contract::wire::{SessionAnswer, SignOutAnswer};
use lanyard_shell::{clock, identity::storage};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    departures::Departures,
    frames::{frames, gateway_for},
    haste::Haste,
    page::{portal_at, settle},
    story,
};

const SESSION: &str = "GET /api/session";
const SIGN_OUT: &str = "DELETE /api/session";

#[wasm_bindgen_test]
async fn everything_is_off_the_screen_before_the_gateway_hears_of_a_sign_out() {
    let departures = Departures::watch();
    let gateway = gateway_for("c");
    let held = gateway.hold(SIGN_OUT);
    let page = portal_at("/d/finance").await;
    assert!(frames(&page).len() == 1 && storage::put("lanyard.left-over", "x"));
    let left = Array::new();
    // Stands before the made-up gateway and looks at the page at the very moment of the request.
    let look = Function::new_with_args(
        "left",
        "const before = window.fetch;
         window.fetch = request => {
             if (request.method === 'DELETE') {
                 left.push(document.querySelectorAll('iframe').length, sessionStorage.length,
                     document.body.textContent.includes('Carla'));
             }
             return before(request);
         };",
    );
    look.call1(&JsValue::NULL, &left).expect("a fetch");
    page.click("button[aria-label='Sign out']");
    settle().await;
    assert_eq!(gateway.count(SIGN_OUT), 1);
    assert_eq!(left.to_vec(), [JsValue::from(0), JsValue::from(0), JsValue::FALSE]);
    assert_eq!(departures.seen(), [""; 0], "nobody leaves before the gateway has answered");
    let next = "https://id.example/logout?x=1";
    held.release(200, &SignOutAnswer { logout_url: Some(next.to_owned()) });
    settle().await;
    assert_eq!(departures.seen(), [next]);
    assert!(page.text().contains("Signing you out"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn a_sign_out_that_failed_leads_nowhere_and_says_so() {
    let departures = Departures::watch();
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    page.click("button[aria-label='Sign out']");
    settle().await;
    assert_eq!(gateway.count(SIGN_OUT), 1);
    assert!(page.text().contains("You are still signed in"), "{}", page.text());
    assert!(frames(&page).is_empty() && departures.seen().is_empty());
}

fn carla_until(expires: u64) -> SessionAnswer {
    SessionAnswer { expires: Some(expires), ..story::session("c") }
}

#[wasm_bindgen_test]
async fn at_its_end_a_session_is_asked_about_and_the_answer_decides() {
    let haste = Haste::begin();
    let gateway = gateway_for("c");
    let end = clock::now() + 40;
    gateway.answer(SESSION, 200, &carla_until(end));
    let page = portal_at("/d/finance").await;
    haste.seconds(5).await;
    let asked = gateway.count(SESSION);
    gateway.answer(SESSION, 200, &carla_until(end + 40));
    haste.seconds(20).await;
    assert_eq!(gateway.count(SESSION), asked, "not before its time");
    haste.seconds(20).await;
    assert_eq!(gateway.count(SESSION), asked + 1);
    assert_eq!(frames(&page).len(), 1, "the gateway has prolonged it: {}", page.text());
    gateway.answer(SESSION, 200, &story::nobody());
    haste.seconds(40).await;
    assert_eq!(gateway.count(SESSION), asked + 2);
    assert!(frames(&page).is_empty());
    assert!(page.text().contains("its time was up"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn without_an_answer_time_is_up() {
    let haste = Haste::begin();
    let gateway = gateway_for("c");
    gateway.answer(SESSION, 200, &carla_until(clock::now() + 20));
    let page = portal_at("/d/finance").await;
    haste.seconds(5).await;
    assert_eq!(frames(&page).len(), 1);
    gateway.silence(SESSION);
    haste.seconds(25).await;
    assert!(frames(&page).is_empty());
    assert!(page.text().contains("its time was up"), "{}", page.text());
}
