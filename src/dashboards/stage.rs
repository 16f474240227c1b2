//! Where the frames live. A frame is made once an entry, never moved in the document, hidden by attributes
//! when another one is shown, and gone as soon as its dashboard is no longer this person's.

use lanyard_contract::{DashboardId, paths::LocalPath, wire::Dashboard};
use leptos::{html, prelude::*};
use wasm_bindgen::prelude::Closure;
use web_sys::HtmlIFrameElement;

use super::{
    budget::Budget,
    element,
    pool::Pool,
    pulse::{Condition, Pulse},
};
use crate::{
    api::ApiError,
    config::Portal,
    identity::Session,
    policy::{Admission, admit},
    ui::announce::Announcer,
    waiting::Alarm,
};

/// A dashboard and the place inside it that somebody asked for; `None` is wherever they were last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub dashboard: Dashboard,
    pub path: Option<LocalPath>,
}

pub(super) struct Frame {
    pub(super) dashboard: Dashboard,
    /// The place it was entered at: where somebody went from there, another origin keeps to itself.
    pub(super) path: LocalPath,
    pub(super) name: String,
    pub(super) element: HtmlIFrameElement,
    pub(super) reentries: Budget,
    /// Whether it has hinted at something: once is enough, and what follows is a new frame.
    pub(super) hinted: bool,
    pub(super) pulse: Pulse,
    pub(super) _loaded: Closure<dyn FnMut()>,
}

/// A kept frame that is to be shown as soon as the gateway has been asked whether it still may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unasked {
    pub(super) id: DashboardId,
    /// Whether the answer takes long.
    pub(super) late: bool,
}

/// That a dashboard does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub id: DashboardId,
    /// The name of the frame that failed; a frame entered later clears the trouble by loading.
    pub frame: String,
    /// Seconds from the failure to the next try.
    pub delay: u64,
    /// The time of the next try, in seconds.
    pub due: u64,
    pub error: Option<ApiError>,
}

#[derive(Clone, Copy)]
pub struct Stage {
    pub(super) session: Session,
    pub(super) announcer: Announcer,
    pub(super) portal: Portal,
    pub(super) holder: NodeRef<html::Div>,
    pub(super) frames: StoredValue<Pool<Frame>, LocalStorage>,
    /// Whose frames these are.
    owner: StoredValue<Option<String>>,
    pub(super) shown: RwSignal<Option<DashboardId>>,
    /// The kept frame that stays hidden until the gateway has been asked.
    pub(super) unasked: StoredValue<Option<Unasked>>,
    pub(super) troubles: RwSignal<Vec<Trouble>>,
    pub(super) condition: RwSignal<Condition>,
    /// Whether a question about the dashboard on the screen is under way, and when the next one is due.
    pub(super) asking: StoredValue<bool>,
    pub(super) next: Alarm,
    /// The next look at where the focus is.
    pub(super) guard: Alarm,
}

impl Stage {
    pub fn new(portal: Portal, session: Session, announcer: Announcer) -> Self {
        Self {
            session,
            announcer,
            portal,
            holder: NodeRef::new(),
            frames: StoredValue::new_local(Pool::default()),
            owner: StoredValue::new(None),
            shown: RwSignal::new(None),
            unasked: StoredValue::new(None),
            troubles: RwSignal::new(Vec::new()),
            condition: RwSignal::new(Condition::Well),
            asking: StoredValue::new(false),
            next: Alarm::new(),
            guard: Alarm::new(),
        }
    }

    /// The trouble of the dashboard on the screen.
    pub fn trouble(self) -> Option<Trouble> {
        let shown = self.shown.get()?;
        self.troubles.with(|all| all.iter().find(|trouble| trouble.id == shown).cloned())
    }

    /// Shows what is wanted, from among the kept frames if it is there, and hides the rest.
    pub(super) fn show(self, wanted: Option<Wanted>) {
        let id = wanted.as_ref().map(|wanted| wanted.dashboard.id.clone());
        let stays = self.shown.with_untracked(|shown| *shown == id);
        if !stays {
            self.unasked.set_value(None);
        }
        self.shown.set(id);
        let Some(Wanted { dashboard, path }) = wanted else { return self.reveal() };
        let kept = self.frames.try_update_value(|pool| {
            let frame = pool.touch(&dashboard.id)?;
            path.as_ref().is_none_or(|path| *path == frame.path).then(|| frame.path.clone())
        });
        let kept = kept.flatten();
        let ask = kept.is_some() && !stays && !self.has_trouble(&dashboard.id);
        if ask && self.session.person_untracked().is_some() {
            self.unasked.set_value(Some(Unasked { id: dashboard.id.clone(), late: false }));
        }
        self.reveal();
        match kept {
            // What is on the screen already tries again by itself, and not more often than it may.
            Some(_) if stays => {}
            Some(path) if self.has_trouble(&dashboard.id) => self.enter(dashboard, path),
            Some(_) => self.ask_first(dashboard.id),
            None => self.enter(dashboard, path.unwrap_or_else(LocalPath::root)),
        }
    }

    /// Lets the frame on the screen be seen, unless the gateway has to be asked first, and no other.
    pub(super) fn reveal(self) {
        let shown = self.shown.get_untracked();
        let unasked = self.unasked.get_value().map(|unasked| unasked.id);
        self.frames.with_value(|pool| {
            for (id, frame) in pool.iter() {
                element::set_away(&frame.element, Some(id) != shown.as_ref() || Some(id) == unasked.as_ref());
            }
        });
        self.tell_condition();
        self.guard_focus();
    }

    /// Whether the frame of that name is still the dashboard's.
    pub(super) fn is_current(self, id: &DashboardId, name: &str) -> bool {
        self.frames
            .try_update_value(|pool| pool.get_mut(id).is_some_and(|frame| frame.name == name))
            .unwrap_or(false)
    }

    pub(super) fn has_trouble(self, id: &DashboardId) -> bool {
        self.troubles.with_untracked(|all| all.iter().any(|trouble| trouble.id == *id))
    }

    pub(super) fn title(self, id: &DashboardId) -> Option<String> {
        self.frames.try_update_value(|pool| pool.get_mut(id).map(|f| f.dashboard.title.clone())).flatten()
    }

    /// Removes every frame that is not, or no longer, this person's to see.
    pub(super) fn clear_out(self) {
        let answer = self.session.answer();
        let person = self.session.person();
        let same = self.owner.with_value(|owner| *owner == person);
        self.owner.set_value(person);
        let stays = |id: &DashboardId| {
            same && answer
                .as_ref()
                .is_some_and(|answer| matches!(admit(answer, Some(id)), Admission::Open(_)))
        };
        let gone = self.frames.try_update_value(|pool| pool.drain_unless(stays)).unwrap_or_default();
        for frame in gone {
            frame.element.remove();
            self.troubles.update(|all| all.retain(|known| known.id != frame.dashboard.id));
        }
    }
}
