//! Whether the apps behind the cards of home answer: asked when home is shown, soon again while some are not known
//! yet, and then every few seconds while somebody looks.

use std::time::Duration;

use lanyard_contract::{
    DashboardId,
    wire::{AppState, ProblemCode, StateOf},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Heard},
    identity::{Session, session::Why},
    waiting::{Alarm, is_seen, when_seen},
};

const SOON: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_secs(15);

/// So often in a row is it asked again soon; what is not known by then is no longer waited for.
const SOON_AT_MOST: u8 = 10;

#[derive(Clone, Copy)]
pub struct States {
    apps: StoredValue<Vec<DashboardId>>,
    known: RwSignal<Vec<StateOf>>,
    soon: StoredValue<u8>,
    asking: StoredValue<bool>,
    next: Alarm,
}

impl States {
    /// Begins to ask after these apps, for as long as the calling owner lives.
    pub fn begin(apps: Vec<DashboardId>) -> Self {
        let any = !apps.is_empty();
        let states = Self {
            apps: StoredValue::new(apps),
            known: RwSignal::new(Vec::new()),
            soon: StoredValue::new(0),
            asking: StoredValue::new(false),
            next: Alarm::new(),
        };
        let session = expect_context::<Session>();
        if any {
            let heard = expect_context::<Heard>();
            Effect::new(move |before: Option<bool>| {
                let away = heard.out_of_touch();
                if away {
                    states.known.set(Vec::new());
                } else if before != Some(false) {
                    untrack(|| states.ask(session));
                }
                away
            });
            let seen = when_seen(move || states.ask(session));
            on_cleanup(move || seen.remove());
        }
        on_cleanup(move || states.next.stop());
        states
    }

    /// `None` while it is not known: nothing outlives the connection to the gateway.
    pub fn of(self, id: &DashboardId) -> Option<AppState> {
        self.known.with(|known| known.iter().find(|known| known.id == *id).map(|known| known.app))
    }

    fn ask(self, session: Session) {
        self.next.stop();
        let busy = self.asking.try_update_value(|asking| std::mem::replace(asking, true));
        if busy != Some(false) {
            return;
        }
        spawn_local(async move {
            let answer = api::states().await;
            if self.asking.try_update_value(|asking| *asking = false).is_none() {
                return;
            }
            match answer {
                Ok(answer) => {
                    if self.known.with_untracked(|known| *known != answer.apps) {
                        self.known.set(answer.apps);
                    }
                }
                Err(error)
                    if matches!(error.code(), Some(ProblemCode::SignedOut | ProblemCode::NotFound)) =>
                {
                    let _ = session.refresh(Why::Unsaid).await;
                }
                // Nothing new is known, so nothing changes.
                Err(_) => {}
            }
            let wait = self.wait();
            self.next.set(Some(wait), move || {
                // A page that comes back into view asks at once.
                if is_seen() {
                    self.ask(session);
                }
            });
        });
    }

    fn wait(self) -> Duration {
        let complete = self.known.try_with_untracked(|known| {
            self.apps.with_value(|apps| apps.iter().all(|id| known.iter().any(|known| known.id == *id)))
        });
        let asked = self.soon.try_update_value(|soon| {
            *soon = soon.saturating_add(1);
            *soon
        });
        match (complete, asked) {
            (Some(false), Some(asked)) if asked <= SOON_AT_MOST => SOON,
            _ => EVERY,
        }
    }
}
