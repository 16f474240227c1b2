//! What a frame says to the shell is a hint that any app can forge: it counts only from that frame's window
//! and the dashboard's origin, and even then it only makes the shell ask.

use js_sys::Function;
use lanyard_shell::clock;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    frames::{frames, gateway_for},
    haste::Haste,
    page::{Mounted, portal_at, settle, wait},
    story::{self, NOWHERE},
};

const TICKET: &str = "POST /api/dashboards/finance/ticket";
const SILENT: &str = "Finance Team KPI does not answer";

fn inside(page: &Mounted) -> JsValue {
    frames(page)[0].content_window().expect("a window").into()
}

fn say(what: &str, origin: &str, source: &JsValue) {
    let message = Function::new_with_args(
        "what, origin, source",
        "window.dispatchEvent(new MessageEvent('message', { data: { lanyard: what }, origin, source }))",
    );
    message.call3(&JsValue::NULL, &what.into(), &origin.into(), source).expect("a message");
}

#[wasm_bindgen_test]
async fn only_the_frame_itself_from_its_own_origin_is_heard() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    let inside = inside(&page);
    let asked = gateway.count("GET /api/session");
    say("unreachable", "http://evil.example", &inside);
    say("session", "http://evil.example", &inside);
    say("unreachable", NOWHERE, &window());
    say("session", NOWHERE, &window());
    say("something-else", NOWHERE, &inside);
    settle().await;
    assert!(!page.text().contains(SILENT), "{}", page.text());
    assert_eq!(gateway.count("GET /api/session"), asked);
    for _ in 0..5 {
        say("unreachable", NOWHERE, &inside);
    }
    settle().await;
    assert_eq!(gateway.count("GET /api/session"), asked + 1, "asked about once a frame");
    assert!(
        page.text().contains(SILENT) && page.text().contains("Trying again every 5 s."),
        "{}",
        page.text()
    );
    assert!(page.texts("[role=status]")[0].contains(SILENT), "it is announced");
    assert_eq!(page.texts("main button"), ["Try now"]);
}

#[wasm_bindgen_test]
async fn a_frame_that_keeps_asking_is_entered_again_three_times_a_minute() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    for _ in 0..6 {
        let inside = inside(&page);
        say("session", NOWHERE, &inside);
        settle().await;
    }
    assert_eq!(gateway.count(TICKET), 1 + 3);
    assert!(page.text().contains(SILENT), "{}", page.text());
}

#[wasm_bindgen_test]
async fn a_dashboard_that_is_no_longer_allowed_cannot_say_that_it_is_unreachable() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    gateway.answer("GET /api/session", 200, &story::nobody());
    say("unreachable", NOWHERE, &inside(&page));
    settle().await;
    assert!(frames(&page).is_empty() && !page.text().contains(SILENT), "{}", page.text());
}

#[wasm_bindgen_test]
async fn both_hints_draw_on_one_budget_of_three_a_minute() {
    let gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    let haste = Haste::begin();
    let begun = clock::now();
    let (mut heard, mut hints) = (String::new(), ["unreachable", "session"].into_iter().cycle());
    let mut longest = 0;
    while clock::now() < begun + 45 {
        let frame = frames(&page)[0].name();
        if frame != heard {
            say(hints.next().expect("a cycle"), NOWHERE, &inside(&page));
            heard = frame;
        }
        haste.seconds(1).await;
        longest = longest.max(promised(&page));
        assert!(gateway.count(TICKET) <= 1 + 3, "{} after {} s", gateway.count(TICKET), clock::now() - begun);
    }
    assert_eq!(gateway.count(TICKET), 1 + 3);
    assert!((40..=60).contains(&longest), "the sentence says how long it waits: {longest} s");
    while gateway.count(TICKET) == 1 + 3 && clock::now() < begun + 120 {
        haste.seconds(1).await;
    }
    assert!((begun + 60..begun + 120).contains(&clock::now()), "{} s", clock::now() - begun);
}

/// The seconds that the page says it waits, if it does.
fn promised(page: &Mounted) -> u64 {
    let text = page.texts(".state").concat();
    let rest = text.split_once("Trying again in ").map_or("", |(_, rest)| rest);
    rest.split(' ').next().and_then(|seconds| seconds.parse().ok()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn an_app_that_is_back_is_announced_as_back() {
    let _gateway = gateway_for("c");
    let page = portal_at("/d/finance").await;
    let announced = || page.texts("[role=status]").concat();
    assert_eq!(announced(), "");
    say("unreachable", NOWHERE, &inside(&page));
    settle().await;
    assert_eq!(announced(), format!("{SILENT}. Trying again every 5 s."));
    page.click("main button");
    wait(800).await;
    assert!(!page.text().contains(SILENT), "{}", page.text());
    assert_eq!(announced(), "Finance Team KPI is back.");
}

#[wasm_bindgen_test]
async fn nothing_is_announced_of_a_dashboard_that_was_left() {
    let _gateway = gateway_for("a");
    let page = portal_at("/d/finance").await;
    say("unreachable", NOWHERE, &inside(&page));
    settle().await;
    page.click("nav a[href='/d/forecast']");
    settle().await;
    assert_eq!(page.texts("[role=status]").concat(), "");
}
