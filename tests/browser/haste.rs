//! Time that runs faster: clock and timers of the page alike, so that a minute can be waited for.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

use crate::page::wait;

/// Seconds in a second.
const FACTOR: i32 = 40;

/// Until it is dropped.
pub struct Haste(Function);

impl Haste {
    pub fn begin() -> Self {
        let begin = Function::new_with_args(
            "factor",
            "const { now } = Date, timer = window.setTimeout, start = now();
             Date.now = () => start + (now() - start) * factor;
             window.setTimeout = (run, delay, ...more) => timer(run, delay / factor, ...more);
             return () => { Date.now = now; window.setTimeout = timer; };",
        );
        Self(begin.call1(&JsValue::NULL, &FACTOR.into()).expect("a clock").unchecked_into())
    }

    /// Lets so many of its seconds pass.
    pub async fn seconds(&self, seconds: i32) {
        wait(seconds * 1000).await;
    }
}

impl Drop for Haste {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}
