//! Entering a dashboard: a fresh frame, its ticket, and the moment its page has loaded. And showing one that was
//! kept, which is a reason to ask whether it still may be shown.

use std::time::Duration;

use lanyard_contract::{
    DashboardId,
    paths::LocalPath,
    wire::{Dashboard, ProblemCode},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, prelude::Closure};

use super::{
    element, entry,
    looking::PATIENCE,
    pulse::Pulse,
    stage::{Frame, Stage, Unasked},
};
use crate::{
    api::{self, ApiError},
    identity::session::Why,
    random,
};

/// How long after loading a page inside a frame may still say that it is an error page.
const SETTLING: Duration = Duration::from_millis(300);

impl Stage {
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
            if let Some(gone) = pool.insert(id.clone(), frame, self.portal.kept_frames()) {
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

    /// Asks the gateway, and shows the kept frame if it still may be shown, or if nothing is answered: what is
    /// known then stands.
    pub(super) fn ask_first(self, id: DashboardId) {
        if self.unasked.with_value(Option::is_none) {
            return self.look();
        }
        let waits = {
            let id = id.clone();
            move |stage: Self| stage.unasked.try_get_value().flatten().is_some_and(|unasked| unasked.id == id)
        };
        let late = waits.clone();
        set_timeout(
            move || {
                if late(self) {
                    self.unasked.update_value(|unasked| *unasked = Some(Unasked { id, late: true }));
                    self.tell_condition();
                }
            },
            PATIENCE,
        );
        spawn_local(async move {
            let _ = self.session.refresh(Why::Unsaid).await;
            if waits(self) {
                self.unasked.set_value(None);
                untrack(|| self.clear_out());
                self.reveal();
                self.look();
            }
        });
    }
}
