//! The rail: the portal's name, home, the dashboards that are open to this person by section, and the person
//! with the way out. It lists what `policy` says is visible and nothing else.

use lanyard_contract::{
    DashboardId,
    wire::{Dashboard, Identity, SessionAnswer},
};
use leptos::prelude::*;

use super::address;
use crate::{
    config::Portal,
    identity::{Session, SignOut},
    policy,
    ui::icon::Icon,
};

/// `here` is the dashboard on the screen; `home` tells whether home is.
#[component]
pub fn Rail(here: Signal<Option<DashboardId>>, home: Signal<bool>) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    view! {
        <p class="name">{move || portal.title()}</p>
        <a class="row" href="/" aria-current=move || home.get().then_some("page")>
            <Icon name="#house"/>
            <span>"Home"</span>
        </a>
        <nav aria-label="Dashboards">
            {move || session.answer().map(|answer| view! { <Sections answer here/> })}
        </nav>
        {move || session.answer().and_then(|answer| answer.identity).map(|identity| view! { <Person identity/> })}
    }
}

#[component]
fn Sections(answer: SessionAnswer, here: Signal<Option<DashboardId>>) -> impl IntoView {
    sections(&answer)
        .into_iter()
        .map(|(section, dashboards)| {
            let rows = dashboards.into_iter().map(|known| view! { <Row known here/> }).collect_view();
            view! {
                {section.map(|section| view! { <h2 class="section">{section}</h2> })}
                <ul>{rows}</ul>
            }
        })
        .collect_view()
}

#[component]
fn Row(known: Dashboard, here: Signal<Option<DashboardId>>) -> impl IntoView {
    let id = known.id.clone();
    let current = move || here.with(|here| here.as_ref() == Some(&id)).then_some("page");
    view! {
        <li>
            <a class="row" href=address::of(&known.id) aria-current=current>
                <Icon name="#chart"/>
                <span>{known.title}</span>
            </a>
        </li>
    }
}

#[component]
fn Person(identity: Identity) -> impl IntoView {
    let sign_out = expect_context::<SignOut>();
    view! {
        <div class="person">
            <span class="initials" aria-hidden="true">{initials(&identity.name)}</span>
            <div class="who">
                <span>{identity.name}</span>
                {identity.email.map(|email| view! { <span class="quiet">{email}</span> })}
            </div>
            <button type="button" class="tool" aria-label="Sign out" title="Sign out"
                on:click=move |_| sign_out.start()>
                <Icon name="#log-out"/>
            </button>
        </div>
    }
}

/// What is visible, by section, in the order in which sections first appear; without a section comes first.
pub fn sections(answer: &SessionAnswer) -> Vec<(Option<String>, Vec<Dashboard>)> {
    let mut sections: Vec<(Option<String>, Vec<Dashboard>)> = Vec::new();
    for known in policy::visible(answer) {
        match sections.iter_mut().find(|(section, _)| *section == known.section) {
            Some((_, dashboards)) => dashboards.push(known.clone()),
            None => sections.push((known.section.clone(), vec![known.clone()])),
        }
    }
    sections.sort_by_key(|(section, _)| section.is_some());
    sections
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next();
    [first, words.next_back()].into_iter().flatten().filter_map(|word| word.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Ada Albrecht"), "AA");
        assert_eq!(initials("Élodie Marie van Dijk"), "ÉD");
        assert_eq!(initials("e"), "e");
        assert_eq!(initials(""), "");
    }
}
