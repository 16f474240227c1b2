//! The navigation lists exactly what is open to a person, by role and accessible name.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    page::{Gateway, portal_at},
    story,
};

const LINKS: &str = "nav[aria-label=Dashboards] a";

#[wasm_bindgen_test]
async fn each_of_the_five_sees_their_own_and_the_public_one() {
    let expected: [(&str, &[&str]); 5] = [
        ("a", &["Data Science Team KPI", "Finance Team KPI", "Finance forecast", "Service status"]),
        ("b", &["Data Science Team KPI", "Service status"]),
        ("c", &["Finance Team KPI", "Service status"]),
        ("d", &["Service status"]),
        ("e", &["Data Science Team KPI", "Finance Team KPI", "Finance forecast", "Service status"]),
    ];
    for (who, titles) in expected {
        let _gateway = Gateway::with_session(&story::session(who));
        let page = portal_at("/").await;
        assert_eq!(page.texts(LINKS), titles, "{who}");
        assert!(page.texts("button").iter().all(|label| label != "Sign in"), "{who} is signed in");
    }
}

#[wasm_bindgen_test]
async fn links_lead_to_the_dashboards_own_addresses() {
    let _gateway = Gateway::with_session(&story::session("c"));
    let page = portal_at("/").await;
    let addresses: Vec<_> = page.all(LINKS).iter().filter_map(|link| link.get_attribute("href")).collect();
    assert_eq!(addresses, ["/d/finance", "/d/status"]);
}

#[wasm_bindgen_test]
async fn nobody_sees_the_public_one_and_one_sign_in_button() {
    let _gateway = Gateway::with_session(&story::nobody());
    for address in ["/", "/d/finance/q3", "/d/status"] {
        let page = portal_at(address).await;
        assert_eq!(page.texts(LINKS), ["Service status"], "{address}");
        let buttons = page.texts("button");
        assert_eq!(buttons.iter().filter(|label| *label == "Sign in").count(), 1, "{address}: {buttons:?}");
    }
}

#[wasm_bindgen_test]
async fn somebody_without_a_group_is_told_whom_to_ask() {
    let _gateway = Gateway::with_session(&story::session("d"));
    let page = portal_at("/").await;
    let text = page.text();
    assert!(text.contains("No dashboard is open to you yet"), "{text}");
    assert!(text.contains("d@harbour.example") && text.contains("data-platform@harbour.example"), "{text}");
}

#[wasm_bindgen_test]
async fn a_page_of_carla_has_no_trace_of_what_is_bens() {
    let _gateway = Gateway::with_session(&story::session("c"));
    let page = portal_at("/").await;
    let html = page.root.inner_html();
    assert!(!html.contains("data-science") && !html.contains("Data Science"), "{html}");
}
