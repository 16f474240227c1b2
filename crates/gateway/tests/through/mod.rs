//! People as a proxy in front names them, over plain TCP: the test itself is the proxy.

use lanyard_testbed::{
    Request, Stage, StageOptions,
    flow::{APP_COOKIE, PORTAL_COOKIE},
    person,
};
use serde_json::{Value, json};

pub const SIGN_OUT: &str = "https://auth.harbour.example/logout";

/// What a proxy says of one person.
#[derive(Clone, Copy)]
pub struct Said {
    pub user: &'static str,
    pub groups: &'static str,
    pub email: &'static str,
    pub name: &'static str,
}

pub const ADA: Said = Said {
    user: "ada",
    groups: "Data Science Team|Manager",
    email: "ada@harbour.example",
    name: "Ada Albrecht",
};

pub const BEN: Said =
    Said { user: "ben", groups: "Data Science Team", email: "ben@harbour.example", name: "Ben Brandt" };

/// With names that no list of usual ones has, so that only their configuration keeps them from the apps.
pub fn options() -> StageOptions {
    let front = "user = \"X-Person\"\ngroups = \"X-Person-Groups\"\nemail = \"X-Person-Address\"\n\
        name = \"X-Person-Called\"\nseparator = \"|\"\ncookies = [\"proxy_session\"]\nsign_out = \"https://auth.harbour.example/logout\"";
    let server = "trusted_proxies = [\"127.0.0.1\"]";
    StageOptions::default().without_apps().upstream("rec").public_upstream("open").server(server).front(front)
}

/// A request as the proxy passes it on for nobody.
pub fn through(stage: &Stage, request: Request) -> Request {
    request.header("X-Lanyard-Proxy", stage.client_secret())
}

impl Said {
    /// The lines about the person alone.
    pub fn lines(&self, request: Request) -> Request {
        request
            .header("X-Person", self.user)
            .header("X-Person-Groups", self.groups)
            .header("X-Person-Address", self.email)
            .header("X-Person-Called", self.name)
    }

    /// A request as the proxy passes it on.
    pub fn says(&self, stage: &Stage, request: Request) -> Request {
        through(stage, self.lines(request))
    }
}

/// Somebody who is signed in.
pub struct Proxied {
    pub said: Said,
    pub cookie: String,
}

impl Proxied {
    pub async fn sign_in(stage: &Stage, said: Said) -> Self {
        let request = stage.portal().api("POST", "/api/sign-in").json(&json!({ "state": "" }));
        let answer = said.says(stage, request).send().await.expect(200);
        let cookie = answer.cookie(PORTAL_COOKIE).expect("signing in sets the session cookie");
        stage.secrets().note("session cookie", &cookie);
        Self { said, cookie }
    }

    pub fn cookies(&self) -> String {
        format!("{PORTAL_COOKIE}={}", self.cookie)
    }

    pub fn api(&self, stage: &Stage, method: &str, target: &str) -> Request {
        self.said.says(stage, stage.portal().api(method, target).cookie(&self.cookies()))
    }

    pub async fn session(&self, stage: &Stage) -> Value {
        self.api(stage, "GET", "/api/session").send().await.expect(200).json()
    }

    pub async fn ticket(&self, stage: &Stage, dashboard: &str) -> String {
        let path = format!("/api/dashboards/{dashboard}/ticket");
        let answer = self.api(stage, "POST", &path).send().await.expect(200).json();
        let ticket = answer["ticket"].as_str().expect("a ticket").to_owned();
        stage.secrets().note("ticket", &ticket);
        ticket
    }

    /// Enters a dashboard: the `Cookie` line that lets them in from now on.
    pub async fn enter(&self, stage: &Stage, dashboard: &str) -> String {
        let ticket = self.ticket(stage, dashboard).await;
        let request = person::enter(&stage.dashboard(dashboard), stage, &ticket, "/");
        let answer = self.said.says(stage, request).send().await.expect(303);
        let cookie = answer.cookie(APP_COOKIE).expect("entering sets the app cookie");
        stage.secrets().note("app cookie", &cookie);
        format!("{APP_COOKIE}={cookie}")
    }
}
