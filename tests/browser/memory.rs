//! What the portal remembers: for one person, in words that nobody else can read.

use js_sys::Function;
use lanyard_contract::wire::SessionAnswer;
use lanyard_shell::{
    identity::{Session, session::Why},
    memory::{Memory, Theme},
};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Storage;

use crate::story;

fn storage() -> Storage {
    window().local_storage().expect("a storage").expect("a storage")
}

fn everything() -> String {
    let storage = storage();
    let keys = (0..storage.length().expect("a length")).filter_map(|nth| storage.key(nth).ok().flatten());
    keys.map(|key| format!("{key}={}\n", storage.get_item(&key).ok().flatten().unwrap_or_default())).collect()
}

fn someone(key: &str) -> SessionAnswer {
    let mut answer = story::session("c");
    answer.identity.as_mut().expect("somebody").key = key.to_owned();
    answer
}

/// A tab of somebody, as long as its owner lives.
fn tab(answer: SessionAnswer) -> (Owner, Session, Memory) {
    let owner = Owner::new();
    let (session, memory) = owner.with(|| {
        let session = Session::with(answer);
        (session, Memory::new(session))
    });
    (owner, session, memory)
}

fn use_it(memory: Memory) {
    memory.set_theme(Theme::Dark);
    memory.fold(true);
    memory.close("Quarterly KPI", true);
    memory.opened(&"status".parse().expect("an id"));
    memory.opened(&"finance".parse().expect("an id"));
}

fn recents(memory: Memory) -> Vec<String> {
    memory.recents().iter().map(|id| id.as_str().to_owned()).collect()
}

fn is_empty(memory: Memory) -> bool {
    memory.theme() == Theme::System
        && !memory.folded()
        && !memory.closed("Quarterly KPI")
        && recents(memory).is_empty()
}

#[wasm_bindgen_test]
fn it_comes_back_with_the_person_and_is_nobody_elses() {
    storage().clear().expect("a clearing");
    let (_owner, session, memory) = tab(someone("carla-key"));
    use_it(memory);
    session.absorb(story::nobody(), Why::Unsaid);
    assert!(is_empty(memory), "nobody has no memory");
    session.absorb(someone("ben-key"), Why::Unsaid);
    assert!(is_empty(memory), "the next person has a memory of their own");
    memory.set_theme(Theme::Light);
    let (_later, _, memory) = tab(someone("carla-key"));
    assert_eq!((memory.theme(), memory.folded()), (Theme::Dark, true));
    assert!(memory.closed("Quarterly KPI") && !memory.closed("Other"));
    assert_eq!(recents(memory), ["finance", "status"]);
}

#[wasm_bindgen_test]
fn nothing_that_names_anything_is_written_down() {
    storage().clear().expect("a clearing");
    let (_owner, _, memory) = tab(someone("carla-key"));
    use_it(memory);
    let kept = everything().to_lowercase();
    assert!(kept.contains("lanyard."), "{kept}");
    for word in ["carla", "c@harbour", "finance", "status", "quarterly", "kpi", "dark", "folded", "closed"] {
        assert!(!kept.contains(word), "{word}: {kept}");
    }
    // The same choices of two people have nothing in common.
    let (_owner, _, memory) = tab(someone("ben-key"));
    let marks = |kept: &str| -> Vec<String> {
        kept.split([' ', '|', '=', '\n']).filter(|mark| mark.len() == 18).map(str::to_owned).collect()
    };
    let before = marks(&everything());
    use_it(memory);
    let after = marks(&everything());
    let new: Vec<_> = after.iter().filter(|mark| !before.contains(mark)).collect();
    assert!(before.len() >= 5 && new.len() >= 5, "{before:?} {new:?}");
}

#[wasm_bindgen_test]
fn what_is_no_longer_open_to_a_person_is_not_listed() {
    storage().clear().expect("a clearing");
    let (_owner, session, memory) = tab(someone("carla-key"));
    use_it(memory);
    let mut answer = someone("carla-key");
    answer.roles.clear();
    session.absorb(answer, Why::Unsaid);
    assert_eq!(recents(memory), ["status"]);
    session.absorb(someone("carla-key"), Why::Unsaid);
    assert_eq!(recents(memory), ["finance", "status"], "it comes back with the right to it");
}

#[wasm_bindgen_test]
fn two_tabs_of_one_person_do_not_overwrite_each_other() {
    storage().clear().expect("a clearing");
    let (_one, _, one) = tab(someone("carla-key"));
    let (_two, _, two) = tab(someone("carla-key"));
    assert_eq!(two.theme(), Theme::System, "it has read the empty one");
    one.set_theme(Theme::Dark);
    assert_eq!(one.theme(), Theme::Dark);
    two.fold(true);
    let (_three, _, three) = tab(someone("carla-key"));
    assert_eq!((three.theme(), three.folded()), (Theme::Dark, true));
    // The browser tells the other tabs; within one page somebody else must.
    assert!(!one.folded());
    Function::new_no_args("window.dispatchEvent(new StorageEvent('storage'))")
        .call0(&JsValue::NULL)
        .expect("an event");
    assert!(one.folded());
}

#[wasm_bindgen_test]
fn a_browser_keeps_the_last_twenty_people() {
    storage().clear().expect("a clearing");
    for n in 0..25 {
        let (_owner, _, memory) = tab(someone(&format!("person-{n}")));
        memory.fold(true);
    }
    let kept = |n: u32| tab(someone(&format!("person-{n}"))).2.folded();
    assert!(!kept(4) && kept(5) && kept(24));
    assert_eq!(storage().length().expect("a length"), 21, "and their order");
}

#[wasm_bindgen_test]
fn a_browser_that_refuses_storage_forgets_with_the_page() {
    storage().clear().expect("a clearing");
    let refuse = Function::new_no_args(
        "const kept = Storage.prototype.setItem;
         Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
         return () => { Storage.prototype.setItem = kept; };",
    );
    let restore: Function = refuse.call0(&JsValue::NULL).expect("a refusal").into();
    let (_owner, session, memory) = tab(someone("carla-key"));
    use_it(memory);
    assert_eq!((memory.theme(), recents(memory).len()), (Theme::Dark, 2));
    session.absorb(someone("ben-key"), Why::Unsaid);
    let other = is_empty(memory);
    let (_later, _, later) = tab(someone("carla-key"));
    let gone = is_empty(later);
    restore.call0(&JsValue::NULL).expect("a restoring");
    assert!(other && gone);
}
