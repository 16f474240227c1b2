//! Home: recently used first, and in words whether each app answers right now.

use lanyard_contract::{
    DashboardId,
    wire::{AppState, Kind, Problem, ProblemCode, StateOf, StatesAnswer},
};
use lanyard_shell::{identity::Session, memory::Memory};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    frames::gateway_for,
    haste::Haste,
    notices::Offline,
    page::{Gateway, Mounted, portal_at, settle},
    pulse::{come_online, until},
    story::{self, NOWHERE},
};

const STATES: &str = "GET /api/states";

fn id(id: &str) -> DashboardId {
    id.parse().expect("an id")
}

fn are(gateway: &Gateway, states: &[(&str, AppState)]) {
    let apps = states.iter().map(|&(known, app)| StateOf { id: id(known), app }).collect();
    gateway.answer(STATES, 200, &StatesAnswer { apps });
}

/// What the foot of each card says, in the order of the cards.
fn feet(page: &Mounted) -> Vec<String> {
    page.texts(".card-foot")
}

#[wasm_bindgen_test]
async fn cards_say_in_words_how_their_apps_are() {
    let gateway = gateway_for("a");
    are(
        &gateway,
        &[
            ("data-science", AppState::Answers),
            ("finance", AppState::Down),
            ("forecast", AppState::Silent),
            ("status", AppState::Answers),
        ],
    );
    let page = portal_at("/").await;
    assert_eq!(feet(&page), ["Answers", "Does not answer", "Busy", "Answers"]);
    let names = page.texts(".card a");
    assert_eq!(names[1], "Finance Team KPI", "the link is named by its dashboard alone");
    assert_eq!(gateway.count(STATES), 1, "everything is known");
}

#[wasm_bindgen_test]
async fn what_is_not_known_is_asked_for_soon_and_then_now_and_then() {
    let gateway = gateway_for("c");
    are(&gateway, &[("finance", AppState::Answers)]);
    let page = portal_at("/").await;
    assert_eq!(feet(&page), ["Answers", ""]);
    let haste = Haste::begin();
    until("asked again", &page, || gateway.count(STATES) > 2).await;
    are(&gateway, &[("finance", AppState::Answers), ("status", AppState::Down)]);
    until("known", &page, || feet(&page)[1] == "Does not answer").await;
    let asked = gateway.count(STATES);
    haste.seconds(32).await;
    assert!((1..=3).contains(&(gateway.count(STATES) - asked)), "every 15 seconds");
    drop(page);
    let left = gateway.count(STATES);
    haste.seconds(32).await;
    assert_eq!(gateway.count(STATES), left, "nobody is at home");
}

#[wasm_bindgen_test]
async fn while_nothing_is_heard_nothing_is_said_of_any_app() {
    let gateway = gateway_for("c");
    are(&gateway, &[("finance", AppState::Answers), ("status", AppState::Answers)]);
    let page = portal_at("/").await;
    assert_eq!(feet(&page), ["Answers", "Answers"]);
    let offline = Offline::begin();
    settle().await;
    assert_eq!(feet(&page), ["", ""], "there is no network");
    drop(offline);
    let _haste = Haste::begin();
    come_online();
    until("asked again", &page, || feet(&page) == ["Answers", "Answers"]).await;
    let silenced = gateway.fall_silent();
    until("known no longer", &page, || feet(&page) == ["", ""]).await;
    silenced.speak();
    until("asked again", &page, || feet(&page) == ["Answers", "Answers"]).await;
}

#[wasm_bindgen_test]
async fn without_an_answer_nothing_is_said_of_any_app_and_the_rest_is_there() {
    let gateway = gateway_for("c");
    let problem = Problem { code: ProblemCode::Unavailable, message: "m".into(), reference: "r".into() };
    gateway.answer(STATES, 503, &problem);
    let page = portal_at("/").await;
    assert_eq!(page.texts(".card a"), ["Finance Team KPI", "Service status"]);
    assert_eq!(feet(&page), ["", ""]);
}

#[wasm_bindgen_test]
async fn a_refusal_asks_who_this_still_is() {
    let gateway = gateway_for("c");
    let held = gateway.hold(STATES);
    let page = portal_at("/").await;
    gateway.answer("GET /api/session", 200, &story::nobody());
    let problem = Problem { code: ProblemCode::SignedOut, message: "m".into(), reference: "r".into() };
    held.release(401, &problem);
    settle().await;
    assert!(page.text().contains("You were signed out"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn what_enforces_itself_is_not_asked_after() {
    let mut session = story::session("c");
    for known in &mut session.dashboards {
        known.kind = Kind::External { url: format!("{NOWHERE}/") };
    }
    let gateway = Gateway::with_session(&session);
    let page = portal_at("/").await;
    assert_eq!((gateway.count(STATES), feet(&page)), (0, vec![String::new(), String::new()]));
}

#[wasm_bindgen_test]
async fn recent_ones_come_first_and_only_once_and_only_if_they_are_open() {
    let mut session = story::session("c");
    session.dashboards[0].section = Some("KPI".into());
    session.dashboards[0].icon = Some("wallet".into());
    let _gateway = Gateway::with_session(&session);
    let owner = Owner::new();
    owner.with(|| {
        let memory = Memory::new(Session::with(session.clone()));
        ["finance", "data-science"].map(id).iter().for_each(|id| memory.opened(id));
    });
    let page = portal_at("/").await;
    assert_eq!(page.texts(".cards h2"), ["Recent", "Other dashboards"]);
    assert_eq!(page.texts(".card a"), ["Finance Team KPI", "Service status"]);
    assert_eq!(page.texts(".card-section"), ["KPI"], "where the heading does not say it");
    let icons: Vec<_> =
        page.all(".card > svg use").iter().filter_map(|icon| icon.get_attribute("href")).collect();
    assert_eq!(icons, ["/icons.svg#wallet", "#chart"]);
    assert!(!page.root.inner_html().contains("data-science"));
}
