//! What the gateway's answers say besides their content: that it is there, when it last was, and which build of
//! the shell it serves now. Beside it, whether the browser has a network at all. It only notes; what follows from
//! that is decided in `app`.

use std::cell::Cell;

use lanyard_contract::wire::BUILD_META;
use leptos::prelude::*;

use crate::clock;

/// What was heard last, as a context.
#[derive(Clone, Copy)]
pub struct Heard {
    own: StoredValue<Option<String>>,
    served: RwSignal<Option<String>>,
    silent: RwSignal<bool>,
    offline: RwSignal<bool>,
    last: StoredValue<Option<u64>>,
}

thread_local! {
    /// Requests are made in many places, and none of them should have to pass this on.
    static LISTENER: Cell<Option<Heard>> = const { Cell::new(None) };
}

impl Heard {
    /// Begins to listen, instead of whoever did before.
    pub fn begin() -> Self {
        let heard = Self {
            own: StoredValue::new(own_build()),
            served: RwSignal::new(None),
            silent: RwSignal::new(false),
            offline: RwSignal::new(false),
            last: StoredValue::new(None),
        };
        LISTENER.set(Some(heard));
        heard
    }

    /// Whether the last question got no answer.
    pub fn silent(self) -> bool {
        self.silent.get()
    }

    pub fn silent_untracked(self) -> bool {
        self.silent.try_get_untracked().unwrap_or(false)
    }

    /// Whether the browser itself says that there is no network.
    pub fn offline(self) -> RwSignal<bool> {
        self.offline
    }

    /// Whether what was heard may no longer be so.
    pub fn out_of_touch(self) -> bool {
        self.silent() || self.offline.get()
    }

    /// When the gateway last answered: seconds since 1970-01-01 UTC.
    pub fn last(self) -> Option<u64> {
        self.last.get_value()
    }

    /// The build that the gateway serves now, if this page is of another.
    pub fn other_build(self) -> Option<String> {
        let served = self.served.get()?;
        self.own.get_value().filter(|own| *own != served).map(|_| served)
    }

    /// Does something whenever the gateway answers again after it did not.
    pub fn on_return(self, then: impl Fn() + 'static) {
        Effect::new(move |before: Option<bool>| {
            let silent = self.silent();
            if before == Some(true) && !silent {
                untrack(&then);
            }
            silent
        });
    }

    fn note(self, silent: bool) {
        if self.silent.try_get_untracked().is_some_and(|known| known != silent) {
            self.silent.set(silent);
        }
    }
}

/// The gateway answered.
pub(super) fn answered(build: Option<&str>) {
    let Some(heard) = LISTENER.get() else { return };
    heard.note(false);
    heard.last.try_set_value(Some(clock::now()));
    let known = heard.served.try_with_untracked(|served| build.is_none() || served.as_deref() == build);
    if known == Some(false) {
        heard.served.set(build.map(str::to_owned));
    }
}

/// A question got no answer.
pub(super) fn unanswered() {
    if let Some(heard) = LISTENER.get() {
        heard.note(true);
    }
}

/// Whether an answer comes from a gateway that serves another build than this page's.
pub(super) fn is_foreign(build: Option<&str>) -> bool {
    let own = LISTENER.get().and_then(|heard| heard.own.try_get_value()).flatten();
    matches!((own, build), (Some(own), Some(build)) if own != build)
}

fn own_build() -> Option<String> {
    let selector = ["meta[name=", BUILD_META, "]"].concat();
    let meta = document().query_selector(&selector).ok().flatten()?;
    meta.get_attribute("content").filter(|build| !build.is_empty())
}
