//! `/callback` with every answer that a provider, or somebody who plays one, can send.

use lanyard_contract::{
    paths::LocalPath,
    wire::{Problem, ProblemCode},
};
use lanyard_shell::{
    clock,
    identity::{
        storage,
        transaction::{self, LIFETIME, Transaction},
    },
};
use leptos::prelude::window;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    page::{Gateway, Mounted, portal_at},
    story,
};

const REDEEM: &str = "POST /api/session";
const EXPIRED: &str = "That sign-in took too long";

fn begin(state: &str, age: u64) {
    let return_to = LocalPath::parse("/d/finance/q3?year=2026").expect("a path");
    let started = clock::now() - age;
    assert!(transaction::keep(state, &Transaction { verifier: "the-verifier".into(), return_to, started }));
}

async fn arrive(query: &str) -> Mounted {
    portal_at(&format!("/callback?{query}")).await
}

#[wasm_bindgen_test]
async fn a_state_that_is_not_a_live_one_redeems_nothing() {
    storage::clear();
    begin("live", 1);
    begin("old", LIFETIME + 1);
    for query in [
        "",
        "code=a",
        "code=a&state=",
        "code=a&state=unknown",
        "code=a&state=live&state=live",
        "code=a&code=b&state=live",
        "code=a&state=live&x=1&x=2",
        "code=a&state=old",
        "state=live",
        "code=a&error=b&state=live",
        "error=access_denied&error_description=foreign-words&state=unknown",
        "error=access_denied&error_description=foreign-words",
    ] {
        let gateway = Gateway::with_session(&story::nobody());
        let page = arrive(query).await;
        assert!(page.text().contains(EXPIRED), "{query}: {}", page.text());
        assert!(!page.text().contains("foreign-words"), "{query}");
        assert_eq!(gateway.count(REDEEM), 0, "{query}");
        assert_eq!(window().location().search().ok().as_deref(), Some(""), "{query}");
    }
}

#[wasm_bindgen_test]
async fn a_sign_in_leads_to_the_page_that_was_wanted_and_only_once() {
    storage::clear();
    begin("once", 1);
    let gateway = Gateway::with_session(&story::session("c"));
    gateway.answer(REDEEM, 200, &story::session("c"));
    gateway.answer(
        "POST /api/dashboards/finance/ticket",
        404,
        &Problem { code: ProblemCode::NotFound, message: "m".into(), reference: "r".into() },
    );
    let page = arrive("code=a&state=once").await;
    let location = window().location();
    assert_eq!(location.pathname().ok().as_deref(), Some("/d/finance/q3"), "{}", page.text());
    assert_eq!(location.search().ok().as_deref(), Some("?year=2026"));
    assert_eq!(gateway.count(REDEEM), 1);
    drop(page);
    let page = arrive("code=a&state=once").await;
    assert!(page.text().contains(EXPIRED), "{}", page.text());
    assert_eq!(gateway.count(REDEEM), 1);
}

#[wasm_bindgen_test]
async fn a_refusal_is_shown_as_text_for_a_live_transaction() {
    storage::clear();
    begin("refused", 1);
    let _gateway = Gateway::with_session(&story::nobody());
    let page =
        arrive("error=access_denied&error_description=It+is+%3Cb%3Elocked%3C%2Fb%3E&state=refused").await;
    assert!(page.text().contains("Harbour ID did not sign you in"), "{}", page.text());
    assert!(page.text().contains("It is <b>locked</b>"), "{}", page.text());
    assert!(page.all("b").is_empty());
    assert_eq!(page.texts("button"), ["Try again", "Use another account"]);
}

#[wasm_bindgen_test]
async fn the_words_of_another_issuer_are_not_shown() {
    storage::clear();
    begin("mixed-up", 1);
    let _gateway = Gateway::with_session(&story::nobody());
    let query = "error=x&error_description=foreign-words&state=mixed-up&iss=https%3A%2F%2Fevil.example";
    let page = arrive(query).await;
    assert!(page.text().contains("did not sign you in"), "{}", page.text());
    assert!(!page.text().contains("foreign-words"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn a_browser_that_keeps_no_cookie_is_told_so_and_does_not_loop() {
    storage::clear();
    begin("no-cookie", 1);
    let gateway = Gateway::with_session(&story::nobody());
    gateway.answer(REDEEM, 200, &story::session("c"));
    let page = arrive("code=a&state=no-cookie").await;
    assert!(page.text().contains("This browser did not keep the sign-in"), "{}", page.text());
    assert_eq!(gateway.count("POST /api/sign-in"), 0);
}

#[wasm_bindgen_test]
async fn each_refusal_of_the_gateway_has_its_own_words_and_its_reference() {
    for (code, title) in [
        (ProblemCode::SignInExpired, "This browser did not keep the sign-in"),
        (ProblemCode::SignInRefused, "Harbour ID did not sign you in"),
        (ProblemCode::GroupsUnreadable, "Your groups could not be read"),
        (ProblemCode::ProviderUnreachable, "Harbour ID does not answer"),
        (ProblemCode::Unavailable, "Harbour analytics does not answer"),
    ] {
        storage::clear();
        begin("problem", 1);
        let gateway = Gateway::with_session(&story::nobody());
        gateway.answer(REDEEM, 400, &Problem { code, message: "m".into(), reference: "ref-7".into() });
        let page = arrive("code=a&state=problem").await;
        assert!(page.text().contains(title) && page.text().contains("ref-7"), "{title}: {}", page.text());
    }
}

#[wasm_bindgen_test]
async fn a_return_path_that_was_tampered_with_is_not_followed() {
    for path in ["//evil.example", "https://evil.example/", "/\\evil.example", "/%2f/evil.example"] {
        storage::clear();
        let kept = format!("{} {path} v", clock::now());
        assert!(storage::put("lanyard.sign-in.tampered", &kept));
        let gateway = Gateway::with_session(&story::session("c"));
        gateway.answer(REDEEM, 200, &story::session("c"));
        let page = arrive("code=a&state=tampered").await;
        assert!(page.text().contains(EXPIRED), "{path}: {}", page.text());
        assert_eq!(gateway.count(REDEEM), 0, "{path}");
    }
}
