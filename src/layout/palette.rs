//! The palette: every page of the portal by a few letters, as a combobox with its listbox (ARIA practices).
//! The focus stays in the field; what Enter would open is marked.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::places::{self, Found, Place};
use crate::{
    identity::Session,
    memory::Memory,
    ui::{
        fuzzy::Folded,
        icon::{self, Icon},
        words,
    },
};

const LIST: &str = "found";

#[component]
pub fn Palette(close: UnsyncCallback<()>) -> impl IntoView {
    let session = expect_context::<Session>();
    let memory = expect_context::<Memory>();
    let here = window().location().pathname().unwrap_or_default();
    let places = Memo::new(move |_| {
        let answer = session.answer().map(|answer| places::all(&answer)).unwrap_or_default();
        places::recent_first(answer, &memory.recents(), &here)
    });
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| places.with(|places| places::find(places, &Folded::new(&query.get()))));
    let chosen = RwSignal::new(0);
    let navigate = use_navigate();
    let open = UnsyncCallback::new(move |(nth, window_of_its_own): (usize, bool)| {
        let found = found.with_untracked(|found| found.places.get(nth).copied());
        let place = found.and_then(|at| places.with_untracked(|places| places.get(at).cloned()));
        let Some(place) = place else { return };
        close.run(());
        if window_of_its_own {
            let _ = window().open_with_url_and_target_and_features(&place.window, "_blank", "noopener");
        } else {
            navigate(&place.address, NavigateOptions { resolve: false, ..Default::default() });
        }
    });
    let step = move |by: usize| {
        let count = found.with_untracked(|found| found.places.len());
        if count > 0 {
            chosen.update(|nth| *nth = (*nth + by) % count);
            show(chosen.get_untracked());
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(found.with_untracked(|found| found.places.len()).saturating_sub(1)),
            "Enter" => open.run((chosen.get_untracked(), event.ctrl_key() || event.meta_key())),
            _ => return,
        }
        event.prevent_default();
    };
    let any = move || found.with(|found| !found.places.is_empty());
    let marked = move || any().then(|| option(chosen.get()));
    view! {
        <div class="field">
            <Icon name="#search"/>
            <input type="text" role="combobox" autofocus=true autocomplete="off" spellcheck="false"
                aria-label=words::SEARCH_FIELD placeholder=words::SEARCH_FIELD
                aria-autocomplete="list" aria-expanded=move || any().to_string() aria-controls=LIST
                aria-activedescendant=marked on:keydown=press
                on:input=move |event| {
                    chosen.set(0);
                    query.set(event_target_value(&event));
                    show(0);
                }/>
        </div>
        <ul role="listbox" id=LIST aria-label=words::DASHBOARDS
            // The focus is the field's, whatever is pressed.
            on:mousedown=|event| event.prevent_default()>
            {move || found.with(|found| places.with(|places| rows(found, places, chosen, open)))}
        </ul>
        <p role="status" class:unseen=any>
            {move || {
                let count = found.with(|found| found.count);
                if query.with(|query| query.trim_ascii().is_empty()) { String::new() } else { words::found(count) }
            }}
        </p>
    }
}

fn rows(
    found: &Found,
    places: &[Place],
    chosen: RwSignal<usize>,
    open: UnsyncCallback<(usize, bool)>,
) -> Vec<impl IntoView + use<>> {
    let place = |(nth, at): (usize, &usize)| Some((nth, places.get(*at)?.clone()));
    let row = |(nth, place): (usize, Place)| {
        let press = move |event: ev::MouseEvent| {
            let middle = event.button() == 1;
            if middle || event.button() == 0 {
                open.run((nth, middle || event.ctrl_key() || event.meta_key()));
            }
        };
        let glyph = if place.id.is_some() { icon::of(place.icon.as_deref()) } else { "#house".into() };
        view! {
            <li role="option" class="row" id=option(nth)
                aria-selected=move || if chosen.get() == nth { "true" } else { "false" }
                on:click=press on:auxclick=press on:mousemove=move |_| {
                    if chosen.get_untracked() != nth {
                        chosen.set(nth);
                    }
                }>
                <Icon name=glyph/>
                <span>{place.title}</span>
                {place.section.map(|section| view! { <span class="quiet">{section}</span> })}
            </li>
        }
    };
    found.places.iter().enumerate().filter_map(place).map(row).collect()
}

fn option(nth: usize) -> String {
    ["found-", &nth.to_string()].concat()
}

/// Scrolls the list, and nothing else, until a row of it is seen.
fn show(nth: usize) {
    let element = |id: &str| document().get_element_by_id(id)?.dyn_into::<HtmlElement>().ok();
    let (Some(list), Some(row)) = (element(LIST), element(&option(nth))) else { return };
    let (top, bottom) = (row.offset_top(), row.offset_top() + row.offset_height());
    if nth == 0 {
        list.set_scroll_top(0);
    } else if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
}
