//! The gate: what is forbidden and what does not exist look the same, down to the byte.

use lanyard_shell::identity::callback;
use leptos::prelude::{document, window};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    page::{Gateway, go_to, portal_at},
    story,
};

const REFUSED: &str = "You don't have permission to view this dashboard";

#[wasm_bindgen_test]
async fn a_forbidden_dashboard_is_the_same_page_as_an_unknown_one() {
    let gateway = Gateway::with_session(&story::session("c"));
    let mut pages = Vec::new();
    for address in ["/d/data-science", "/d/unheard-of", "/d/NO-ID", "/d/data-science/q3?a=b", "/elsewhere"] {
        let page = portal_at(address).await;
        pages.push((page.root.inner_html(), document().title()));
    }
    assert!(pages[0].0.contains(REFUSED) || pages[0].0.contains(&REFUSED.replace('\'', "&#39;")));
    for page in &pages {
        assert_eq!(*page, pages[0]);
    }
    assert_eq!(gateway.count("POST /api/dashboards/data-science/ticket"), 0);
}

#[wasm_bindgen_test]
async fn the_same_holds_for_a_window_of_its_own() {
    let _gateway = Gateway::with_session(&story::session("c"));
    let forbidden = portal_at("/d/data-science?window").await.root.inner_html();
    assert!(forbidden.contains("permission"), "{forbidden}");
    assert_eq!(forbidden, portal_at("/d/unheard-of?window").await.root.inner_html());
}

#[wasm_bindgen_test]
async fn nobody_cannot_tell_them_apart_either() {
    let _gateway = Gateway::with_session(&story::nobody());
    let forbidden = portal_at("/d/data-science").await.root.inner_html();
    assert!(forbidden.contains("Sign in to Harbour analytics"), "{forbidden}");
    assert_eq!(forbidden, portal_at("/d/unheard-of").await.root.inner_html());
}

#[wasm_bindgen_test]
async fn a_callbacks_query_leaves_the_address_bar_at_once() {
    go_to("/callback?code=a-code&state=s");
    assert_eq!(callback::take_query().as_deref(), Some("code=a-code&state=s"));
    assert_eq!(window().location().search().ok().as_deref(), Some(""));
    go_to("/d/finance?code=a-code&state=s");
    assert_eq!(callback::take_query(), None);
}

#[wasm_bindgen_test]
async fn a_portal_that_does_not_answer_says_so_with_its_reference() {
    let gateway = Gateway::new();
    let page = portal_at("/").await;
    assert!(page.text().contains("does not answer"), "{}", page.text());
    drop(page);
    gateway.answer("GET /api/config", 200, &story::settings());
    let problem = r#"{"code":"unavailable","message":"m","reference":"ref-1"}"#;
    let problem: lanyard_contract::wire::Problem = serde_json::from_str(problem).expect("a problem");
    gateway.answer("GET /api/session", 503, &problem);
    let page = portal_at("/").await;
    assert!(page.text().contains("ref-1"), "{}", page.text());
    gateway.answer("GET /api/session", 200, &story::nobody());
    page.click(".state button");
    crate::page::settle().await;
    assert!(page.text().contains("Sign in to Harbour analytics"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn somebody_signed_in_at_the_farewell_page_is_taken_home() {
    let gateway = Gateway::with_session(&story::nobody());
    let page = portal_at("/signed-out").await;
    assert!(page.text().contains("You are signed out"), "{}", page.text());
    drop(page);
    gateway.answer("GET /api/session", 200, &story::session("c"));
    let length = window().history().and_then(|history| history.length()).ok();
    let page = portal_at("/signed-out").await;
    assert_eq!(window().location().pathname().ok().as_deref(), Some("/"));
    assert_eq!(window().history().and_then(|history| history.length()).ok(), length, "replaced");
    assert!(!page.text().contains("permission"), "{}", page.text());
    assert_eq!(page.texts("h1"), ["Home"]);
}
