//! A provider that does not answer: the page keeps trying, and nobody at it is disturbed.

use lanyard_contract::wire::{Problem, ProblemCode};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::{
    haste::Haste,
    keyboard::{focus, focused},
    page::{Gateway, portal_at},
    pulse::until,
    story,
};

const BEGIN: &str = "POST /api/sign-in";
const AWAY: &str = "Harbour ID does not answer";

#[wasm_bindgen_test]
async fn the_button_keeps_its_focus_while_the_provider_is_tried_again() {
    let gateway = Gateway::with_session(&story::nobody());
    let refuse = |reference: &str| {
        let code = ProblemCode::ProviderUnreachable;
        gateway.answer(BEGIN, 503, &Problem { code, message: "m".into(), reference: reference.into() });
    };
    refuse("ref-1");
    let page = portal_at("/d/finance").await;
    let haste = Haste::begin();
    page.all("main .state button")[0].unchecked_ref::<HtmlElement>().click();
    until("away", &page, || page.text().contains(AWAY)).await;
    let button = page.all(".state button").remove(0);
    focus(&button);
    for (tries, reference) in [(2, "ref-2"), (3, "ref-3")] {
        refuse(reference);
        until("tried again", &page, || gateway.count(BEGIN) >= tries).await;
        haste.seconds(2).await;
        assert!(focused() == button && page.text().contains(AWAY), "try {tries}: {}", page.text());
    }
    assert!(page.text().contains("ref-1"), "{}", page.text());
    let held = gateway.hold(BEGIN);
    let tried = gateway.count(BEGIN);
    (0..3).for_each(|_| page.click(".state button"));
    haste.seconds(20).await;
    assert_eq!(gateway.count(BEGIN), tried + 1, "one try at a time");
    assert!(focused() == button, "{}", page.text());
    drop(held);
}
