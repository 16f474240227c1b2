//! The rail: the portal's name, the way to the palette, home, the dashboards that are open to this person by
//! section, and the person. It lists what `policy` says is visible and nothing else.

use lanyard_contract::{
    DashboardId,
    wire::{Dashboard, Logo, SessionAnswer},
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    address, keys,
    overlay::Overlay,
    person::{Nobody, Person},
};
use crate::{
    config::Portal,
    identity::Session,
    memory::{Memory, Theme},
    policy,
    ui::{
        announce::Announcer,
        dialog::Close,
        fuzzy::is_letter,
        icon::{self, Icon},
        words,
    },
};

/// `here` is the dashboard on the screen; `home` tells whether home is; `close` is for where the rail is a sheet.
#[component]
pub fn Rail(
    here: Signal<Option<DashboardId>>,
    home: Signal<bool>,
    overlay: RwSignal<Option<Overlay>>,
    close: UnsyncCallback<()>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let memory = expect_context::<Memory>();
    let listed = Memo::new(move |_| session.answer().map(|answer| sections(&answer)).unwrap_or_default());
    let identity = Memo::new(move |_| session.answer().and_then(|answer| answer.identity));
    let tooltip = move |name: &'static str| move || memory.folded().then_some(name);
    Effect::new(move |_| {
        here.track();
        listed.track();
        request_animation_frame(show_current);
    });
    let resized = window_event_listener(ev::resize, |_| show_current());
    on_cleanup(move || resized.remove());
    view! {
        <div class="head"><Brand/><Fold/><Close close/></div>
        <button type="button" class="row search" title=tooltip(words::SEARCH) aria-haspopup="dialog"
            aria-keyshortcuts=words::search_shortcut(keys::is_apple())
            on:click=move |_| overlay.set(Some(Overlay::Palette))>
            <Icon name="#search"/>
            <span>{words::SEARCH}</span>
            <kbd aria-hidden="true">{words::search_key(keys::is_apple())}</kbd>
        </button>
        <a class="row" href="/" title=tooltip(words::HOME) aria-current=move || home.get().then_some("page")>
            <Icon name="#house"/>
            <span>{words::HOME}</span>
        </a>
        <nav aria-label=words::DASHBOARDS>
            {move || listed.get().into_iter().enumerate().map(|(nth, (section, dashboards))| {
                view! { <Section nth section dashboards here/> }
            }).collect_view()}
        </nav>
        {move || match identity.get() {
            Some(identity) => view! { <Person identity overlay/> }.into_any(),
            None => view! { <Nobody/> }.into_any(),
        }}
    }
}

/// The portal's logo where it has one, else its name.
#[component]
pub fn Brand() -> impl IntoView {
    let portal = expect_context::<Portal>();
    move || {
        let title = portal.title();
        match portal.settings().and_then(|settings| settings.logo) {
            Some(logo) => view! { <LogoImage logo title/> }.into_any(),
            None => view! { <p class="name">{title}</p> }.into_any(),
        }
    }
}

/// The browser takes the one of the theme, and loads no other.
#[component]
fn LogoImage(logo: Logo, title: String) -> impl IntoView {
    let memory = expect_context::<Memory>();
    let dark = move || match memory.theme() {
        Theme::System => "(prefers-color-scheme: dark)",
        Theme::Light => "not all",
        Theme::Dark => "all",
    };
    view! {
        <picture class="name"><source media=dark srcset=logo.dark/><img src=logo.light alt=title height="24"/></picture>
    }
}

/// Folds the rail to its icons, and back.
#[component]
fn Fold() -> impl IntoView {
    let memory = expect_context::<Memory>();
    let announcer = expect_context::<Announcer>();
    let name = move || if memory.folded() { words::UNFOLD } else { words::FOLD };
    view! {
        <button type="button" class="tool fold" aria-label=name title=name aria-keyshortcuts="["
            on:click=move |_| fold(memory, announcer)>
            <Icon name="#panel-left"/>
        </button>
    }
}

pub fn fold(memory: Memory, announcer: Announcer) {
    let on = !untrack(|| memory.folded());
    memory.fold(on);
    announcer.say(if on { words::FOLDED } else { words::UNFOLDED });
}

/// A closed section goes on showing the page that one is on.
#[component]
fn Section(
    nth: usize,
    section: Option<String>,
    dashboards: Vec<Dashboard>,
    here: Signal<Option<DashboardId>>,
) -> impl IntoView {
    let memory = expect_context::<Memory>();
    let list = ["section-", &nth.to_string()].concat();
    let name = StoredValue::new(section);
    let closed =
        Memo::new(move |_| name.with_value(|name| name.as_ref().is_some_and(|name| memory.closed(name))));
    let toggle = move |_| {
        name.with_value(|name| {
            if let Some(name) = name {
                memory.close(name, !closed.get_untracked());
            }
        });
    };
    let heading = name.get_value().map(|title| {
        let tooltip = title.clone();
        view! {
            <h2 class="section">
                <button type="button" aria-expanded=move || (!closed.get()).to_string() aria-controls=list.clone()
                    title=move || memory.folded().then(|| tooltip.clone()) on:click=toggle>
                    <span>{title}</span>
                    <Icon name="#chevron-down"/>
                </button>
            </h2>
        }
    });
    let rows = dashboards.into_iter().map(|known| view! { <Row known here closed/> }).collect_view();
    view! { {heading}<ul id=list>{rows}</ul> }
}

#[component]
fn Row(known: Dashboard, here: Signal<Option<DashboardId>>, closed: Memo<bool>) -> impl IntoView {
    let memory = expect_context::<Memory>();
    let id = known.id.clone();
    let current = Memo::new(move |_| here.with(|here| here.as_ref() == Some(&id)));
    let tooltip = known.title.clone();
    let letters = known.icon.is_none().then(|| {
        view! { <b class="letters" aria-hidden="true" data-letters=letters(&known.title)></b> }
    });
    view! {
        <li hidden=move || closed.get() && !current.get()>
            <a class="row" href=address::of(&known.id) aria-current=move || current.get().then_some("page")
                title=move || memory.folded().then(|| tooltip.clone())>
                {letters}
                <Icon name=icon::of(known.icon.as_deref())/>
                <span>{known.title}</span>
            </a>
        </li>
    }
}

/// Scrolls the list of dashboards, and nothing else, if the current one is not wholly in view.
fn show_current() {
    let found = document().query_selector(".row[aria-current]").ok().flatten();
    let Some(row) = found.and_then(|row| row.dyn_into::<HtmlElement>().ok()) else { return };
    let Some(list) = row.closest("nav").ok().flatten() else { return };
    let (top, bottom) = (row.offset_top(), row.offset_top() + row.offset_height());
    let seen = list.scroll_top()..list.scroll_top() + list.client_height();
    if !(seen.contains(&top) && bottom <= seen.end) {
        list.set_scroll_top(top - list.client_height() / 2);
    }
}

/// The first two letters of the words in a title, for want of an icon.
fn letters(title: &str) -> String {
    let words = title.split(|letter| !is_letter(letter)).filter(|word| !word.is_empty());
    words.take(2).filter_map(|word| word.chars().next()).collect()
}

/// What is visible, by section, in the order in which sections first appear; without a section comes first.
pub fn sections(answer: &SessionAnswer) -> Vec<(Option<String>, Vec<Dashboard>)> {
    let mut sections: Vec<(Option<String>, Vec<Dashboard>)> = Vec::new();
    for known in policy::visible(answer) {
        match sections.iter_mut().find(|(section, _)| *section == known.section) {
            Some((_, dashboards)) => dashboards.push(known.clone()),
            None => {
                let at = if known.section.is_some() { sections.len() } else { 0 };
                sections.insert(at, (known.section.clone(), vec![known.clone()]));
            }
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_of_the_first_two_words() {
        assert_eq!(letters("Finance Team KPI"), "FT");
        assert_eq!(letters("(data) science"), "ds");
        assert_eq!(letters("Élan"), "É");
        assert_eq!(letters("- -"), "");
    }
}
