//! The realm of `examples/keycloak/` in the real Keycloak: groups with and without their paths, roles of the realm
//! and of a client whose id has a dot, a membership that changes, and a sign-out that ends both sessions.

use lanyard_testbed::{
    Ports, Stage, StageOptions,
    browser::{Browser, Page},
    provider::{Keycloak, keycloak::REALM},
};

use crate::visitor::{links, needs_the_shell};

/// At Keycloak's own page.
pub async fn log_in(page: &Page, username: &str, password: &str) {
    page.find("textbox", "Username or email").await.fill(username).await;
    page.find("textbox", "Password").await.fill(password).await;
    page.find("button", "Sign In").await.click().await;
}

/// From the portal's first page to Keycloak.
pub async fn leave(page: &Page, stage: &Stage, keycloak: &Keycloak) {
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await.click().await;
    page.at(&keycloak.site().origin()).await;
}

pub async fn sign_in(page: &Page, stage: &Stage, keycloak: &Keycloak, username: &str) {
    leave(page, stage, keycloak).await;
    log_in(page, username, &keycloak.password).await;
    back(page, stage).await;
}

/// Waits to be at the portal, signed in.
pub async fn back(page: &Page, stage: &Stage) {
    page.at(&stage.portal().origin()).await;
    page.find("button", "Sign out").await;
}

pub async fn sign_out(page: &Page, stage: &Stage) {
    page.find("button", "Sign out").await.click().await;
    page.shows("You are signed out").await;
    assert_eq!(page.url().await, format!("{}/signed-out", stage.portal().origin()));
}

/// A dashboard for one role, beside the demo's.
fn dashboard(id: &str) -> String {
    format!("[dashboards.{id}]\ntitle = \"For {id}\"\napp = \"http://127.0.0.1:9\"\nroles = [\"{id}\"]")
}

struct Scene<'a> {
    keycloak: &'a Keycloak,
    browser: &'a Browser,
    stage: Stage,
}

impl<'a> Scene<'a> {
    async fn start(
        keycloak: &'a Keycloak,
        browser: &'a Browser,
        ports: Ports,
        options: StageOptions,
    ) -> Scene<'a> {
        let options = options.without_apps().provider(keycloak.elsewhere());
        Scene { keycloak, browser, stage: Stage::start_on(ports, options).await }
    }

    /// What somebody sees who signs in with a fresh browser, without what everybody sees.
    async fn sees(&self, username: &str) -> Vec<String> {
        let page = self.browser.private_page().await;
        sign_in(&page, &self.stage, self.keycloak, username).await;
        seen(&page).await
    }
}

/// In the alphabet's order.
pub async fn seen(page: &Page) -> Vec<String> {
    let mut titles = links(page).await;
    titles.retain(|title| title != "Service status");
    titles.sort();
    titles
}

/// One server for all of it: a minute to start, and half a gigabyte.
#[tokio::test(flavor = "multi_thread")]
async fn what_keycloak_says_decides_what_people_see() {
    needs_the_shell();
    let [paths, names, roles] = [(); 3].map(|()| Ports::reserve());
    let (keycloak, browser) = tokio::join!(Keycloak::start(), Browser::start("keycloak"));
    keycloak.import_example(&[paths, names, roles]).await;

    let options = StageOptions::default().identity("strip_slash = true");
    let options = options.role(r#"lead = ["Finance Team/Finance Leads"]"#).toml(&dashboard("lead"));
    let scene = Scene::start(&keycloak, &browser, paths, options).await;
    full_paths(&scene).await;
    a_changed_membership(&scene).await;
    signing_out(&scene).await;

    without_paths(&keycloak).await;
    let scene = Scene::start(&keycloak, &browser, names, StageOptions::default()).await;
    assert_eq!(scene.sees("elif").await, ["Data Science Team KPI", "Finance Team KPI", "Finance forecast"]);

    let options = StageOptions::default()
        .groups(r#"["/realm_access/roles", "/resource_access/finance.reports/roles"]"#)
        .role(r#"director = ["director"]"#)
        .role(r#"reader = ["reader"]"#)
        .toml(&dashboard("director"))
        .toml(&dashboard("reader"));
    let scene = Scene::start(&keycloak, &browser, roles, options).await;
    assert_eq!(scene.sees("ada").await, ["For director"]);
    assert_eq!(scene.sees("ben").await, ["For reader"]);
    let nobody: [&str; 0] = [];
    assert_eq!(scene.sees("carla").await, nobody);
}

/// A group within a group is another than a group of that name.
async fn full_paths(scene: &Scene<'_>) {
    assert_eq!(
        scene.sees("ada").await,
        ["Data Science Team KPI", "Finance Team KPI", "Finance forecast"],
        "the slash before 'Manager' is taken off"
    );
    assert_eq!(scene.sees("elif").await, ["Data Science Team KPI", "Finance Team KPI", "For lead"]);
}

async fn a_changed_membership(scene: &Scene<'_>) {
    let Scene { keycloak, stage, .. } = scene;
    let page = scene.browser.private_page().await;
    sign_in(&page, stage, keycloak, "dov").await;
    page.shows("No dashboard is open to you yet").await;
    let (group, dov) =
        (keycloak.id("groups", "name", "Finance Team").await, keycloak.id("users", "username", "dov").await);
    for (method, wanted) in [("PUT", &["Finance Team KPI"][..]), ("DELETE", &[])] {
        keycloak.ask(method, &format!("/{REALM}/users/{dov}/groups/{group}"), None).await;
        sign_out(&page, stage).await;
        sign_in(&page, stage, keycloak, "dov").await;
        assert_eq!(seen(&page).await, wanted, "after {method}");
    }
}

async fn signing_out(scene: &Scene<'_>) {
    let Scene { keycloak, stage, .. } = scene;
    let page = scene.browser.private_page().await;
    leave(&page, stage, keycloak).await;
    log_in(&page, "carla", "not her password").await;
    page.shows("Invalid username or password").await;
    log_in(&page, "carla", &keycloak.password).await;
    back(&page, stage).await;
    let carla = keycloak.id("users", "username", "carla").await;
    let sessions = async || {
        let open = keycloak.ask("GET", &format!("/{REALM}/users/{carla}/sessions"), None).await;
        open.as_array().expect("a list").len()
    };
    assert_eq!(sessions().await, 1);
    sign_out(&page, stage).await;
    assert_eq!(sessions().await, 0, "Keycloak's own has ended as well");
    leave(&page, stage, keycloak).await;
    page.find("textbox", "Password").await;
}

/// Switches the paths off where an administrator would: in the mapper of the client.
async fn without_paths(keycloak: &Keycloak) {
    let client = keycloak.id("clients", "clientId", "lanyard").await;
    let mappers = format!("/{REALM}/clients/{client}/protocol-mappers/models");
    let all = keycloak.ask("GET", &mappers, None).await;
    let mapper = all.as_array().and_then(|all| all.iter().find(|mapper| mapper["name"] == "groups"));
    let mut mapper = mapper.expect("the example maps groups").clone();
    mapper["config"]["full.path"] = "false".into();
    let place = format!("{mappers}/{}", mapper["id"].as_str().expect("an id"));
    keycloak.ask("PUT", &place, Some(mapper)).await;
}
