//! The colours of the page: the theme that a person chose, written on the document, and the portal's own
//! accent. Everything else follows from tokens.css.

use lanyard_contract::wire::Accent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    config::Portal,
    memory::{Memory, Theme},
    ui::{announce::Announcer, icon::Icon, words},
};

const ATTRIBUTE: &str = "data-theme";

/// Keeps the document in its colours, for as long as the calling owner lives.
pub fn begin(portal: Portal, memory: Memory) {
    let theme = Memo::new(move |_| memory.theme());
    Effect::new(move |_| {
        let name = theme.get().name();
        let Some(root) = document().document_element() else { return };
        let _ = match name {
            Some(name) => root.set_attribute(ATTRIBUTE, name),
            None => root.remove_attribute(ATTRIBUTE),
        };
    });
    Effect::new(move |_| {
        if portal.loaded()
            && let Some(accent) = portal.settings().and_then(|settings| settings.accent)
        {
            paint(&accent);
        }
    });
}

fn paint(Accent { light, dark }: &Accent) {
    let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
    let Some(style) = root.map(|root| root.style()) else { return };
    for (token, light, dark) in
        [("--accent", &light.accent, &dark.accent), ("--accent-text", &light.text, &dark.text)]
    {
        let _ = style.set_property(token, &["light-dark(", light, ", ", dark, ")"].concat());
    }
}

/// Goes on to the next theme, and says which it is now.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let memory = expect_context::<Memory>();
    let announcer = expect_context::<Announcer>();
    let name = move || words::theme(memory.theme().name());
    let press = move |_| {
        untrack(|| {
            memory.set_theme(memory.theme().next());
            announcer.say(name());
        });
    };
    let icon = move || match memory.theme() {
        Theme::System => "#monitor",
        Theme::Light => "#sun",
        Theme::Dark => "#moon",
    };
    view! {
        <button type="button" class="tool" aria-label=name title=name on:click=press>
            {move || view! { <Icon name=icon()/> }}
        </button>
    }
}
