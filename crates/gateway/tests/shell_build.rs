//! Every answer of the API names the build of the shell that is served, and the page that it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{Person, Stage, StageOptions, person::ADA};

#[tokio::test]
async fn every_answer_of_the_api_names_the_build_that_is_served() {
    let stage = Stage::start(StageOptions::default().without_apps()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let portal = stage.portal();
    let page = portal.get("/").top_document().send().await.expect(200).text();
    let (_, after) = page.split_once("name=\"lanyard-build\" content=\"").expect("the page names its build");
    let build = after.split('"').next().expect("a name");
    assert_eq!(build.len(), 16, "{page}");
    for (request, status) in [
        (portal.get("/api/config").fetch(), 200),
        (ada.api(&stage, "GET", "/api/session"), 200),
        (ada.api(&stage, "POST", "/api/dashboards/nobody/ticket"), 404),
        (portal.get("/api/dashboards/finance/state").fetch(), 401),
        (portal.get("/api/nothing").fetch(), 404),
        (portal.post("/api/config").fetch().origin(&portal.origin()), 403),
        (portal.get("/api/config").site("cross-site", "cors", "empty"), 403),
        (portal.api("POST", "/api/sign-in").body("application/json", "{"), 400),
    ] {
        let answer = request.send().await.expect(status);
        let said: Vec<_> = answer.all("x-lanyard-build").collect();
        assert_eq!(said, [build], "{}", answer.everything());
    }
}
