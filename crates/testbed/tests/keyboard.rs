//! From sign-in to sign-out by the keyboard alone: every key is a real one, nothing is clicked. The focus is seen
//! wherever it goes, goes in the order of reading, and is on the heading after a change of page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use lanyard_testbed::{
    Stage,
    browser::{Browser, Page},
    person::CARLA,
};
use serde_json::json;
use visitor::needs_the_shell;

const FINANCE: &str = "Finance Team KPI";

/// The first line of the name of whatever has the focus.
const FOCUSED: &str = "(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return '';
    return (element.getAttribute('aria-label') ?? element.title ?? '') || element.innerText.trim().split('\\n')[0];
})()";

/// Whether a ring is drawn around it, or around all that it can be pressed by.
const RING: &str = "[undefined, '::after'].some(part => {
    const style = getComputedStyle(document.activeElement, part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
})";

/// What Tab leads to, as the document has it.
const IN_ORDER: &str = "[...document.querySelectorAll('a[href], button, input, iframe')]
    .filter(element => element.tabIndex >= 0 && !element.closest('[inert]')
        && element.checkVisibility({ visibilityProperty: true }))
    .map(element => (element.getAttribute('aria-label') ?? element.title ?? '') || element.innerText.trim().split('\\n')[0])";

async fn portal(test: &str) -> (Stage, Browser, Page) {
    needs_the_shell();
    let (stage, browser) = tokio::join!(Stage::demo(), Browser::start(test));
    let page = browser.page().await;
    page.has_the_keyboard().await;
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await;
    let arrived = page.eval("document.activeElement?.tagName").await;
    page.check(arrived == "BODY", &format!("the focus is on {arrived} before anybody went anywhere")).await;
    (stage, browser, page)
}

async fn focused(page: &Page) -> String {
    page.eval(FOCUSED).await.as_str().unwrap_or_default().to_owned()
}

/// Presses Tab, or another key that moves the focus, until it is on what is called like this. All the way it is seen.
async fn go(page: &Page, key: &str, name: &str) {
    let mut way = Vec::new();
    for _ in 0..40 {
        page.press(key).await;
        let here = focused(page).await;
        if !here.is_empty() {
            page.check(page.eval(RING).await == true, &format!("'{here}' shows no focus")).await;
        }
        way.push(here.clone());
        if here.starts_with(name) {
            return;
        }
    }
    page.fail(&format!("{key} never leads to '{name}', only to {way:?}")).await;
}

/// At the provider's page, which is not ours to judge.
async fn choose(page: &Page, stage: &Stage, name: &str) {
    page.at(&stage.provider().origin()).await;
    page.shows(name).await;
    for _ in 0..20 {
        page.press("Tab").await;
        if focused(page).await.starts_with(name) {
            page.press("Enter").await;
            return;
        }
    }
    page.fail(&format!("Tab never leads to {name}")).await;
}

async fn heading_has_the_focus(page: &Page, heading: &str) {
    let on_it = format!(
        "document.activeElement?.tagName === 'H1' && document.activeElement.innerText === {}",
        json!(heading)
    );
    page.holds(&format!("the focus on the heading '{heading}'"), &on_it).await;
}

async fn landmarks_are_there_once(page: &Page) {
    for (role, name) in [("banner", None), ("navigation", Some("Dashboards")), ("main", None)] {
        let found = page.query(None, role, name).await.len();
        page.check(found == 1, &format!("there are {found} of the landmark {role}")).await;
    }
    let polite = "document.querySelectorAll('.unseen[role=status][aria-live=polite]').length === 1";
    page.check(page.eval(polite).await == true, "there is no polite live region").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_opening_a_dashboard_and_signing_out_need_no_mouse() {
    let (stage, _browser, page) = portal("keyboard").await;
    landmarks_are_there_once(&page).await;
    go(&page, "Tab", "Sign in").await;
    page.press("Enter").await;
    choose(&page, &stage, CARLA).await;
    page.at(&stage.portal().origin()).await;
    page.find("link", FINANCE).await;
    landmarks_are_there_once(&page).await;

    // The palette from wherever the focus is, and back there.
    go(&page, "Tab", FINANCE).await;
    page.press("Control+k").await;
    page.find("combobox", "Search dashboards").await;
    page.holds("the focus in its field", "document.activeElement.role === 'combobox'").await;
    page.press("Escape").await;
    page.gone("combobox", "Search dashboards").await;
    page.check(focused(&page).await == FINANCE, "Escape does not give the focus back").await;
    page.press("Control+k").await;
    page.find("combobox", "Search dashboards").await;
    // Keys are letters in a field.
    page.types("[fin").await;
    page.check(page.query(None, "dialog", Some("Keys")).await.is_empty(), "a key was taken from the field")
        .await;
    assert_eq!(page.eval("document.activeElement.value").await, "[fin");
    page.press("Control+a").await;
    page.types("fin").await;
    page.shows("1 result").await;
    page.press("Enter").await;
    page.frame(FINANCE).await.shows(&format!("Viewing as {CARLA}")).await;
    heading_has_the_focus(&page, FINANCE).await;
    landmarks_are_there_once(&page).await;
    assert_eq!(page.eval("document.title").await, format!("{FINANCE} · Harbour analytics"));

    // Onwards from the heading: the bar's tools, then the frame, then what is in it.
    go(&page, "Tab", "Open in a window of its own").await;
    keys_in_a_frame_are_the_apps(&page).await;

    page.eval("document.querySelector('h1').focus(); 0").await;
    keys_of_the_portal(&page).await;
    page.press("Control+k").await;
    page.find("combobox", "Search dashboards").await;
    page.types("fin").await;
    page.shows("1 result").await;
    page.press("Enter").await;
    heading_has_the_focus(&page, FINANCE).await;
    go(&page, "Shift+Tab", "Sign out").await;
    page.press("Enter").await;
    // A page of its own, which begins at its beginning.
    page.shows("You are signed out").await;
    go(&page, "Tab", "Sign in").await;
}

/// With the focus on a heading, which is no field.
async fn keys_of_the_portal(page: &Page) {
    let said = "document.querySelector('.unseen[aria-live=polite]').innerText";
    for (button, sentence) in [
        ("Expand the navigation", "The navigation is collapsed."),
        ("Collapse the navigation", "The navigation is expanded."),
    ] {
        page.press("[").await;
        page.find("button", button).await;
        page.holds(&format!("the live region says '{sentence}'"), &format!("{said} === {}", json!(sentence)))
            .await;
    }
    page.press("?").await;
    page.find("heading", "Keys").await;
    page.press("Escape").await;
    page.gone("heading", "Keys").await;
    page.press("g").await;
    page.press("h").await;
    page.holds("home", "location.pathname === '/'").await;
    heading_has_the_focus(page, "Home").await;
}

async fn keys_in_a_frame_are_the_apps(page: &Page) {
    for _ in 0..6 {
        page.press("Tab").await;
        if page.eval("document.activeElement.tagName === 'IFRAME'").await == true {
            break;
        }
    }
    page.check(
        page.eval("document.activeElement.tagName === 'IFRAME'").await == true,
        "Tab never leads into it",
    )
    .await;
    let before = page.eval("document.querySelector('.shell').outerHTML.replaceAll(/<iframe.*?>/g, '')").await;
    for key in ["[", "g", "h", "?", "Control+k"] {
        page.press(key).await;
    }
    page.eval("new Promise(done => setTimeout(() => done(0), 300))").await;
    let after = page.eval("document.querySelector('.shell').outerHTML.replaceAll(/<iframe.*?>/g, '')").await;
    page.check(before == after, "a key that was pressed in the frame changed the shell").await;
    page.check(page.url().await.ends_with("/d/finance"), "it led away").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_focus_goes_in_the_order_of_reading_and_the_content_can_be_skipped_to() {
    let (stage, _browser, page) = portal("reading-order").await;
    let in_order = page.eval(IN_ORDER).await;
    let in_order: Vec<String> = serde_json::from_value(in_order).expect("names");
    assert!(in_order.len() >= 5, "{in_order:?}");
    let mut way = Vec::new();
    for _ in &in_order {
        page.press("Tab").await;
        let here = focused(&page).await;
        let ring = page.eval(RING).await == true;
        page.check(ring, &format!("after {way:?} '{here}' shows no focus, of {in_order:?}")).await;
        way.push(here);
    }
    assert_eq!(way, in_order, "Tab goes as the document is read");
    assert_eq!(way[0], "Skip to content", "first");
    assert_eq!(
        page.eval("document.querySelectorAll('[tabindex]:not([tabindex=\"0\"], [tabindex=\"-1\"])').length")
            .await,
        0
    );

    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await;
    page.press("Tab").await;
    assert_eq!(focused(&page).await, "Skip to content");
    let seen = "document.activeElement.getBoundingClientRect().top >= 0";
    page.check(page.eval(seen).await == true, "the link to the content is not seen when it has the focus")
        .await;
    page.press("Enter").await;
    page.holds("the focus in the content", "document.activeElement.tagName === 'MAIN'").await;
    go(&page, "Tab", "Sign in").await;
}
