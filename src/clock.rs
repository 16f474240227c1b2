//! The only module that reads the time. Everything else takes it as an argument.

/// Seconds since 1970-01-01 UTC, by the browser's clock.
#[allow(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn now() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}
