//! What frames say to the shell. Any app can forge it, so it counts only from the frame's own window and the
//! dashboard's origin, and even then it only makes the shell ask the gateway.

use lanyard_contract::{
    DashboardId,
    wire::{Kind, hint},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use web_sys::MessageEvent;

use super::{element::is_away, stage::Stage};
use crate::{
    identity::session::Why,
    policy::{Admission, admit},
};

impl Stage {
    /// A hint from inside a frame. Any app can forge one, so it only makes the shell ask, once a frame.
    pub(super) fn hinted(self, event: &MessageEvent) {
        // Before what it says is looked at: unpacking a huge message takes the page's time, in which a hidden frame
        // could be typed into (`guard_focus`).
        let Some((id, name)) = self.sender(event) else { return };
        let said = js_sys::Reflect::get(&event.data(), &JsValue::from_str(hint::FIELD));
        let answers = match said.ok().and_then(|said| said.as_string()).as_deref() {
            Some(hint::SESSION) => true,
            Some(hint::UNREACHABLE) => false,
            _ => return,
        };
        let first = self.frames.try_update_value(|pool| {
            pool.get_mut(&id).is_some_and(|frame| !std::mem::replace(&mut frame.hinted, true))
        });
        if first == Some(true) {
            spawn_local(self.look_into(id, name, answers));
        }
    }

    /// The frame that a message came from: its window, and the dashboard's own origin. None that has hinted before,
    /// and none that is hidden: that one is asked about when it is shown.
    fn sender(self, event: &MessageEvent) -> Option<(DashboardId, String)> {
        let source = event.source()?;
        let origin = event.origin();
        self.frames.with_value(|pool| {
            pool.iter()
                .find(|(_, frame)| {
                    let own = matches!(&frame.dashboard.kind, Kind::App { origin: own } if *own == origin);
                    let heard = own && !frame.hinted && !is_away(&frame.element);
                    heard
                        && frame
                            .element
                            .content_window()
                            .is_some_and(|window| js_sys::Object::is(&window, &source))
                })
                .map(|(id, frame)| (id.clone(), frame.name.clone()))
        })
    }

    /// Asks the gateway. Whoever is still let in gets a new frame: at once if the app `answers`, else in a while,
    /// as also when the gateway says nothing.
    async fn look_into(self, id: DashboardId, name: String, answers: bool) {
        let asked = self.session.refresh(Why::Unsaid).await;
        if !self.is_current(&id, &name) {
            return;
        }
        let admitted = self.session.answer_untracked().map(|answer| admit(&answer, Some(&id)));
        let Some(Admission::Open(dashboard)) = admitted else { return };
        match (answers && asked.is_ok()).then(|| self.spend_reentry(&id)).flatten() {
            Some(path) => self.enter(dashboard, path),
            None => self.note_trouble(id, name, asked.err()),
        }
    }
}
