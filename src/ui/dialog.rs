//! A modal dialog on the browser's own: it holds the focus, closes on Escape and on a press beside it, and gives
//! the focus back to where it was. An app that takes the focus out of it is let do so once. What it says is up to
//! whoever opens it.

use std::time::Duration;

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use super::{icon::Icon, words};

/// `label` is its accessible name. Children exist only while it is open.
#[component]
pub fn Dialog(
    label: &'static str,
    class: &'static str,
    open: Signal<bool>,
    closed: UnsyncCallback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let place = NodeRef::<html::Dialog>::new();
    let taken = StoredValue::new(false);
    Effect::new(move |_| {
        let (open_now, Some(dialog)) = (open.get(), place.get()) else { return };
        taken.set_value(false);
        if !open_now {
            return dialog.close();
        }
        // Not before its content is there, among which it looks for what to focus.
        request_animation_frame(move || {
            if open.try_get_untracked() == Some(true) && !dialog.open() {
                let _ = dialog.show_modal();
            }
        });
    });
    // A frame may take the focus without being asked, even from here, and would read what is typed: it is taken back,
    // as a page that is just loading may do so by accident, and the second time the dialog is no longer in its way.
    let take_back = move || {
        let (Some(true), Some(dialog)) = (open.try_get_untracked(), place.get_untracked()) else { return };
        if document().active_element().is_none_or(|focused| focused.tag_name() != "IFRAME") {
            return;
        }
        let first = ["input", "button"].iter().find_map(|kind| dialog.query_selector(kind).ok().flatten());
        match first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
            Some(first) if !taken.get_value() => drop(first.focus()),
            _ => closed.run(()),
        }
        taken.set_value(true);
    };
    // The page does not know yet at that moment where the focus has gone.
    let lost = window_event_listener(ev::blur, move |_| set_timeout(take_back, Duration::ZERO));
    on_cleanup(move || lost.remove());
    let press = move |event: ev::MouseEvent| {
        let on = event.target().and_then(|target| target.dyn_into::<HtmlDialogElement>().ok());
        if on.is_some() {
            closed.run(());
        }
    };
    let classes = ["dialog ", class].concat();
    view! {
        <dialog class=classes aria-label=label node_ref=place on:click=press on:close=move |_| closed.run(())>
            {move || open.get().then(|| view! { <div class="inside">{children()}</div> })}
        </dialog>
    }
}

/// The way out that can be seen.
#[component]
pub fn Close(close: UnsyncCallback<()>) -> impl IntoView {
    view! {
        <button type="button" class="tool" aria-label=words::CLOSE title=words::CLOSE on:click=move |_| close.run(())>
            <Icon name="#x"/>
        </button>
    }
}

/// Whether one is open anywhere.
pub fn any_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}
