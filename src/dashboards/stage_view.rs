//! The place in the page where all frames live, and the occasions on which the stage looks at them again.

use leptos::{ev, prelude::*};

use super::{
    pool::Pool,
    stage::{Stage, Wanted},
};
use crate::waiting::when_seen;

/// The place of all frames. `wanted` is the one to show; it must have passed the gate.
#[component]
pub fn StageView(wanted: Signal<Option<Wanted>>) -> impl IntoView {
    let stage = expect_context::<Stage>();
    let person = Memo::new(move |_| stage.session.person());
    stage.announce_troubles();
    Effect::new(move |_| stage.clear_out());
    Effect::new(move |_| {
        let wanted = wanted.get();
        // Another person who wants the same dashboard gets a frame of their own.
        person.track();
        untrack(|| stage.clear_out());
        if stage.holder.get().is_some() {
            stage.show(wanted);
        }
    });
    let messages = window_event_listener(ev::message, move |event| stage.hinted(&event));
    let seen = when_seen(move || stage.look());
    let online = window_event_listener_untyped("online", move |_| stage.look());
    on_cleanup(move || {
        [messages, seen, online].into_iter().for_each(WindowListenerHandle::remove);
        stage.look_in(None);
        stage.frames.set_value(Pool::default());
    });
    view! { <div class="stage" class:away=move || stage.trouble().is_some() || wanted.with(Option::is_none) node_ref=stage.holder></div> }
}
