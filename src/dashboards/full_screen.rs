//! Full screen: nothing but the dashboard. Hides rail and bar in any browser, and takes the whole screen where the
//! browser lets it. Esc leads back: the browser's own, from wherever the focus is, or ours.

use js_sys::{Function, Promise, Reflect};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

use crate::ui::{icon::Icon, words};

/// On the document's root (see pages.css).
const BARE: &str = "bare";

/// As a context.
#[derive(Clone, Copy)]
pub struct FullScreen(RwSignal<bool>);

impl FullScreen {
    /// For as long as the calling owner lives.
    pub fn begin() -> Self {
        let full = Self(RwSignal::new(false));
        Effect::new(move |_| set_bare(full.0.get()));
        let keys = window_event_listener(ev::keydown, move |event| {
            let taken = event.default_prevented() || found("dialog[open]").is_some();
            if event.key() == "Escape" && !taken {
                full.leave();
            }
        });
        let changed = window_event_listener_untyped("fullscreenchange", move |_| {
            if document().fullscreen_element().is_none() {
                full.leave();
            }
        });
        on_cleanup(move || {
            keys.remove();
            changed.remove();
            set_bare(false);
        });
        full
    }

    pub fn enter(self) {
        self.0.set(true);
        if let Some(root) = document().document_element() {
            ask(&root, "requestFullscreen");
        }
        focus(".stage iframe:not([inert])");
    }

    pub fn leave(self) {
        if !self.0.get_untracked() {
            return;
        }
        self.0.set(false);
        if document().fullscreen_element().is_some() {
            ask(&document(), "exitFullscreen");
        }
        request_animation_frame(|| focus(".full-screen"));
    }
}

/// The way back for whoever has no Esc: see pages.css for when it can be seen.
#[component]
pub fn WayBack() -> impl IntoView {
    let full = expect_context::<FullScreen>();
    move || {
        full.0.get().then(|| {
            view! {
                <button type="button" class="tool way-back" aria-label=words::LEAVE_FULL_SCREEN
                    title=words::LEAVE_FULL_SCREEN on:click=move |_| full.leave()>
                    <Icon name="#minimize"/>
                </button>
            }
        })
    }
}

fn set_bare(bare: bool) {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().toggle_with_force(BARE, bare);
    }
}

/// A browser without the method, or one that refuses, leaves the page as it is.
fn ask(target: &JsValue, method: &str) {
    let method = Reflect::get(target, &method.into()).ok().and_then(|m| m.dyn_into::<Function>().ok());
    let asked = method.and_then(|method| method.call0(target).ok());
    if let Some(promise) = asked.and_then(|asked| asked.dyn_into::<Promise>().ok()) {
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

fn focus(selector: &str) {
    if let Some(element) = found(selector) {
        let _ = element.focus();
    }
}

fn found(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}
