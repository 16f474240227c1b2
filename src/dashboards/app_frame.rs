//! What stands around a framed dashboard: its condition and its tools in the bar, and the page over the frame
//! while the app does not answer. The frame itself is the stage's.

use lanyard_contract::paths::LocalPath;
use leptos::prelude::*;

use super::{
    full_screen::FullScreen,
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

/// Reload, a window of its own, and full screen. The window opens at the place that the frame was entered at.
#[component]
pub fn Tools(wanted: Wanted) -> impl IntoView {
    let stage = expect_context::<Stage>();
    let full_screen = expect_context::<FullScreen>();
    let path = wanted.path.unwrap_or_else(LocalPath::root);
    let window = address::window_of(&wanted.dashboard.id, &path);
    view! {
        <button type="button" class="tool" aria-label=words::RELOAD title=words::RELOAD on:click=move |_| stage.reload()>
            <Icon name="#rotate-cw"/>
        </button>
        <a class="tool" href=window target="_blank" rel="noopener" aria-label=words::OWN_WINDOW
            title=words::OWN_WINDOW>
            <Icon name="#external-link"/>
        </a>
        <button type="button" class="tool full-screen" aria-label=words::FULL_SCREEN title=words::FULL_SCREEN
            on:click=move |_| full_screen.enter()>
            <Icon name="#maximize"/>
        </button>
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
        Condition::Reconnecting => view! { <span class="condition">{words::RECONNECTING}</span> }.into_any(),
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
