//! Somebody who is signed in, over plain TCP and without a browser: their cookies, and how they enter a
//! dashboard.

use serde_json::Value;

use crate::{
    Answer, Request, Site, Stage,
    flow::{APP_COOKIE, Flow, PORTAL_COOKIE},
};

/// The demo's people, by the name on their button.
pub const ADA: &str = "Ada Albrecht";
pub const BEN: &str = "Ben Brandt";
pub const CARLA: &str = "Carla Costa";
pub const DOV: &str = "Dov Demir";
pub const ELIF: &str = "Elif Eriksen";

#[derive(Clone)]
pub struct Person {
    pub name: &'static str,
    /// The value of the portal's session cookie.
    pub cookie: String,
    /// The flow that they signed in by.
    pub flow: Flow,
    /// The answer to `POST /api/session`.
    pub session: Value,
}

impl Person {
    /// Signs in, in a fresh browser.
    pub async fn sign_in(stage: &Stage, name: &'static str) -> Self {
        let flow = Flow::begin(stage).await;
        let callback = flow.at_provider(stage, name).await;
        let answer = flow.redeem(stage, &callback, &flow.cookies()).await.expect(200);
        let cookie = answer.cookie(PORTAL_COOKIE).expect("signing in sets the session cookie");
        Self { name, cookie, flow, session: answer.json() }
    }

    /// Their `Cookie` line at the portal.
    pub fn cookies(&self) -> String {
        format!("{PORTAL_COOKIE}={}", self.cookie)
    }

    /// An API request of theirs.
    pub fn api(&self, stage: &Stage, method: &str, target: &str) -> Request {
        stage.portal().api(method, target).cookie(&self.cookies())
    }

    /// The ids of the dashboards that the portal shows them.
    pub async fn sees(&self, stage: &Stage) -> Vec<String> {
        let session = self.api(stage, "GET", "/api/session").send().await.expect(200).json();
        ids(&session)
    }

    pub async fn ticket(&self, stage: &Stage, dashboard: &str) -> Answer {
        let answer = self.api(stage, "POST", &format!("/api/dashboards/{dashboard}/ticket")).send().await;
        if answer.status == 200 {
            stage.secrets().note("ticket", answer.json()["ticket"].as_str().expect("a ticket"));
        }
        answer
    }

    /// A ticket's value.
    pub async fn ticket_value(&self, stage: &Stage, dashboard: &str) -> String {
        let answer = self.ticket(stage, dashboard).await.expect(200).json();
        answer["ticket"].as_str().expect("a ticket").to_owned()
    }

    /// Enters a dashboard with a fresh ticket: what `/_lanyard/enter` answers.
    pub async fn knock(&self, stage: &Stage, dashboard: &str, path: &str) -> Answer {
        let ticket = self.ticket_value(stage, dashboard).await;
        let answer = enter(&stage.dashboard(dashboard), stage, &ticket, path).send().await;
        if let Some(cookie) = answer.cookie(APP_COOKIE) {
            stage.secrets().note("app cookie", &cookie);
        }
        answer
    }

    /// Enters a dashboard and yields the `Cookie` line that lets them in from now on.
    pub async fn enter(&self, stage: &Stage, dashboard: &str) -> String {
        let answer = self.knock(stage, dashboard, "/").await.expect(303);
        format!("{APP_COOKIE}={}", answer.cookie(APP_COOKIE).expect("entering sets the app cookie"))
    }

    pub async fn sign_out(&self, stage: &Stage) -> Answer {
        self.api(stage, "DELETE", "/api/session").send().await
    }
}

/// The form that the shell submits into a fresh frame.
pub fn enter(at: &Site, stage: &Stage, ticket: &str, path: &str) -> Request {
    at.post("/_lanyard/enter")
        .origin(&stage.portal().origin())
        .site("same-site", "navigate", "iframe")
        .form(&[("ticket", ticket), ("path", path)])
}

/// The ids in a session answer, in its order.
pub fn ids(session: &Value) -> Vec<String> {
    let dashboards = session["dashboards"].as_array().expect("dashboards");
    dashboards.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}
