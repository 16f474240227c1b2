//! Whether the portal can be reached: asks again by itself while it does not answer, with growing waits and only
//! while somebody looks, and at once when the browser comes online.

use std::time::Duration;

use js_sys::Reflect;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::Heard,
    config::Portal,
    identity::{Session, session::Why},
    ui::{announce::Announcer, words},
    waiting::{Alarm, is_seen, when_seen},
};

/// In seconds.
const LONGEST_WAIT: u64 = 30;

#[derive(Clone, Copy)]
pub(super) struct Reach {
    heard: Heard,
    portal: Portal,
    session: Session,
    offline: RwSignal<bool>,
    tries: StoredValue<u32>,
    next: Alarm,
}

impl Reach {
    /// Begins to watch, for as long as the calling owner lives.
    pub(super) fn begin(announcer: Announcer) -> Self {
        let heard = expect_context::<Heard>();
        heard.offline().set(!is_online());
        let reach = Self {
            heard,
            portal: expect_context(),
            session: expect_context(),
            offline: heard.offline(),
            tries: StoredValue::new(0),
            next: Alarm::new(),
        };
        let portal = reach.portal;
        Effect::new(move |_| {
            reach.tries.set_value(0);
            let wait = heard.silent().then(|| reach.wait()).flatten();
            reach.ask_in(wait);
        });
        heard.on_return(move || announcer.say(words::portal_back(&portal.title())));
        let online = window_event_listener_untyped("online", move |_| {
            reach.offline.set(false);
            reach.tries.set_value(0);
            reach.ask();
        });
        let offline = window_event_listener_untyped("offline", move |_| {
            reach.offline.set(true);
            reach.next.stop();
        });
        let seen = when_seen(move || {
            if heard.silent_untracked() {
                reach.ask();
            }
        });
        on_cleanup(move || {
            reach.next.stop();
            [online, offline, seen].into_iter().for_each(WindowListenerHandle::remove);
        });
        reach
    }

    pub(super) fn offline(self) -> bool {
        self.offline.get()
    }

    /// Asks for all that is not known yet, and for the session in any case.
    fn ask(self) {
        self.next.stop();
        spawn_local(async move {
            if !self.portal.loaded_untracked() {
                self.portal.load().await;
            }
            let _ = self.session.refresh(Why::Unsaid).await;
            if self.heard.silent_untracked() {
                self.tries.try_update_value(|tries| *tries += 1);
                self.ask_in(self.wait());
            }
        });
    }

    fn ask_in(self, wait: Option<Duration>) {
        let woken = move || {
            // A page that comes back into view asks at once.
            if is_seen() {
                self.ask();
            }
        };
        self.next.set(wait, woken);
    }

    /// `None` while the browser itself says that there is no network.
    fn wait(self) -> Option<Duration> {
        let offline = self.offline.try_get_untracked().unwrap_or(true);
        (!offline).then(|| wait(self.tries.try_get_value().unwrap_or_default()))
    }
}

/// 2, 4, 8 … seconds.
fn wait(tries: u32) -> Duration {
    Duration::from_secs(2_u64.saturating_pow(tries.saturating_add(1)).min(LONGEST_WAIT))
}

/// What the browser itself says.
fn is_online() -> bool {
    let navigator = Reflect::get(&window(), &"navigator".into());
    let online = navigator.and_then(|navigator| Reflect::get(&navigator, &"onLine".into()));
    online.ok().and_then(|online| online.as_bool()).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_end_at_half_a_minute() {
        let waits = [0, 1, 2, 3, 4, 5, u32::MAX].map(|tries| wait(tries).as_secs());
        assert_eq!(waits, [2, 4, 8, 16, 30, 30, 30]);
    }
}
