//! Bad networks and other builds: the page says so, and goes on by itself.

use lanyard_contract::wire::Problem;
use lanyard_shell::{clock, locale};
use leptos::prelude::document;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::{
    departures::Departures,
    frames::{frames, gateway_for},
    haste::Haste,
    page::{Gateway, Mounted, portal_at, settle},
    pulse::{announced, come_online, run, until},
    story,
};

const SESSION: &str = "GET /api/session";
const SILENT: &str = "Harbour analytics does not answer";
const OFFLINE: &str = "You are offline";
const READY: &str = "A new version is ready";
const OLDER: &str = "This page is older than the portal";

fn notice(page: &Mounted) -> String {
    page.texts(".notice-words").concat()
}

/// A browser without any network, until it is dropped.
pub struct Offline;

impl Offline {
    pub fn begin() -> Self {
        run("Object.defineProperty(navigator, 'onLine', { value: false, configurable: true });
             window.dispatchEvent(new Event('offline'))");
        Self
    }
}

impl Drop for Offline {
    fn drop(&mut self) {
        run("delete navigator.onLine");
    }
}

/// The build that the page says it is of, until it is dropped.
struct Build(Element);

impl Build {
    fn of(build: &str) -> Self {
        let meta = document().create_element("meta").expect("an element");
        meta.set_attribute("name", "lanyard-build").expect("a name");
        meta.set_attribute("content", build).expect("a build");
        document().head().expect("a head").append_child(&meta).expect("a place");
        Self(meta)
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        self.0.remove();
    }
}

#[wasm_bindgen_test]
async fn offline_is_said_with_the_time_of_what_is_on_the_screen_and_nothing_is_asked() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    assert_eq!(notice(&page), "");
    let before = clock::now();
    let offline = Offline::begin();
    let silenced = gateway.fall_silent();
    settle().await;
    let said = [before.saturating_sub(1), before]
        .map(|at| format!("{OFFLINE}What is on the screen is from {}.", locale::time_of_day(at)));
    assert!(said.contains(&notice(&page)), "{}", notice(&page));
    let asked = gateway.count(SESSION);
    let haste = Haste::begin();
    haste.seconds(60).await;
    assert_eq!(gateway.count(SESSION), asked, "there is nobody to ask");
    drop(haste);
    silenced.speak();
    drop(offline);
    come_online();
    settle().await;
    assert!(notice(&page).is_empty() && gateway.count(SESSION) > asked, "{}", notice(&page));
    assert_eq!(frames(&page).len(), 1, "as it was left");
}

#[wasm_bindgen_test]
async fn a_portal_that_is_gone_is_asked_again_with_growing_waits_until_it_is_back() {
    let gateway = gateway_for("c");
    let page = portal_at("/").await;
    let silenced = gateway.fall_silent();
    let haste = Haste::begin();
    page.click("nav a[href='/d/finance']");
    until("said to be silent", &page, || notice(&page).starts_with(SILENT)).await;
    assert!(notice(&page).contains("What is on the screen is from"), "{}", notice(&page));
    let asked = gateway.count(SESSION);
    haste.seconds(16).await;
    let soon = gateway.count(SESSION) - asked;
    assert!((2..=4).contains(&soon), "after 2, 4 and 8 seconds: {soon}");
    haste.seconds(64).await;
    let later = gateway.count(SESSION) - asked - soon;
    assert!((2..=4).contains(&later), "every 30 seconds at the most: {later}");
    silenced.speak();
    until("back", &page, || notice(&page).is_empty()).await;
    until("entered again", &page, || !page.text().contains("Finance Team KPI does not answer")).await;
    assert!(gateway.count("POST /api/dashboards/finance/ticket") >= 2);
}

#[wasm_bindgen_test]
async fn a_portal_that_never_answered_is_drawn_as_soon_as_it_does() {
    let gateway = Gateway::with_session(&story::session("c"));
    let silenced = gateway.fall_silent();
    let page = portal_at("/").await;
    assert!(page.text().contains("does not answer") && notice(&page).is_empty(), "{}", page.text());
    silenced.speak();
    let _haste = Haste::begin();
    come_online();
    until("drawn", &page, || page.texts("h1") == ["Home"]).await;
}

#[wasm_bindgen_test]
async fn a_new_version_is_offered_and_later_holds_until_the_next() {
    let (_build, departures) = (Build::of("a"), Departures::watch());
    let gateway = gateway_for("c");
    gateway.serve_build("a");
    let page = portal_at("/").await;
    assert_eq!(notice(&page), "");
    gateway.serve_build("b");
    come_online();
    settle().await;
    assert!(notice(&page).starts_with(READY) && departures.seen().is_empty(), "{}", notice(&page));
    page.click(".notice button:first-child");
    settle().await;
    come_online();
    settle().await;
    assert_eq!(notice(&page), "", "put off");
    gateway.serve_build("c");
    come_online();
    settle().await;
    assert!(notice(&page).starts_with(READY), "{}", notice(&page));
    page.click(".notice .primary");
    settle().await;
    assert_eq!(departures.seen(), ["reload"]);
}

#[wasm_bindgen_test]
async fn only_the_most_important_notice_is_shown() {
    let _build = Build::of("a");
    let gateway = gateway_for("c");
    gateway.serve_build("b");
    let page = portal_at("/").await;
    assert!(notice(&page).starts_with(READY), "{}", notice(&page));
    let silenced = gateway.fall_silent();
    come_online();
    settle().await;
    assert!(notice(&page).starts_with(SILENT), "{}", notice(&page));
    let offline = Offline::begin();
    settle().await;
    assert!(notice(&page).starts_with(OFFLINE), "{}", notice(&page));
    assert_eq!(page.all(".notice").len(), 1);
    silenced.speak();
    drop(offline);
    come_online();
    settle().await;
    assert!(notice(&page).starts_with(READY), "{}", notice(&page));
}

#[wasm_bindgen_test]
async fn an_answer_of_another_build_that_cannot_be_read_is_a_sentence() {
    let (_build, departures) = (Build::of("a"), Departures::watch());
    let gateway = Gateway::with_session(&"from another time");
    gateway.serve_build("a");
    let page = portal_at("/").await;
    assert!(page.text().contains(SILENT), "the same build has no such excuse: {}", page.text());
    drop(page);
    gateway.serve_build("b");
    let page = portal_at("/").await;
    assert!(page.text().contains(OLDER), "{}", page.text());
    page.click(".state button");
    settle().await;
    assert_eq!(departures.seen(), ["reload"]);
}

#[wasm_bindgen_test]
async fn so_is_a_refusal_in_words_of_another_build_and_a_known_refusal_stays_what_it_is() {
    let _build = Build::of("a");
    let gateway = gateway_for("c");
    gateway.serve_build("b");
    gateway.answer("POST /api/dashboards/finance/ticket", 410, &"gone");
    let page = portal_at("/d/finance").await;
    assert!(page.text().contains(OLDER), "{}", page.text());
    drop(page);
    let problem: Problem =
        serde_json::from_str(r#"{"code":"unavailable","message":"m","reference":"ref-2"}"#)
            .expect("a problem");
    gateway.answer("POST /api/dashboards/finance/ticket", 503, &problem);
    let page = portal_at("/d/finance").await;
    assert!(page.text().contains("ref-2") && !page.text().contains(OLDER), "{}", page.text());
}

#[wasm_bindgen_test]
async fn a_server_in_front_that_gets_no_answer_is_silence_too() {
    let gateway = gateway_for("c");
    let page = portal_at("/").await;
    gateway.answer(SESSION, 502, &"Bad Gateway");
    come_online();
    settle().await;
    assert!(notice(&page).starts_with(SILENT), "{}", notice(&page));
    gateway.answer(SESSION, 200, &story::session("c"));
    come_online();
    settle().await;
    assert_eq!((notice(&page).as_str(), announced(&page).as_str()), ("", "Harbour analytics is back."));
}
