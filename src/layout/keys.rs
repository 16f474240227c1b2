//! The keys of the portal, and their list. None is taken while the focus is in a field or a dialog (inside a
//! frame they belong to the dashboard), and none that another modifier makes another key.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, KeyboardEvent};

use crate::ui::{
    dialog::{self, Close},
    words,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Search,
    Home,
    Fold,
    List,
}

/// Between the two keys of a pair, in milliseconds.
const PAIR: f64 = 1_000.0;

/// What was held beside a key.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    control: bool,
    meta: bool,
    alt: bool,
    /// Part of the letter itself on many keyboards, as on a German one for `[`.
    level: bool,
}

/// Runs commands by their keys, for as long as the calling owner lives.
pub fn listen(run: impl Fn(Command) + 'static) {
    let pressed_g = StoredValue::new(None::<f64>);
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.repeat() || event.is_composing() || elsewhere(&event) {
            return;
        }
        let now = event.time_stamp();
        let after_g = pressed_g.get_value().is_some_and(|at| now - at < PAIR);
        let (key, held) = (event.key(), held(&event));
        pressed_g.set_value((key == "g" && plain(held)).then_some(now));
        if let Some(command) = command(&key, held, after_g, is_apple()) {
            event.prevent_default();
            run(command);
        }
    });
    on_cleanup(move || listener.remove());
}

fn held(event: &KeyboardEvent) -> Held {
    Held {
        control: event.ctrl_key(),
        meta: event.meta_key(),
        alt: event.alt_key(),
        level: event.get_modifier_state("AltGraph") || (is_apple() && event.alt_key()),
    }
}

fn plain(held: Held) -> bool {
    held.level && !held.meta || !(held.control || held.meta || held.alt)
}

fn command(key: &str, held: Held, after_g: bool, apple: bool) -> Option<Command> {
    let main = if apple { held.meta && !held.control } else { held.control && !held.meta };
    match key {
        "k" | "K" if main && !held.alt => Some(Command::Search),
        "h" if after_g && plain(held) => Some(Command::Home),
        "[" if plain(held) => Some(Command::Fold),
        "?" if plain(held) => Some(Command::List),
        _ => None,
    }
}

/// Whether the key is somebody else's: of a field, or of the dialog that is open.
fn elsewhere(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let writes = target.is_some_and(|target| {
        target.is_content_editable() || target.matches("input, textarea, select").unwrap_or(false)
    });
    writes || dialog::any_open()
}

/// Whether this keyboard has a ⌘.
pub fn is_apple() -> bool {
    let part = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
    let platform = part(&window(), "navigator").and_then(|navigator| part(&navigator, "platform"));
    let platform = platform.and_then(|name| name.as_string()).unwrap_or_default();
    ["Mac", "iPhone", "iPad"].into_iter().any(|name| platform.starts_with(name))
}

#[component]
pub fn KeyList(close: UnsyncCallback<()>) -> impl IntoView {
    let rows = words::keys(is_apple())
        .into_iter()
        .map(|(keys, what)| {
            let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
            view! { <div><dt>{keys}</dt><dd>{what}</dd></div> }
        })
        .collect_view();
    view! {
        <div class="top"><h2>{words::KEYS}</h2><Close close/></div>
        <dl>{rows}</dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL: Held = Held { control: true, meta: false, alt: false, level: false };
    const META: Held = Held { control: false, meta: true, alt: false, level: false };
    const ALT: Held = Held { control: false, meta: false, alt: true, level: false };
    /// As a German keyboard writes `[` on Windows and elsewhere.
    const LEVEL: Held = Held { control: true, meta: false, alt: true, level: true };

    #[test]
    fn every_key_means_one_thing_and_nothing_with_other_modifiers() {
        let none = Held::default();
        for (key, held, after_g, apple, expected) in [
            ("k", CONTROL, false, false, Some(Command::Search)),
            ("K", CONTROL, false, false, Some(Command::Search)),
            ("k", META, false, true, Some(Command::Search)),
            ("k", META, false, false, None),
            ("k", CONTROL, false, true, None),
            ("k", none, false, false, None),
            ("k", Held { alt: true, ..CONTROL }, false, false, None),
            ("h", none, true, false, Some(Command::Home)),
            ("h", none, false, false, None),
            ("h", CONTROL, true, false, None),
            ("[", none, false, false, Some(Command::Fold)),
            ("[", LEVEL, false, false, Some(Command::Fold)),
            ("[", ALT, false, false, None),
            ("[", META, false, true, None),
            ("?", none, false, false, Some(Command::List)),
            ("?", CONTROL, false, false, None),
        ] {
            assert_eq!(command(key, held, after_g, apple), expected, "{key} {held:?} {after_g} {apple}");
        }
    }
}
