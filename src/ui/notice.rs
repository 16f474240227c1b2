//! A notice: a sentence that floats over the bottom of the page while it is true, and moves nothing. It gets out
//! of the way of whatever has the focus.

use js_sys::{Function, Reflect};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{icon::Icon, words::Words};

/// What can have the focus without being covered by a notice in any way that matters.
const LARGE: &str = "iframe, body, main";

/// The place of the notice: always there, so that a screen reader hears what comes into it. `up` tells whether
/// there is one.
#[component]
pub fn Notices(up: Signal<bool>, children: Children) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let above = RwSignal::new(false);
    let give_way = move || {
        // The next frame of the display may find the page gone.
        let Some(place) = place.try_get_untracked().flatten() else { return };
        let focus = document()
            .active_element()
            .filter(|focus| !place.contains(Some(focus)) && !focus.matches(LARGE).unwrap_or(true));
        if let Some(focus) = focus {
            let lowest = window().inner_height().ok().and_then(|height| height.as_f64());
            // The notice keeps a distance from the window's edge, and the focus ring one from its element.
            let notice = f64::from(place.offset_height()) + 24.0;
            above
                .try_set(bottom(&focus).zip(lowest).is_some_and(|(bottom, lowest)| bottom > lowest - notice));
        }
    };
    Effect::new(move |_| {
        if up.get() {
            request_animation_frame(give_way);
        }
    });
    let moved = window_event_listener_untyped("focusin", move |_| give_way());
    on_cleanup(move || moved.remove());
    view! { <div class="notices" class:above=above role="status" node_ref=place>{children()}</div> }
}

/// Where an element ends, in pixels from the top of the window.
fn bottom(element: &Element) -> Option<f64> {
    let measure = Reflect::get(element, &"getBoundingClientRect".into()).ok()?.dyn_into::<Function>().ok()?;
    Reflect::get(&measure.call0(element).ok()?, &"bottom".into()).ok()?.as_f64()
}

#[component]
pub fn Notice(
    icon: &'static str,
    words: Words,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let sentence = (!words.sentence.is_empty()).then(|| view! { <p class="quiet">{words.sentence}</p> });
    let actions = children.map(|children| view! { <div class="notice-actions">{children()}</div> });
    view! {
        <div class="notice">
            <Icon name=icon/>
            <div class="notice-words"><p class="notice-title">{words.title}</p>{sentence}</div>
            {actions}
        </div>
    }
}
