//! Waiting: one timer that can be set anew, and whether anybody looks at the page meanwhile.

use std::time::Duration;

use leptos::prelude::*;
use web_sys::VisibilityState;

/// Rings once, when it was set to, and not at all after its owner has gone.
#[derive(Clone, Copy)]
pub struct Alarm(StoredValue<Option<TimeoutHandle>>);

impl Alarm {
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// Instead of whenever it was set to before; `None` is never.
    pub fn set(self, wait: Option<Duration>, ring: impl FnOnce() + 'static) {
        self.0.try_update_value(|set| {
            if let Some(before) = set.take() {
                before.clear();
            }
            *set = wait.and_then(|wait| set_timeout_with_handle(ring, wait).ok());
        });
    }

    pub fn stop(self) {
        self.set(None, || {});
    }
}

impl Default for Alarm {
    fn default() -> Self {
        Self::new()
    }
}

pub fn is_seen() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Does something whenever the page comes into view, until it is removed.
pub fn when_seen(then: impl Fn() + 'static) -> WindowListenerHandle {
    // `visibilitychange` bubbles from the document to the window.
    window_event_listener_untyped("visibilitychange", move |_| {
        if is_seen() {
            then();
        }
    })
}
