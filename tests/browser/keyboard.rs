//! Presses keys the way a browser tells of them.

use js_sys::Function;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// What is held beside a key: the names of `KeyboardEventInit`'s fields, with commas between.
pub fn press_with(key: &str, held: &str) -> bool {
    let on = document().active_element().map_or_else(|| window().into(), JsValue::from);
    let dispatch = Function::new_with_args(
        "on, key, held",
        "const init = { key, bubbles: true, cancelable: true };
         for (const name of held.split(',').filter(Boolean)) init[name] = true;
         return !on.dispatchEvent(new KeyboardEvent('keydown', init));",
    );
    let taken = dispatch.call3(&JsValue::NULL, &on, &key.into(), &held.into()).expect("an event");
    taken.is_truthy()
}

/// Whether somebody took the key.
pub fn press(key: &str) -> bool {
    press_with(key, "")
}

/// The main modifier of a keyboard without ⌘, which is what tests run on.
pub fn press_control(key: &str) -> bool {
    press_with(key, "ctrlKey")
}

pub fn write(field: &Element, text: &str) {
    let write = Function::new_with_args(
        "field, text",
        "field.value = text; field.dispatchEvent(new InputEvent('input', { bubbles: true }));",
    );
    write.call2(&JsValue::NULL, field, &text.into()).expect("an event");
}

pub fn focused() -> Element {
    document().active_element().expect("something has the focus")
}

pub fn focus(element: &Element) {
    element.unchecked_ref::<HtmlElement>().focus().expect("a focus");
}
