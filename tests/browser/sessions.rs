//! The dialog of open sessions: which they are, which is this one, and ending the others.

use lanyard_contract::wire::{OpenSession, Problem, ProblemCode, SessionsAnswer};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    page::{Gateway, Mounted, portal_at, settle},
    story,
};

const LIST: &str = "GET /api/sessions";

fn one(id: &str, browser: Option<&str>, current: bool) -> OpenSession {
    let browser = browser.map(str::to_owned);
    OpenSession { id: id.to_owned(), begun: 1_790_000_000, expires: 1_790_030_000, browser, current }
}

fn answer(sessions: Vec<OpenSession>) -> SessionsAnswer {
    SessionsAnswer { sessions }
}

fn problem(code: ProblemCode) -> Problem {
    Problem { code, message: "m".into(), reference: "ref-7".into() }
}

async fn opened(gateway: &Gateway, sessions: Vec<OpenSession>) -> Mounted {
    gateway.answer(LIST, 200, &answer(sessions));
    open().await
}

async fn open() -> Mounted {
    let page = portal_at("/").await;
    page.click("button[aria-label='Where you are signed in']");
    settle().await;
    page
}

fn text(page: &Mounted) -> String {
    page.texts("dialog[open]").concat()
}

#[wasm_bindgen_test]
async fn another_session_can_be_ended_and_this_one_not() {
    let gateway = Gateway::with_session(&story::session("c"));
    let this = one("this", Some("Firefox on Linux"), true);
    let page = opened(&gateway, vec![this.clone(), one("a b", Some("Safari on iOS"), false)]).await;
    let rows = page.texts("dialog[open] li");
    assert!(rows[0].starts_with("Firefox on LinuxSince ") && rows[0].ends_with("This browser"), "{rows:?}");
    assert!(rows[1].starts_with("Safari on iOSSince ") && rows[1].ends_with("End"), "{rows:?}");
    assert!(rows[0].contains("2026"), "{rows:?}");
    let buttons = page.all("dialog[open] li button");
    assert_eq!(buttons.len(), 1);
    let name = buttons[0].get_attribute("aria-label").unwrap_or_default();
    assert!(name.starts_with("End Safari on iOS, Since "), "{name}");

    gateway.answer("DELETE /api/sessions/a%20b", 200, &());
    gateway.answer(LIST, 200, &answer(vec![this]));
    page.click("dialog[open] li button");
    settle().await;
    assert_eq!(gateway.count("DELETE /api/sessions/a%20b"), 1);
    assert_eq!(page.texts("dialog[open] [role=status]"), ["Safari on iOS was signed out."]);
    assert!(text(&page).contains("You are signed in nowhere else."), "{}", text(&page));
    assert!(page.all("dialog[open] li button").is_empty());
}

#[wasm_bindgen_test]
async fn a_list_that_cannot_be_read_says_so_and_tries_again() {
    let gateway = Gateway::with_session(&story::session("c"));
    let held = gateway.hold(LIST);
    let page = open().await;
    assert!(text(&page).contains("Loading"), "{}", text(&page));
    held.release(503, &problem(ProblemCode::Unavailable));
    settle().await;
    let said = text(&page);
    assert!(said.contains("The list could not be read.") && said.contains("ref-7"), "{said}");
    gateway.answer(LIST, 200, &answer(vec![one("this", None, true)]));
    page.click("dialog[open] .inside > .button");
    settle().await;
    assert!(text(&page).contains("A browser that did not say its name"), "{}", text(&page));
}

#[wasm_bindgen_test]
async fn a_session_that_is_not_ended_says_so_and_one_that_is_gone_is_ended() {
    let gateway = Gateway::with_session(&story::session("c"));
    let both = vec![one("this", None, true), one("other", Some("Edge on Windows"), false)];
    let page = opened(&gateway, both).await;
    gateway.answer("DELETE /api/sessions/other", 503, &problem(ProblemCode::Unavailable));
    page.click("dialog[open] li button");
    settle().await;
    let said = page.texts("dialog[open] [role=alert]").concat();
    assert!(said.contains("That session could not be ended.") && said.contains("ref-7"), "{said}");
    gateway.answer("DELETE /api/sessions/other", 404, &problem(ProblemCode::NotFound));
    gateway.answer(LIST, 200, &answer(vec![one("this", None, true)]));
    page.click("dialog[open] li button");
    settle().await;
    assert_eq!(page.texts("dialog[open] [role=alert]"), [""]);
    assert!(page.all("dialog[open] li button").is_empty());
}

#[wasm_bindgen_test]
async fn the_list_is_gone_with_the_person() {
    let gateway = Gateway::with_session(&story::session("c"));
    let both = vec![one("this", None, true), one("other", Some("Edge on Windows"), false)];
    let page = opened(&gateway, both).await;
    gateway.answer("DELETE /api/sessions/other", 401, &problem(ProblemCode::SignedOut));
    gateway.answer("GET /api/session", 200, &story::nobody());
    page.click("dialog[open] li button");
    settle().await;
    assert!(page.all("dialog[open]").is_empty() && !page.text().contains("Edge on Windows"));
}
