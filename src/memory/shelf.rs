//! Where memories stand: this browser's local storage, under the hash of a person's key. The people who were
//! here last keep theirs; the rest are cleared away. A browser that refuses storage behaves like an empty one.

use web_sys::Storage;

use super::marks::Salt;

/// People whose memories one browser keeps.
const PEOPLE: usize = 20;

/// Whose they are, the last one here first.
const ORDER: &str = "lanyard.people";
const ONE: &str = "lanyard.person.";

fn storage() -> Option<Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

/// The name of a person's place, which does not tell who they are.
pub fn place(salt: &Salt) -> String {
    [ONE, &salt.mark("place", "")].concat()
}

pub fn read(place: &str) -> Option<String> {
    storage()?.get_item(place).ok().flatten()
}

/// False when the browser refuses.
pub fn write(place: &str, value: &str) -> bool {
    let Some(storage) = storage() else { return false };
    make_room(&storage, place);
    storage.set_item(place, value).is_ok()
}

fn make_room(storage: &Storage, place: &str) {
    let order = storage.get_item(ORDER).ok().flatten().unwrap_or_default();
    let own = place.strip_prefix(ONE).unwrap_or(place);
    if order.split(' ').next() == Some(own) {
        return;
    }
    let others = order.split(' ').filter(|known| !known.is_empty() && *known != own);
    let people: Vec<&str> = std::iter::once(own).chain(others).take(PEOPLE).collect();
    let _ = storage.set_item(ORDER, &people.join(" "));
    for key in keys(storage) {
        if key.strip_prefix(ONE).is_some_and(|known| !people.contains(&known)) {
            let _ = storage.remove_item(&key);
        }
    }
}

fn keys(storage: &Storage) -> Vec<String> {
    let count = storage.length().unwrap_or(0);
    (0..count).filter_map(|nth| storage.key(nth).ok().flatten()).collect()
}
