//! The rail: what can be folded away, and what stays to be found; the theme and the accent of the page.

use lanyard_contract::wire::{Accent, Logo, SessionAnswer, Tone};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use crate::{
    frames::gateway_for,
    keyboard::{focus, press, press_control, press_with},
    page::{Gateway, Mounted, portal_at, settle},
    story,
};

const LINKS: &str = "nav[aria-label=Dashboards] a";

fn root() -> HtmlElement {
    document().document_element().expect("a root").unchecked_into()
}

fn with_sections() -> SessionAnswer {
    let mut session = story::session("c");
    for known in &mut session.dashboards {
        known.section = Some(if known.id.as_str() == "finance" { "KPI" } else { "Operations" }.to_owned());
    }
    session
}

fn listed(page: &Mounted) -> Vec<String> {
    let shown = |link: &Element| link.closest("[hidden]").expect("a selector").is_none();
    page.all(LINKS).iter().filter(|link| shown(link)).filter_map(|link| link.text_content()).collect()
}

fn folded(page: &Mounted) -> bool {
    !page.all(".shell.folded").is_empty()
}

#[wasm_bindgen_test]
async fn a_closed_section_stays_closed_and_shows_the_page_one_is_on() {
    let gateway = gateway_for("c");
    gateway.answer("GET /api/session", 200, &with_sections());
    let page = portal_at("/").await;
    assert_eq!(listed(&page), ["Finance Team KPI", "Service status"]);
    page.click(".section button");
    settle().await;
    assert_eq!(listed(&page), ["Service status"]);
    assert_eq!(page.all(".section button")[0].get_attribute("aria-expanded").as_deref(), Some("false"));
    drop(page);
    let page = portal_at("/d/finance").await;
    assert_eq!(listed(&page), ["Finance Team KPI", "Service status"], "where one is can be found");
    drop(page);
    let page = portal_at("/").await;
    assert_eq!(listed(&page), ["Service status"], "remembered");
    page.click(".section button");
    settle().await;
    assert_eq!(listed(&page), ["Finance Team KPI", "Service status"]);
}

#[wasm_bindgen_test]
async fn the_rail_folds_to_icons_that_keep_their_names() {
    let _gateway = Gateway::with_session(&with_sections());
    let page = portal_at("/").await;
    assert!(!folded(&page));
    assert!(press("["));
    settle().await;
    assert!(folded(&page));
    assert_eq!(page.texts(LINKS), ["Finance Team KPI", "Service status"]);
    let tooltips: Vec<_> = page.all(LINKS).iter().filter_map(|link| link.get_attribute("title")).collect();
    assert_eq!(tooltips, ["Finance Team KPI", "Service status"]);
    assert!(page.text().contains("The navigation is collapsed."), "said to those who do not see it");
    drop(page);
    let page = portal_at("/").await;
    assert!(folded(&page), "remembered");
    page.click("button[aria-label='Expand the navigation']");
    settle().await;
    assert!(!folded(&page));
}

#[wasm_bindgen_test]
async fn keys_are_left_alone_in_fields_dialogs_and_with_modifiers() {
    let _gateway = Gateway::with_session(&story::session("c"));
    let page = portal_at("/").await;
    let field = document().create_element("input").expect("an element");
    page.root.append_child(&field).expect("a place");
    focus(&field);
    for key in ["[", "?", "g", "h"] {
        assert!(!press(key), "{key}");
    }
    assert!(!press_control("k"));
    field.remove();
    assert!(!press_with("[", "metaKey") && !press_with("?", "ctrlKey"));
    assert!(press("?"));
    settle().await;
    let list = page.all("dialog[open]");
    assert_eq!(list.len(), 1);
    assert!(list[0].text_content().unwrap_or_default().contains("Go home"));
    assert!(!press("[") && !press_control("k"), "not under a dialog");
    assert!(!folded(&page));
    page.click("dialog[open] button[aria-label=Close]");
    settle().await;
    assert!(page.all("dialog[open]").is_empty());
}

#[wasm_bindgen_test]
async fn g_and_h_go_home_one_after_the_other() {
    let _gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    assert!(!press("h"), "not alone");
    assert!(!press("g"));
    assert!(press("h"));
    settle().await;
    assert_eq!(window().location().pathname().expect("a path"), "/");
    drop(page);
}

#[wasm_bindgen_test]
async fn the_theme_is_the_persons_and_goes_with_them() {
    let gateway = Gateway::with_session(&story::session("c"));
    let page = portal_at("/").await;
    let theme = || root().get_attribute("data-theme");
    assert_eq!(theme(), None);
    for (name, expected) in [("like the system", Some("light")), ("light", Some("dark"))] {
        page.click(&format!("button[aria-label='Theme: {name}']"));
        settle().await;
        assert_eq!(theme().as_deref(), expected);
    }
    assert!(page.text().contains("Theme: dark"), "said to those who do not see it");
    gateway.answer("GET /api/session", 200, &story::nobody());
    drop(page);
    let page = portal_at("/").await;
    assert_eq!(theme(), None, "the system's, while nobody is signed in");
    let kept = window().local_storage().ok().flatten().expect("a storage").length();
    page.click("button[aria-label='Theme: like the system']");
    settle().await;
    assert_eq!(theme().as_deref(), Some("light"), "nobody can choose as well");
    assert_eq!(window().local_storage().ok().flatten().expect("a storage").length(), kept, "for this page");
    drop(page);
    let page = portal_at("/").await;
    assert_eq!(theme(), None, "and no longer");
    gateway.answer("GET /api/session", 200, &story::session("b"));
    drop(page);
    let page = portal_at("/").await;
    assert_eq!(theme(), None, "Ben has not chosen");
    gateway.answer("GET /api/session", 200, &story::session("c"));
    drop(page);
    let page = portal_at("/").await;
    assert_eq!(theme().as_deref(), Some("dark"));
    page.click("button[aria-label='Theme: dark']");
    settle().await;
    assert_eq!(theme(), None);
}

#[wasm_bindgen_test]
async fn the_portals_accent_and_logo_are_shown() {
    let gateway = Gateway::with_session(&story::session("c"));
    let tone = |accent: &str, text: &str| Tone { accent: accent.into(), text: text.into() };
    let mut settings = story::settings();
    settings.accent = Some(Accent { light: tone("#112233", "#ffffff"), dark: tone("#ddeeff", "#000000") });
    settings.logo = Some(Logo { light: "/logo-a.svg".into(), dark: "/logo-b.svg".into() });
    gateway.answer("GET /api/config", 200, &settings);
    let page = portal_at("/").await;
    let style = root().style();
    let token = |name: &str| style.get_property_value(name).expect("a value");
    assert_eq!(token("--accent"), "light-dark(#112233, #ddeeff)");
    assert_eq!(token("--accent-text"), "light-dark(#ffffff, #000000)");
    let images = page.all(".rail img");
    let attribute = |name: &str| images[0].get_attribute(name);
    assert_eq!(attribute("src").as_deref(), Some("/logo-a.svg"));
    assert_eq!(attribute("alt").as_deref(), Some("Harbour analytics"));
    let dark = &page.all(".rail source")[0];
    assert_eq!(dark.get_attribute("srcset").as_deref(), Some("/logo-b.svg"));
    assert_eq!(dark.get_attribute("media").as_deref(), Some("(prefers-color-scheme: dark)"));
    page.click("button[aria-label='Theme: like the system']");
    settle().await;
    assert_eq!(
        dark.get_attribute("media").as_deref(),
        Some("not all"),
        "the theme is light, whatever the system has"
    );
    for name in ["--accent", "--accent-text"] {
        let _ = style.remove_property(name);
    }
}
