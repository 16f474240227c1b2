//! Where the page would have gone: every navigation to another document is written down and called off,
//! because with the document the test would end.

use js_sys::{Array, Function};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

/// Until it is dropped.
pub struct Departures {
    seen: Array,
    stop: Function,
}

impl Departures {
    pub fn watch() -> Self {
        let seen = Array::new();
        let begin = Function::new_with_args(
            "seen",
            "const heard = event => {
                 if (event.destination.sameDocument) return;
                 seen.push(event.navigationType === 'reload' ? 'reload' : event.destination.url);
                 event.preventDefault();
             };
             navigation.addEventListener('navigate', heard);
             return () => navigation.removeEventListener('navigate', heard);",
        );
        let stop = begin.call1(&window(), &seen).expect("the Navigation API").unchecked_into();
        Self { seen, stop }
    }

    pub fn seen(&self) -> Vec<String> {
        self.seen.iter().filter_map(|place| place.as_string()).collect()
    }
}

impl Drop for Departures {
    fn drop(&mut self) {
        let _ = self.stop.call0(&JsValue::NULL);
    }
}
