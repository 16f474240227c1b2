//! The rail as a sheet: while it is open nothing behind it can be reached, and there is a way out that can be seen.

use leptos::prelude::document;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::{
    frames::gateway_for,
    keyboard::{focus, focused, press},
    page::{Mounted, portal_at, settle},
};

const CLOSE: &str = ".rail button[aria-label=Close]";

fn takes_the_focus(element: &Element) -> bool {
    focus(element);
    document().active_element().as_ref() == Some(element)
}

fn behind(page: &Mounted) -> Vec<Element> {
    page.all(".skip, .opener, .bar .tools button, .bar .tools a, main")
}

#[wasm_bindgen_test]
async fn only_the_sheet_can_be_reached_while_it_is_open_and_gives_the_focus_back() {
    let _gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    assert_eq!(behind(&page).len(), 6);
    assert!(behind(&page).iter().all(takes_the_focus));
    for escape in [false, true] {
        page.click(".opener");
        settle().await;
        assert!(focused().closest(".rail").expect("a selector").is_some(), "{}", focused().outer_html());
        for element in behind(&page) {
            assert!(!takes_the_focus(&element), "{}", element.outer_html());
        }
        assert!(takes_the_focus(&page.all(CLOSE)[0]));
        if escape {
            press("Escape");
        } else {
            page.click(CLOSE);
        }
        assert_eq!(focused(), page.all(".opener")[0]);
        settle().await;
        assert!(behind(&page).iter().all(takes_the_focus));
    }
}
