//! The only module that reads the time. Everything else takes it as an argument.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

/// Seconds since 1970-01-01 UTC, by the browser's clock.
#[allow(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn now() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}

/// The time of day in the browser's time zone, as `14:02`.
pub fn time_of_day(seconds: u64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    clock_face(date.get_hours(), date.get_minutes())
}

/// Day and time of day in the browser's time zone, as its language writes them.
pub fn date_and_time(seconds: u64) -> String {
    let options = Object::new();
    for (part, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        let _ = Reflect::set(&options, &part.into(), &style.into());
    }
    let date = js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    let format = js_sys::Intl::DateTimeFormat::new(&Array::new(), &options);
    let written = format.format().call1(&JsValue::UNDEFINED, &date);
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn clock_face(hours: u32, minutes: u32) -> String {
    let digit = |n: u32| char::from(b'0' + (n % 10) as u8);
    [digit(hours / 10), digit(hours), ':', digit(minutes / 10), digit(minutes)].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_two_digits_each() {
        assert_eq!(clock_face(14, 2), "14:02");
        assert_eq!(clock_face(0, 59), "00:59");
    }
}
