//! The palette: a combobox that leads to every page that is open to a person.

use js_sys::{Array, Function, Reflect};
use lanyard_contract::{
    policy::Access,
    wire::{Dashboard, Kind, SessionAnswer},
};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::{
    frames::gateway_for,
    keyboard::{focus, focused, press, press_control, press_with, write},
    page::{Gateway, Mounted, portal_at, settle},
    story,
};

const OPTIONS: &str = "dialog[open] [role=option]";

fn titles(page: &Mounted) -> Vec<String> {
    page.texts(&format!("{OPTIONS} > span:first-of-type"))
}

fn marked(page: &Mounted) -> Option<String> {
    let field = page.all("dialog[open] [role=combobox]").into_iter().next()?;
    let id = field.get_attribute("aria-activedescendant")?;
    let option = page.all(OPTIONS).into_iter().find(|option| option.id() == id)?;
    assert_eq!(option.get_attribute("aria-selected").as_deref(), Some("true"));
    assert_eq!(page.all(&format!("{OPTIONS}[aria-selected=true]")).len(), 1);
    option.query_selector("span").expect("a selector")?.text_content()
}

async fn open(page: &Mounted) -> Element {
    assert!(press_control("k"));
    settle().await;
    let field = focused();
    assert!(field.matches("dialog[open] [role=combobox]").expect("a selector"), "the field has the focus");
    assert_eq!(page.all(&format!("#{}", field.get_attribute("aria-controls").expect("a list"))).len(), 1);
    field
}

fn path() -> String {
    window().location().pathname().expect("a path")
}

#[wasm_bindgen_test]
async fn a_few_letters_and_enter_open_a_dashboard() {
    let _gateway = gateway_for("a");
    let page = portal_at("/").await;
    let field = open(&page).await;
    let all = ["Home", "Data Science Team KPI", "Finance Team KPI", "Finance forecast", "Service status"];
    assert_eq!(titles(&page), all);
    assert_eq!(marked(&page).as_deref(), Some("Home"));
    write(&field, "ff");
    settle().await;
    assert_eq!(titles(&page)[0], "Finance forecast");
    assert!(press("Enter"));
    settle().await;
    assert_eq!(path(), "/d/forecast");
    assert!(page.all("dialog[open]").is_empty());
    assert!(focused().matches("h1").expect("a selector"), "a change of page moves the focus to its heading");
}

#[wasm_bindgen_test]
async fn arrows_go_round_and_what_was_opened_last_comes_first() {
    let _gateway = gateway_for("a");
    for address in ["/d/forecast", "/d/finance"] {
        drop(portal_at(address).await);
    }
    let page = portal_at("/").await;
    open(&page).await;
    assert_eq!(titles(&page)[..3], ["Finance Team KPI", "Finance forecast", "Home"]);
    assert!(press("ArrowDown"));
    settle().await;
    assert_eq!(marked(&page).as_deref(), Some("Finance forecast"));
    assert!(press("ArrowUp") && press("ArrowUp"));
    settle().await;
    assert_eq!(marked(&page).as_deref(), Some("Service status"));
}

#[wasm_bindgen_test]
async fn closing_gives_the_focus_back() {
    let _gateway = Gateway::with_session(&story::session("c"));
    let page = portal_at("/").await;
    let before = page.all(".rail .search")[0].clone();
    focus(&before);
    page.click(".rail .search");
    settle().await;
    assert!(focused().matches("[role=combobox]").expect("a selector"));
    // A made-up Escape closes no dialog: what the browser does on a real one.
    let dialog = page.all("dialog[open]")[0].clone();
    dialog.unchecked_into::<web_sys::HtmlDialogElement>().close();
    settle().await;
    assert!(page.all(OPTIONS).is_empty() && focused() == before);
    open(&page).await;
    page.click("dialog[open]");
    settle().await;
    assert!(page.all("dialog[open]").is_empty(), "a press beside it closes");
}

#[wasm_bindgen_test]
async fn nothing_found_is_said_and_opens_nothing() {
    let _gateway = Gateway::with_session(&story::session("c"));
    let page = portal_at("/").await;
    let field = open(&page).await;
    write(&field, "data science");
    settle().await;
    assert_eq!(titles(&page), [""; 0], "what is Ben's is not found either");
    assert_eq!(page.texts("dialog[open] [role=status]"), ["Nothing here has that name."]);
    assert_eq!(field.get_attribute("aria-activedescendant"), None);
    assert!(press("ArrowDown") && press("Enter"));
    assert_eq!(path(), "/");
    write(&field, "fin");
    settle().await;
    assert_eq!(page.texts("dialog[open] [role=status]"), ["1 result"]);
}

#[wasm_bindgen_test]
async fn with_control_it_opens_in_a_window_of_its_own() {
    let opened = Array::new();
    let before = Reflect::get(&window(), &"open".into()).expect("a function");
    let spy =
        Function::new_with_args("list, url, target, features", "list.push(`${url} ${target} ${features}`)");
    Reflect::set(&window(), &"open".into(), &spy.bind1(&JsValue::NULL, &opened)).expect("a spy");
    let _gateway = Gateway::with_session(&story::session("c"));
    let page = portal_at("/").await;
    let field = open(&page).await;
    write(&field, "finance");
    settle().await;
    assert!(press_with("Enter", "ctrlKey"));
    settle().await;
    Reflect::set(&window(), &"open".into(), &before).expect("the real one");
    let opened: Vec<_> = opened.iter().filter_map(|call| call.as_string()).collect();
    assert_eq!(opened, ["/d/finance/?window _blank noopener"]);
    assert_eq!(path(), "/", "this one stays where it is");
    assert!(page.all("dialog[open]").is_empty());
}

fn large() -> SessionAnswer {
    let mut session = story::session("c");
    session.dashboards = (0..1_000)
        .map(|n| Dashboard {
            id: format!("board-{n}").parse().expect("an id"),
            title: format!("Übersicht der Anlage {n} im Werk Süd"),
            section: Some(format!("Bereich {}", n % 20)),
            description: None,
            icon: None,
            access: Access::Public,
            kind: Kind::External { url: "https://elsewhere.example".into() },
        })
        .collect();
    session
}

#[wasm_bindgen_test]
async fn a_thousand_are_found_as_fast_as_one_types() {
    let _gateway = Gateway::with_session(&large());
    let page = portal_at("/").await;
    let field = open(&page).await;
    assert_eq!(page.all(OPTIONS).len(), 50);
    let clock = Function::new_no_args("return performance.now()");
    let now = || clock.call0(&JsValue::NULL).expect("a time").as_f64().expect("a number");
    for typed in ["u", "ub", "uber", "ubersicht 4", "ubersicht 41 sud"] {
        let before = now();
        write(&field, typed);
        leptos::task::tick().await;
        let taken = now() - before;
        assert!(!page.all(OPTIONS).is_empty(), "{typed} is found without its marks");
        // Unoptimised, and on a machine that does other things beside it.
        assert!(taken < 200.0, "{typed}: {taken} ms");
    }
    assert_eq!(titles(&page)[0], "Übersicht der Anlage 41 im Werk Süd");
}
