//! What may lie over a page, one at a time: the palette, the list of keys, the open sessions.

use leptos::prelude::*;

use super::{keys::KeyList, palette::Palette, sessions::Sessions};
use crate::{
    identity::Session,
    ui::{dialog::Dialog, words},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlay {
    Palette,
    Keys,
    Sessions,
}

#[component]
pub fn Overlays(shown: RwSignal<Option<Overlay>>) -> impl IntoView {
    let session = expect_context::<Session>();
    let person = Memo::new(move |_| session.person());
    // What one person opened is not the next one's.
    Effect::new(move |before: Option<Option<String>>| {
        let person = person.get();
        if before.is_some_and(|before| before != person) {
            shown.set(None);
        }
        person
    });
    let open = move |which| Signal::derive(move || shown.get() == Some(which));
    // It may have been closed because another one opens.
    let closed = move |which| {
        UnsyncCallback::new(move |()| {
            if shown.get_untracked() == Some(which) {
                shown.set(None);
            }
        })
    };
    view! {
        <Dialog label=words::SEARCH class="palette" open=open(Overlay::Palette) closed=closed(Overlay::Palette)>
            <Palette close=closed(Overlay::Palette)/>
        </Dialog>
        <Dialog label=words::KEYS class="keys" open=open(Overlay::Keys) closed=closed(Overlay::Keys)>
            <KeyList close=closed(Overlay::Keys)/>
        </Dialog>
        <Dialog label=words::SESSIONS class="sessions" open=open(Overlay::Sessions) closed=closed(Overlay::Sessions)>
            <Sessions close=closed(Overlay::Sessions)/>
        </Dialog>
    }
}
