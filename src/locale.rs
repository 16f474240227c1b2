//! Times and numbers as the browser's locale writes them. Which words stand around them is `ui::words`' matter.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

/// The time of day in the browser's time zone, such as `14:02`.
pub fn time_of_day(seconds: u64) -> String {
    date(seconds, [("hour", "2-digit"), ("minute", "2-digit")])
}

/// Day and time of day in the browser's time zone.
pub fn date_and_time(seconds: u64) -> String {
    date(seconds, [("dateStyle", "medium"), ("timeStyle", "short")])
}

fn date(seconds: u64, parts: [(&str, &str); 2]) -> String {
    let options = Object::new();
    for (part, style) in parts {
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
