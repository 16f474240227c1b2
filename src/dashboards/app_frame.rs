//! What stands around a framed dashboard: its condition and its tools in the bar, and the page over the frame
//! while the app does not answer. The frame itself is the stage's.

use lanyard_contract::paths::LocalPath;
use leptos::prelude::*;

use super::{
    pulse::Condition,
    stage::{Stage, Wanted},
};
use crate::{
    api::ApiError,
    identity::sign_in_page::reload,
    layout::{address, frame::focus_heading},
    ui::{
        icon::Icon,
        page::{Button, StatePage},
        words,
    },
};

/// Reload, and a window of its own. The window opens at the place that the frame was entered at.
#[component]
pub fn Tools(wanted: Wanted) -> impl IntoView {
    let stage = expect_context::<Stage>();
    let path = wanted.path.unwrap_or_else(LocalPath::root);
    let window = address::window_of(&wanted.dashboard.id, &path);
    view! {
        <button type="button" class="tool" aria-label="Reload" title="Reload" on:click=move |_| stage.reload()>
            <Icon name="#rotate-cw"/>
        </button>
        <a class="tool" href=window target="_blank" rel="noopener" aria-label="Open in a window of its own"
            title="Open in a window of its own">
            <Icon name="#external-link"/>
        </a>
    }
}

/// What its connection is, in words; nothing while all is well.
#[component]
pub fn Connection(title: String) -> impl IntoView {
    let stage = expect_context::<Stage>();
    let condition = Memo::new(move |_| stage.condition());
    // The button goes with what it was pressed for, and would take the focus with it.
    let reconnect = move || {
        stage.reload();
        focus_heading();
    };
    move || match condition.get() {
        Condition::Well => ().into_any(),
        Condition::Waiting => view! { <span class="condition">{words::waiting(&title)}</span> }.into_any(),
        Condition::Disconnected => {
            let words = words::disconnected();
            view! {
                <span class="condition"><Icon name="#alert"/>{words.title}</span>
                <Button label=words.action press=reconnect/>
            }
            .into_any()
        }
    }
}

/// "*Dashboard* does not answer".
#[component]
pub fn Silence(title: String) -> impl IntoView {
    let stage = expect_context::<Stage>();
    move || {
        stage.trouble().map(|trouble| {
            let words = trouble.words(&title);
            let outdated = trouble.error == Some(ApiError::Outdated);
            view! {
                <StatePage inner=true reference=trouble.error.and_then(|error| error.reference()) words=words.clone()>
                    <Button primary=true label=words.action
                        press=move || if outdated { reload() } else { stage.reload() }/>
                </StatePage>
            }
        })
    }
}
