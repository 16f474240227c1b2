//! The frame of every page: skip link, rail, bar, main, live region. On narrow screens the rail is a sheet.
//! It does not know what kind of page it shows.

use lanyard_contract::DashboardId;
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    keys::{self, Command},
    navigation::{Rail, fold},
    overlay::{Overlay, Overlays},
};
use crate::{
    memory::Memory,
    ui::{
        announce::{Announcer, LiveRegion},
        dialog,
        icon::Icon,
        words,
    },
};

/// `title` is the page's heading, if it stands in the bar; `condition` comes and goes between it and `tools`,
/// which stand on the bar's right and do not move for it.
#[component]
pub fn Frame(
    title: Signal<Option<String>>,
    here: Signal<Option<DashboardId>>,
    home: Signal<bool>,
    #[prop(into)] condition: ViewFn,
    #[prop(into)] tools: ViewFn,
    children: Children,
) -> impl IntoView {
    let memory = expect_context::<Memory>();
    let announcer = expect_context::<Announcer>();
    let sheet = RwSignal::new(false);
    let overlay = RwSignal::new(None::<Overlay>);
    let rail = NodeRef::<html::Aside>::new();
    let opener = NodeRef::<html::Button>::new();
    let close = move || {
        sheet.set(false);
        if let Some(opener) = opener.get_untracked() {
            // It would be taken away a moment too late for the focus.
            if let Some(bar) = opener.parent_element() {
                let _ = bar.remove_attribute("inert");
            }
            let _ = opener.focus();
        }
    };
    let show = move |_| {
        sheet.set(true);
        request_animation_frame(move || {
            if let Some(rail) = rail.get_untracked() {
                focus_first(&rail, "a");
            }
        });
    };
    let keys = window_event_listener(ev::keydown, move |event| {
        // A dialog has its own Escape.
        if event.key() == "Escape" && sheet.get_untracked() && !dialog::any_open() {
            close();
        }
    });
    // On a wide screen the rail is no sheet, and must not hold the content back.
    let wider = window_event_listener(ev::resize, move |_| {
        if opener.get_untracked().is_some_and(|opener| opener.offset_width() == 0) {
            sheet.set(false);
        }
    });
    on_cleanup(move || {
        keys.remove();
        wider.remove();
    });
    // Whoever went somewhere is done with the sheet; a click in it says so even when it is the same place.
    Effect::new(move |_| {
        here.track();
        home.track();
        sheet.set(false);
    });
    Effect::new(move |_| {
        if let Some(id) = here.get() {
            untrack(|| memory.opened(&id));
        }
    });
    // Before a dialog opens, so that it finds the focus where it can give it back.
    Effect::new(move |_| {
        if overlay.get().is_some() && sheet.get_untracked() {
            close();
        }
    });
    let navigate = use_navigate();
    keys::listen(move |command| match command {
        Command::Search => overlay.set(Some(Overlay::Palette)),
        Command::List => overlay.set(Some(Overlay::Keys)),
        Command::Home => navigate("/", Default::default()),
        Command::Fold => fold(memory, announcer),
    });
    let skip = move |event: ev::MouseEvent| {
        event.prevent_default();
        if let Some(body) = document().body() {
            focus_first(&body, "main");
        }
    };
    view! {
        <a class="skip" href="#content" inert=move || sheet.get() on:click=skip>{words::SKIP}</a>
        <div class="shell" class:open=move || sheet.get() class:folded=move || memory.folded()>
            <aside class="rail" id="rail" aria-label=words::PORTAL node_ref=rail
                on:click=move |event| sheet.update(|sheet| *sheet &= !leads_on(&event))>
                <Rail here home overlay close=UnsyncCallback::new(move |()| close())/>
            </aside>
            <div class="shade" on:click=move |_| close()></div>
            <header class="bar" inert=move || sheet.get()>
                <button type="button" class="tool opener" aria-label=words::NAVIGATION aria-controls="rail"
                    aria-expanded=move || sheet.get().to_string() node_ref=opener on:click=show>
                    <Icon name="#menu"/>
                </button>
                <div class="title">{move || title.get().map(|title| view! { <h1 tabindex="-1">{title}</h1> })}</div>
                <div class="status">{move || condition.run()}</div>
                <div class="tools">{move || tools.run()}</div>
            </header>
            <main id="content" tabindex="-1" inert=move || sheet.get()>{children()}</main>
        </div>
        <Overlays shown=overlay/>
        <LiveRegion/>
    }
}

fn leads_on(event: &ev::MouseEvent) -> bool {
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    pressed.is_some_and(|element| element.closest("a").ok().flatten().is_some())
}

fn focus_first(within: &HtmlElement, selector: &str) {
    let found = within.query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Puts the focus on the heading of the page, after a change of page.
pub fn focus_heading() {
    if let Some(body) = document().body() {
        focus_first(&body, "h1");
    }
}
