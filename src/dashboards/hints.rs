//! What frames say to the shell. Any app can forge it, so it counts only from the frame's own window and the
//! dashboard's origin, and even then it only makes the shell ask the gateway.

use lanyard_contract::{
    DashboardId,
    wire::{Kind, hint},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use web_sys::MessageEvent;

use super::stage::Stage;
use crate::{
    clock,
    identity::session::Why,
    policy::{Admission, admit},
};

impl Stage {
    /// A hint from inside a frame. Any app can forge one, so it only makes the shell ask.
    pub(super) fn hinted(self, event: &MessageEvent) {
        let Some((id, name)) = self.sender(event) else { return };
        let said = js_sys::Reflect::get(&event.data(), &JsValue::from_str(hint::FIELD));
        match said.ok().and_then(|said| said.as_string()).as_deref() {
            Some(hint::UNREACHABLE) => self.note_trouble(id, name, None),
            Some(hint::SESSION) => spawn_local(self.reenter(id, name)),
            _ => {}
        }
    }

    /// The frame that a message came from: its window, and the dashboard's own origin.
    fn sender(self, event: &MessageEvent) -> Option<(DashboardId, String)> {
        let source = event.source()?;
        let origin = event.origin();
        self.frames.with_value(|pool| {
            pool.iter()
                .find(|(_, frame)| {
                    let own = matches!(&frame.dashboard.kind, Kind::App { origin: own } if *own == origin);
                    own && frame
                        .element
                        .content_window()
                        .is_some_and(|window| js_sys::Object::is(&window, &source))
                })
                .map(|(id, frame)| (id.clone(), frame.name.clone()))
        })
    }

    async fn reenter(self, id: DashboardId, name: String) {
        if self.session.refresh(Why::Unsaid).await.is_err() || !self.is_current(&id, &name) {
            return;
        }
        let admitted = self.session.answer_untracked().map(|answer| admit(&answer, Some(&id)));
        let Some(Admission::Open(dashboard)) = admitted else { return };
        let again = self.frames.try_update_value(|pool| {
            let frame = pool.get_mut(&id)?;
            frame.reentries.spend(clock::now()).then(|| frame.path.clone())
        });
        match again.flatten() {
            Some(path) => self.enter(dashboard, path),
            None => self.note_trouble(id, name, None),
        }
    }
}
