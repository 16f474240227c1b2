//! One dashboard as a card: icon, title, description, section, and in words whether its app answers right now.

use lanyard_contract::wire::{AppState, Dashboard};
use leptos::prelude::*;

use super::states::States;
use crate::{
    layout::address,
    ui::{
        icon::{self, Icon},
        words,
    },
};

/// `mixed`: it stands among cards of other sections.
#[component]
pub fn Card(known: Dashboard, mixed: bool, states: States) -> impl IntoView {
    let id = known.id.clone();
    let state = Memo::new(move |_| states.of(&id));
    let section = known.section.filter(|_| mixed);
    // What is cut off can be read whole.
    let description = known.description.map(|line| {
        let whole = line.clone();
        view! { <p class="card-text" title=whole>{line}</p> }
    });
    view! {
        <li class="card">
            <Icon name=icon::of(known.icon.as_deref())/>
            <a class="card-title" href=address::of(&known.id)>{known.title}</a>
            {description}
            <p class="card-foot">
                {move || state.get().map(|state| view! { <State state/> })}
                {section.map(|section| view! { <span class="card-section">{section}</span> })}
            </p>
        </li>
    }
}

#[component]
fn State(state: AppState) -> impl IntoView {
    let (class, icon, word) = match state {
        AppState::Answers => ("card-state ok", "#check", words::ANSWERS),
        AppState::Silent => ("card-state warning", "#hourglass", words::BUSY),
        AppState::Down => ("card-state danger", "#alert", words::DOES_NOT_ANSWER),
    };
    view! { <span class=class><Icon name=icon/>{word}</span> }
}
