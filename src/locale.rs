//! Times and numbers as the browser's locale writes them. Which words stand around them is `ui::words`' matter.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

/// The time of day in the browser's time zone, such as `14:02` or `2:02 PM`.
pub fn time_of_day(seconds: u64) -> String {
    date(seconds, &["timeStyle"])
}

/// Day and time of day in the browser's time zone.
pub fn date_and_time(seconds: u64) -> String {
    date(seconds, &["timeStyle", "dateStyle"])
}

fn date(seconds: u64, parts: &[&str]) -> String {
    let options = Object::new();
    for (&part, style) in parts.iter().zip(["short", "medium"]) {
        let _ = Reflect::set(&options, &part.into(), &style.into());
    }
    let date = Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    written(&Intl::DateTimeFormat::new(&Array::new(), &options).format(), &date)
}

pub fn number(number: u64) -> String {
    let format = Intl::NumberFormat::new(&Array::new(), &Object::new());
    written(&format.format(), &JsValue::from_f64(number as f64))
}

fn written(format: &Function, value: &JsValue) -> String {
    format.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}
