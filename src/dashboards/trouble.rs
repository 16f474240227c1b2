//! A dashboard that does not answer: says so, and enters it again while it is looked at, once its app answers.
//! Everything that enters by itself draws on the one budget of its dashboard.

use std::time::Duration;

use lanyard_contract::{DashboardId, paths::LocalPath};
use leptos::prelude::*;

use super::{
    pulse::Condition,
    stage::{Stage, Trouble},
};
use crate::{
    api::ApiError,
    clock, locale,
    ui::words::{self, Words},
};

/// The shortest wait before the next try, in seconds.
const SOONEST: u64 = 5;

/// What is said of a condition to those who do not see it in the bar.
fn said(condition: Condition, title: &str) -> Option<String> {
    match condition {
        Condition::Well => None,
        Condition::Waiting => Some(words::waiting(title)),
        Condition::Reconnecting => Some(words::reconnecting(title)),
        Condition::Disconnected => Some(words::cut_off(title)),
    }
}

impl Trouble {
    /// What people read about it. `title` is the dashboard's.
    pub(super) fn words(&self, title: &str) -> Words {
        match self.error {
            Some(ApiError::Outdated) => words::outdated(),
            _ => words::app_silent(title, &locale::number(self.delay), self.delay == SOONEST),
        }
    }
}

impl Stage {
    /// The gateway answers again: whoever is looked at need not wait out the time until the next try.
    pub fn resume(self) {
        let now = clock::now();
        if self.troubles.with_untracked(|all| !all.is_empty()) {
            self.troubles.update(|all| all.iter_mut().for_each(|trouble| trouble.due = trouble.due.min(now)));
        }
        self.look();
    }

    /// Says that a dashboard does not answer, and tries again in a while if it is still looked at then.
    pub(super) fn note_trouble(self, id: DashboardId, frame: String, error: Option<ApiError>) {
        if self.troubles.with_untracked(|all| all.iter().any(|known| known.frame == frame)) {
            return;
        }
        let wait = self.frames.try_update_value(|pool| {
            pool.get_mut(&id).map_or(0, |entered| entered.reentries.wait(clock::now()))
        });
        let delay = wait.unwrap_or_default().max(SOONEST);
        let shown = self.shown.with_untracked(|shown| shown.as_ref() == Some(&id));
        let trouble = Trouble { id, frame, delay, due: clock::now() + delay, error };
        self.troubles.update(|all| {
            all.retain(|known| known.id != trouble.id);
            all.push(trouble);
        });
        if shown {
            self.look_in(Some(Duration::from_secs(delay)));
        }
    }

    /// The app behind the dashboard on the screen answers: enters it again, when it is time.
    pub(super) fn try_again(self, trouble: &Trouble) {
        if clock::now() >= trouble.due
            && self.is_current(&trouble.id, &trouble.frame)
            && self.spend_reentry(&trouble.id).is_some()
        {
            self.reload();
        }
    }

    /// The place to enter a dashboard at again by itself, if its budget has one entry left.
    pub(super) fn spend_reentry(self, id: &DashboardId) -> Option<LocalPath> {
        let spent = self.frames.try_update_value(|pool| {
            let frame = pool.get_mut(id)?;
            frame.reentries.spend(clock::now()).then(|| frame.path.clone())
        });
        spent.flatten()
    }

    /// Says aloud what happens to the dashboard on the screen, and nothing that is no longer so.
    pub(super) fn announce_troubles(self) {
        let condition = Memo::new(move |_| self.condition());
        Effect::new(move |before: Option<(Option<Trouble>, bool)>| {
            let (before, spoke) = before.unwrap_or_default();
            let trouble = self.trouble();
            let condition = condition.get();
            let said = match (&trouble, before) {
                (Some(trouble), _) => self.title(&trouble.id).map(|title| {
                    let words = trouble.words(&title);
                    [&words.title, ". ", &words.sentence].concat()
                }),
                (None, Some(gone)) if self.shown.get_untracked().as_ref() == Some(&gone.id) => {
                    self.title(&gone.id).map(|title| words::app_back(&title))
                }
                _ => self
                    .shown
                    .get_untracked()
                    .and_then(|id| self.title(&id))
                    .and_then(|title| said(condition, &title)),
            };
            // What others have said is not ours to take back.
            let speaks = said.is_some();
            if speaks || spoke {
                self.announcer.say(said.unwrap_or_default());
            }
            (trouble, speaks)
        });
    }
}
