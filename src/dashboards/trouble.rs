//! A dashboard that does not answer: says so, and enters it again while it is looked at, once its app answers.
//! Everything that enters by itself draws on the one budget of its dashboard.

use std::time::Duration;

use lanyard_contract::{DashboardId, paths::LocalPath};
use leptos::prelude::*;

use super::{
    pulse::Condition,
    stage::{Stage, Trouble},
};
use crate::{clock, ui::words};

/// The shortest wait before the next try, in seconds.
const SOONEST: u64 = 5;

impl Stage {
    /// Says that a dashboard does not answer, and tries again in a while if it is still looked at then.
    pub(super) fn note_trouble(self, id: DashboardId, frame: String, reference: Option<String>) {
        if self.troubles.with_untracked(|all| all.iter().any(|known| known.frame == frame)) {
            return;
        }
        let wait = self.frames.try_update_value(|pool| {
            pool.get_mut(&id).map_or(0, |entered| entered.reentries.wait(clock::now()))
        });
        let delay = wait.unwrap_or_default().max(SOONEST);
        let shown = self.shown.with_untracked(|shown| shown.as_ref() == Some(&id));
        let trouble = Trouble { id, frame, delay, due: clock::now() + delay, reference };
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
        let cut = Memo::new(move |_| self.condition() == Condition::Disconnected);
        Effect::new(move |before: Option<Option<Trouble>>| {
            let trouble = self.trouble();
            let cut = cut.get();
            let said = match (&trouble, before.flatten()) {
                (Some(trouble), _) => self.title(&trouble.id).map(|title| {
                    let words = words::app_silent(&title, trouble.delay);
                    [&words.title, ". ", &words.sentence].concat()
                }),
                (None, Some(gone)) if self.shown.get_untracked().as_ref() == Some(&gone.id) => {
                    self.title(&gone.id).map(|title| words::app_back(&title))
                }
                _ if cut => self
                    .shown
                    .get_untracked()
                    .and_then(|id| self.title(&id))
                    .map(|title| words::cut_off(&title)),
                _ => None,
            };
            self.announcer.say(said.unwrap_or_default());
            trouble
        });
    }
}
