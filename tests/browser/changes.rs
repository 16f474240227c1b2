//! What is said aloud when what is open changes, or whoever it was is signed out.

use lanyard_contract::wire::SessionAnswer;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    page::{Gateway, portal_at, settle},
    pulse::{announced, come_online},
    story,
};

const SESSION: &str = "GET /api/session";

#[wasm_bindgen_test]
async fn dashboards_that_come_and_go_are_named_and_so_is_the_end() {
    let gateway = Gateway::with_session(&story::nobody());
    let page = portal_at("/").await;
    let carla = story::session("c");
    let promoted = SessionAnswer { identity: carla.identity.clone(), ..story::session("e") };
    let more = "Data Science Team KPI was added. Finance forecast was added.";
    let less = "Data Science Team KPI was removed. Finance forecast was removed.";
    for (answer, said) in [(&carla, ""), (&promoted, more), (&carla, less), (&story::nobody(), "Signed out")]
    {
        gateway.answer(SESSION, 200, answer);
        come_online();
        settle().await;
        assert_eq!(announced(&page), said);
    }
}
