//! Frames: fresh for every entry, kept while another one is shown, gone with the session.

use lanyard_contract::wire::{AppState, PortalConfig, SocketState, StateAnswer, TicketAnswer};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{BroadcastChannel, Element, HtmlIFrameElement};

use crate::{
    page::{Gateway, Mounted, portal_at, settle},
    story::{self, NOWHERE},
};

pub fn gateway_for(who: &str) -> Gateway {
    let gateway = Gateway::with_session(&story::session(who));
    let state = StateAnswer { app: AppState::Answers, socket: SocketState::None };
    let ticket = || TicketAnswer { ticket: "a-ticket".into(), action: format!("{NOWHERE}/_lanyard/enter") };
    for id in ["finance", "forecast", "data-science"] {
        gateway.answer(&format!("POST /api/dashboards/{id}/ticket"), 200, &ticket());
        gateway.answer(&format!("GET /api/dashboards/{id}/state"), 200, &state);
    }
    gateway
}

pub fn frames(page: &Mounted) -> Vec<HtmlIFrameElement> {
    page.all("iframe").into_iter().map(Element::unchecked_into).collect()
}

fn hidden(frame: &HtmlIFrameElement) -> bool {
    frame.has_attribute("inert") && frame.class_list().contains("away")
}

#[wasm_bindgen_test]
async fn a_frame_is_named_for_its_dashboard_and_may_do_no_more_than_it_must() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance/q3").await;
    let frames = frames(&page);
    assert_eq!(frames.len(), 1);
    let frame = &frames[0];
    assert_eq!(frame.title(), "Finance Team KPI");
    assert_eq!(
        frame.get_attribute("sandbox").as_deref(),
        Some(
            "allow-scripts allow-same-origin allow-forms allow-downloads allow-modals allow-popups \
             allow-popups-to-escape-sandbox"
        )
    );
    assert_eq!(frame.get_attribute("allow").as_deref(), Some("fullscreen; clipboard-write"));
    assert_eq!(frame.get_attribute("src"), None, "a ticket never stands in an address");
    assert!(document().query_selector("form").ok().flatten().is_none(), "the form is gone again");
    assert_eq!(gateway.count("POST /api/dashboards/finance/ticket"), 1);
    assert_eq!(document().title(), "Finance Team KPI · Harbour analytics");
}

#[wasm_bindgen_test]
async fn every_entry_has_a_frame_and_a_name_of_its_own() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    let mut names = vec![frames(&page)[0].name()];
    for _ in 0..5 {
        page.click("button[aria-label=Reload]");
        settle().await;
        let frames = frames(&page);
        assert_eq!(frames.len(), 1, "the old one is replaced");
        names.push(frames[0].name());
    }
    for name in &names {
        assert!(name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name} was used twice");
    }
    assert_eq!(gateway.count("POST /api/dashboards/finance/ticket"), 6);
}

#[wasm_bindgen_test]
async fn a_frame_is_kept_while_another_one_is_shown() {
    let gateway = gateway_for("a");
    let page = portal_at("/d/finance").await;
    let finance = frames(&page)[0].clone();
    page.click("nav a[href='/d/forecast']");
    settle().await;
    assert!(frames(&page).len() == 2 && hidden(&finance));
    let asked = gateway.count("GET /api/session");
    page.click("nav a[href='/d/finance']");
    settle().await;
    assert!(!hidden(&finance) && finance.is_connected());
    assert_eq!(JsValue::from(frames(&page)[0].clone()), JsValue::from(finance), "not moved");
    assert_eq!(frames(&page).iter().filter(|frame| !hidden(frame)).count(), 1);
    assert_eq!(gateway.count("POST /api/dashboards/finance/ticket"), 1, "not entered again");
    assert!(gateway.count("GET /api/session") > asked, "but asked about again");
}

#[wasm_bindgen_test]
async fn a_kept_frame_is_not_seen_before_the_gateway_has_been_asked_and_never_when_it_refuses() {
    let gateway = gateway_for("e");
    let page = portal_at("/d/finance").await;
    let finance = frames(&page)[0].clone();
    page.click("nav a[href='/d/forecast']");
    settle().await;
    let held = gateway.hold("GET /api/session");
    page.click("nav a[href='/d/finance']");
    settle().await;
    assert!(frames(&page).iter().all(hidden), "nobody has said yet that it may be seen");
    held.release(200, &story::session("e"));
    settle().await;
    assert!(!hidden(&finance));
    page.click("nav a[href='/d/forecast']");
    settle().await;
    let held = gateway.hold("GET /api/session");
    page.click("nav a[href='/d/finance']");
    settle().await;
    let mut less = story::session("e");
    less.dashboards.retain(|known| known.id.as_str() != "finance");
    held.release(200, &less);
    settle().await;
    assert!(hidden(&finance) && !finance.is_connected());
}

#[wasm_bindgen_test]
async fn a_kept_frame_is_shown_when_the_gateway_says_nothing() {
    let gateway = gateway_for("e");
    let page = portal_at("/d/finance").await;
    let finance = frames(&page)[0].clone();
    page.click("nav a[href='/d/forecast']");
    settle().await;
    gateway.silence("GET /api/session");
    page.click("nav a[href='/d/finance']");
    settle().await;
    assert!(!hidden(&finance), "what is known stands");
}

#[wasm_bindgen_test]
async fn no_more_frames_are_kept_than_the_portal_says() {
    let gateway = gateway_for("a");
    gateway.answer("GET /api/config", 200, &PortalConfig { kept_frames: 2, ..story::settings() });
    let page = portal_at("/d/finance").await;
    let first = frames(&page)[0].clone();
    for id in ["forecast", "data-science"] {
        page.click(&format!("nav a[href='/d/{id}']"));
        settle().await;
    }
    assert!(frames(&page).len() == 2 && !first.is_connected(), "the least recently used one goes");
}

#[wasm_bindgen_test]
async fn twenty_switches_move_and_reload_nothing() {
    let gateway = gateway_for("a");
    let page = portal_at("/d/finance").await;
    page.click("nav a[href='/d/forecast']");
    settle().await;
    let before: Vec<_> = frames(&page).into_iter().map(JsValue::from).collect();
    for nth in 0..20 {
        page.click(["nav a[href='/d/finance']", "nav a[href='/d/forecast']"][nth % 2]);
        settle().await;
    }
    let after: Vec<_> = frames(&page).into_iter().map(JsValue::from).collect();
    assert_eq!(before, after);
    assert_eq!(gateway.count("POST /api/dashboards/finance/ticket"), 1);
}

#[wasm_bindgen_test]
async fn a_public_dashboard_is_framed_without_a_ticket() {
    let gateway = Gateway::with_session(&story::nobody());
    let page = portal_at("/d/status/now?x=1").await;
    let address = format!("{NOWHERE}/now?x=1");
    assert_eq!(frames(&page)[0].get_attribute("src").as_deref(), Some(address.as_str()));
    assert_eq!(gateway.count("POST /api/dashboards/status/ticket"), 0);
}

#[wasm_bindgen_test]
async fn frames_go_when_another_tab_signs_out() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    assert_eq!(frames(&page).len(), 1);
    gateway.answer("GET /api/session", 200, &story::nobody());
    let channel = BroadcastChannel::new("lanyard").expect("a channel");
    channel.post_message(&JsValue::from_str("session")).expect("a message");
    settle().await;
    assert!(frames(&page).is_empty());
    assert!(page.text().contains("You were signed out"), "{}", page.text());
    channel.close();
}

#[wasm_bindgen_test]
async fn a_frame_goes_when_its_dashboard_is_no_longer_allowed() {
    let gateway = gateway_for("e");
    let page = portal_at("/d/finance").await;
    let mut less = story::session("e");
    less.dashboards.retain(|known| known.id.as_str() != "finance");
    gateway.answer("GET /api/session", 200, &less);
    page.click("nav a[href='/d/forecast']");
    settle().await;
    page.click("nav a[href='/d/finance']");
    settle().await;
    assert!(frames(&page).iter().all(|frame| frame.title() != "Finance Team KPI"));
    assert!(page.text().contains("permission"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn another_person_in_the_same_browser_finds_no_frame_of_the_first() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    let first = frames(&page)[0].clone();
    gateway.answer("GET /api/session", 200, &story::session("a"));
    let channel = BroadcastChannel::new("lanyard").expect("a channel");
    channel.post_message(&JsValue::from_str("session")).expect("a message");
    settle().await;
    assert!(!first.is_connected());
    assert_eq!(frames(&page).len(), 1, "their own was entered instead");
    assert_eq!(gateway.count("POST /api/dashboards/finance/ticket"), 2);
    channel.close();
}
