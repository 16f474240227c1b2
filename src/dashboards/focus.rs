//! Nothing that is typed reaches an app that nobody sees. A browser lets any frame take the focus by itself, hidden
//! and inert ones too, and no event says that it went from one frame to another: so the page looks, while a frame is
//! hidden. One that is caught is gone; its dashboard is entered anew when it is wanted.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{element::is_away, stage::Stage};

/// Shorter than two keys of somebody who types fast.
const LOOK: Duration = Duration::from_millis(50);

impl Stage {
    /// Until no frame is hidden any more.
    pub(super) fn guard_focus(self) {
        let focused = document().active_element();
        let Some((hidden, thief)) = self.frames.try_with_value(|pool| {
            let mut away = pool.iter().filter(|(_, frame)| is_away(&frame.element)).peekable();
            let hidden = away.peek().is_some();
            let thief = away.find(|(_, frame)| focused.as_ref() == Some(frame.element.unchecked_ref()));
            (hidden, thief.map(|(id, _)| id.clone()))
        }) else {
            return;
        };
        if let Some(thief) = thief {
            let gone = self.frames.try_update_value(|pool| pool.drain_unless(|id| *id != thief));
            gone.into_iter().flatten().for_each(|frame| frame.element.remove());
            self.focus_shown();
        }
        self.guard.set(hidden.then_some(LOOK), move || self.guard_focus());
    }

    /// Whoever types goes on where they were.
    fn focus_shown(self) {
        self.frames.with_value(|pool| {
            if let Some((_, frame)) = pool.iter().find(|(_, frame)| !is_away(&frame.element)) {
                let _ = frame.element.focus();
            }
        });
    }
}
