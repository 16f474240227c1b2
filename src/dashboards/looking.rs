//! How the dashboard on the screen is: asked every few seconds while somebody looks at it, one request at a
//! time, and never while the page is hidden.

use std::time::Duration;

use lanyard_contract::{
    DashboardId,
    wire::{AppState, Kind, ProblemCode, StateAnswer},
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    pulse::{Condition, Pulse},
    stage::{Stage, Unasked},
};
use crate::{
    api::{self, ApiError},
    clock,
    identity::session::Why,
    waiting::is_seen,
};

const EVERY: Duration = Duration::from_secs(5);

/// How long a frame may take to load before the bar says so.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

impl Stage {
    /// Asks at once how the dashboard on the screen is, if somebody looks at it, and goes on asking.
    pub(super) fn look(self) {
        self.look_in(None);
        let Some((id, name)) = self.looked_at() else { return };
        if self.asking.try_update_value(|asking| std::mem::replace(asking, true)) != Some(false) {
            return;
        }
        spawn_local(async move {
            let state = api::state(&id).await;
            if self.asking.try_update_value(|asking| *asking = false).is_none() {
                return;
            }
            self.learn(&id, &name, state);
            match self.shown.with_untracked(|shown| *shown == Some(id)) {
                true => self.look_in(Some(self.next_look())),
                false => self.look(),
            }
        });
    }

    /// Asks in a while instead of whenever it would have; `None` is never.
    pub(super) fn look_in(self, wait: Option<Duration>) {
        self.next.set(wait, move || self.look());
    }

    fn next_look(self) -> Duration {
        let due = untrack(|| self.trouble()).map_or(0, |trouble| trouble.due);
        match due.saturating_sub(clock::now()) {
            0 => EVERY,
            left => Duration::from_secs(left),
        }
    }

    /// The frame that somebody looks at, if there is anything to ask about it.
    fn looked_at(self) -> Option<(DashboardId, String)> {
        let id = self.shown.try_get_untracked().flatten()?;
        let trouble = self.has_trouble(&id);
        let name = self.frames.try_update_value(|pool| {
            let frame = pool.get_mut(&id)?;
            let ours = matches!(frame.dashboard.kind, Kind::App { .. });
            (is_seen() && ours && (frame.pulse.loaded || trouble)).then(|| frame.name.clone())
        });
        name.flatten().map(|name| (id, name))
    }

    fn learn(self, id: &DashboardId, name: &str, state: Result<StateAnswer, ApiError>) {
        match state {
            Ok(state) => {
                let down = self.change_pulse(id, name, |pulse| pulse.take(state));
                match untrack(|| self.trouble()) {
                    Some(trouble) if state.app == AppState::Answers => self.try_again(&trouble),
                    None if down == Some(true) => self.note_trouble(id.clone(), name.to_owned(), None),
                    _ => {}
                }
            }
            Err(error) if matches!(error.code(), Some(ProblemCode::SignedOut | ProblemCode::NotFound)) => {
                spawn_local(async move {
                    let _ = self.session.refresh(Why::Unsaid).await;
                });
            }
            // Nothing is known, so nothing changes.
            Err(_) => {}
        }
    }

    /// A page has loaded in the frame of that name, and it is the app's.
    pub(super) fn arrived(self, id: &DashboardId, name: &str) {
        let before = self.change_pulse(id, name, |pulse| std::mem::replace(&mut pulse.loaded, true));
        if before == Some(false) {
            self.look();
        }
    }

    /// Watches a new frame until it has loaded.
    pub(super) fn expect_arrival(self, id: DashboardId, name: String) {
        self.tell_condition();
        let late = move || {
            self.change_pulse(&id, &name, |pulse| pulse.late = true);
        };
        set_timeout(late, PATIENCE);
    }

    /// What the bar has to say about the dashboard on the screen.
    pub fn condition(self) -> Condition {
        if self.trouble().is_some() { Condition::Well } else { self.condition.get() }
    }

    pub(super) fn tell_condition(self) {
        let shown = self.shown.try_get_untracked().flatten();
        let pulse = shown.and_then(|id| {
            self.frames.try_update_value(|pool| pool.get_mut(&id).map(|frame| frame.pulse)).flatten()
        });
        let condition = match self.unasked.try_get_value().flatten() {
            Some(Unasked { late: true, .. }) => Condition::Waiting,
            _ => pulse.map(Pulse::condition).unwrap_or_default(),
        };
        if self.condition.try_get_untracked().is_some_and(|said| said != condition) {
            self.condition.set(condition);
        }
    }

    /// `None` when the frame of that name is gone.
    fn change_pulse<T>(
        self,
        id: &DashboardId,
        name: &str,
        change: impl FnOnce(&mut Pulse) -> T,
    ) -> Option<T> {
        let changed = self.frames.try_update_value(|pool| {
            let frame = pool.get_mut(id).filter(|frame| frame.name == name)?;
            Some(change(&mut frame.pulse))
        });
        self.tell_condition();
        changed.flatten()
    }
}
