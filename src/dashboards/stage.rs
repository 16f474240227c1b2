//! Where the frames live. A frame is made once an entry, never moved in the document, hidden by attributes
//! when another one is shown, and gone as soon as its dashboard is no longer this person's.

use std::time::Duration;

use lanyard_contract::{
    DashboardId,
    paths::LocalPath,
    wire::{Dashboard, ProblemCode},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::HtmlIFrameElement;

use super::{
    budget::Budget,
    element, entry,
    pool::Pool,
    pulse::{Condition, Pulse},
};
use crate::{
    api::{self, ApiError},
    identity::{Session, session::Why},
    policy::{Admission, admit},
    random,
    ui::announce::Announcer,
};

/// How long after loading a page inside a frame may still say that it is an error page.
const SETTLING: Duration = Duration::from_millis(300);

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
    _loaded: Closure<dyn FnMut()>,
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
    holder: NodeRef<html::Div>,
    pub(super) frames: StoredValue<Pool<Frame>, LocalStorage>,
    /// Whose frames these are.
    owner: StoredValue<Option<String>>,
    pub(super) shown: RwSignal<Option<DashboardId>>,
    pub(super) troubles: RwSignal<Vec<Trouble>>,
    pub(super) condition: RwSignal<Condition>,
    /// Whether a question about the dashboard on the screen is under way, and when the next one is due.
    pub(super) asking: StoredValue<bool>,
    pub(super) next: StoredValue<Option<TimeoutHandle>>,
}

impl Stage {
    pub fn new(session: Session, announcer: Announcer) -> Self {
        Self {
            session,
            announcer,
            holder: NodeRef::new(),
            frames: StoredValue::new_local(Pool::default()),
            owner: StoredValue::new(None),
            shown: RwSignal::new(None),
            troubles: RwSignal::new(Vec::new()),
            condition: RwSignal::new(Condition::Well),
            asking: StoredValue::new(false),
            next: StoredValue::new(None),
        }
    }

    /// The trouble of the dashboard on the screen.
    pub fn trouble(self) -> Option<Trouble> {
        let shown = self.shown.get()?;
        self.troubles.with(|all| all.iter().find(|trouble| trouble.id == shown).cloned())
    }

    /// Shows what is wanted, from among the kept frames if it is there, and hides the rest.
    fn show(self, wanted: Option<Wanted>) {
        let id = wanted.as_ref().map(|wanted| wanted.dashboard.id.clone());
        let stays = self.shown.with_untracked(|shown| *shown == id);
        self.frames.with_value(|pool| {
            for (known, frame) in pool.iter() {
                element::set_away(&frame.element, Some(known) != id.as_ref());
            }
        });
        self.shown.set(id);
        self.tell_condition();
        let Some(Wanted { dashboard, path }) = wanted else { return };
        let kept = self.frames.try_update_value(|pool| {
            let frame = pool.touch(&dashboard.id)?;
            path.as_ref().is_none_or(|path| *path == frame.path).then(|| frame.path.clone())
        });
        match kept.flatten() {
            // What is on the screen already tries again by itself, and not more often than it may.
            Some(_) if stays => {}
            Some(path) if self.has_trouble(&dashboard.id) => self.enter(dashboard, path),
            Some(_) => {
                self.ask_again();
                self.look();
            }
            None => self.enter(dashboard, path.unwrap_or_else(LocalPath::root)),
        }
    }

    /// Enters the dashboard on the screen once more, at the place it was entered before.
    pub fn reload(self) {
        let again = self.shown.get_untracked().and_then(|id| {
            self.frames
                .try_update_value(|pool| pool.get_mut(&id).map(|f| (f.dashboard.clone(), f.path.clone())))
                .flatten()
        });
        if let Some((dashboard, path)) = again {
            self.enter(dashboard, path);
        }
    }

    /// Makes a fresh frame and lets it in.
    pub(super) fn enter(self, dashboard: Dashboard, path: LocalPath) {
        let (Some(holder), Some(name)) = (self.holder.get_untracked(), random::name()) else { return };
        let direct = entry::direct(&dashboard, Some(&path).filter(|path| **path != LocalPath::root()));
        let Ok(element) = element::fresh(&dashboard, &name) else { return };
        let needs_ticket = direct.is_none();
        if let Some(address) = direct {
            element.set_src(&address);
        }
        let id = dashboard.id.clone();
        let loaded = {
            let (id, name) = (id.clone(), name.clone());
            Closure::<dyn FnMut()>::new(move || self.loaded(id.clone(), name.clone()))
        };
        element::set_away(&element, self.shown.with_untracked(|shown| shown.as_ref() != Some(&id)));
        let _ = holder.append_child(&element);
        // Not earlier: an empty frame loads at once when it enters the document.
        let _ = element.add_event_listener_with_callback("load", loaded.as_ref().unchecked_ref());
        self.frames.update_value(|pool| {
            let reentries = pool.get_mut(&id).map(|old| old.reentries.clone()).unwrap_or_default();
            let frame = Frame {
                dashboard,
                path: path.clone(),
                name: name.clone(),
                element,
                reentries,
                hinted: false,
                pulse: Pulse::default(),
                _loaded: loaded,
            };
            if let Some(gone) = pool.insert(id.clone(), frame) {
                gone.element.remove();
            }
        });
        self.expect_arrival(id.clone(), name.clone());
        if needs_ticket {
            spawn_local(self.let_in(id, path, name));
        }
    }

    async fn let_in(self, id: DashboardId, path: LocalPath, name: String) {
        let ticket = api::ticket(&id).await;
        if !self.is_current(&id, &name) {
            return;
        }
        match ticket {
            Ok(ticket) => {
                if entry::submit(&ticket, &path, &name).is_err() {
                    self.note_trouble(id, name, None);
                }
            }
            Err(error) => self.refused(id, name, error).await,
        }
    }

    /// A refusal says that what is on the screen is out of date, or that something is in trouble.
    async fn refused(self, id: DashboardId, name: String, error: ApiError) {
        if matches!(error.code(), Some(ProblemCode::SignedOut | ProblemCode::NotFound)) {
            let _ = self.session.refresh(Why::Unsaid).await;
        }
        if self.is_current(&id, &name) {
            self.note_trouble(id, name, Some(error));
        }
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

    /// A page has loaded in a frame. Unless it hints otherwise at once, it is the app's.
    fn loaded(self, id: DashboardId, name: String) {
        set_timeout(
            move || {
                let calm = self.frames.try_update_value(|pool| {
                    pool.get_mut(&id).is_some_and(|frame| frame.name == name && !frame.hinted)
                });
                if calm != Some(true) {
                    return;
                }
                if self.has_trouble(&id) {
                    self.troubles.update(|all| all.retain(|known| known.id != id || known.frame == name));
                }
                self.arrived(&id, &name);
            },
            SETTLING,
        );
    }

    /// Showing a kept frame is a reason to ask whether it still may be shown.
    fn ask_again(self) {
        let session = self.session;
        if session.person_untracked().is_some() {
            spawn_local(async move {
                let _ = session.refresh(Why::Unsaid).await;
            });
        }
    }

    /// Removes every frame that is not, or no longer, this person's to see.
    fn clear_out(self) {
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
    // `visibilitychange` bubbles from the document to the window.
    let occasions = ["visibilitychange", "online"]
        .map(|event| window_event_listener_untyped(event, move |_| stage.look()));
    on_cleanup(move || {
        messages.remove();
        occasions.into_iter().for_each(WindowListenerHandle::remove);
        stage.look_in(None);
        stage.frames.set_value(Pool::default());
    });
    view! { <div class="stage" class:away=move || stage.trouble().is_some() || wanted.with(Option::is_none) node_ref=stage.holder></div> }
}
