//! This tab's session storage: what must survive the way to the provider and back, and nothing else.
//! A browser that refuses storage behaves like an empty one.

use web_sys::Storage;

fn storage() -> Option<Storage> {
    leptos::prelude::window().session_storage().ok().flatten()
}

/// Keeps a value. False when the browser refuses.
pub fn put(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Reads a value and removes it.
pub fn take(key: &str) -> Option<String> {
    let value = get(key);
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
    value
}

/// All keys that begin like this.
pub fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    (0..count)
        .filter_map(|nth| storage.key(nth).ok().flatten())
        .filter(|key| key.starts_with(prefix))
        .collect()
}

/// Forgets everything that this tab kept.
pub fn clear() {
    if let Some(storage) = storage() {
        let _ = storage.clear();
    }
}
