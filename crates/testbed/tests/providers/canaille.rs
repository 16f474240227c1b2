//! Canaille, through its own pages: it signs with RS512, which counts only where the configuration says so.

use lanyard_testbed::{
    Ports, Stage, StageOptions,
    browser::{Browser, Page},
    provider::Canaille,
};

use crate::{keycloak::seen, visitor::needs_the_shell};

const GROUP: &str = "Finance Team";
/// Groups are a scope of their own there.
const SCOPES: &str = r#"scopes = ["openid", "profile", "email", "groups"]"#;

/// From the portal's first page through both of Canaille's.
async fn log_in(page: &Page, stage: &Stage, canaille: &Canaille, name: &str) {
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await.click().await;
    page.at(&canaille.site().origin()).await;
    page.find("textbox", "Login").await.fill(name).await;
    page.find("button", "Continue").await.click().await;
    page.find("textbox", "Password").await.fill(&canaille.password).await;
    page.find("button", "Sign in").await.click().await;
    page.at(&stage.portal().origin()).await;
}

async fn sign_out(page: &Page) {
    page.find("button", "Sign out").await.click().await;
    page.shows("You are signed out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rs512_counts_where_the_configuration_names_it() {
    needs_the_shell();
    let [named, unnamed] = [(); 2].map(|()| Ports::reserve());
    let canaille = Canaille::start(&[named, unnamed], &["carla", "dov"], GROUP).await;
    let options = || StageOptions::default().without_apps().provider(canaille.elsewhere()).identity(SCOPES);
    let (stage, default, browser) = tokio::join!(
        Stage::start_on(named, options().identity(r#"algorithms = ["RS512"]"#)),
        Stage::start_on(unnamed, options()),
        Browser::start("canaille")
    );

    let page = browser.private_page().await;
    log_in(&page, &stage, &canaille, "carla").await;
    page.find("button", "Sign out").await;
    assert_eq!(seen(&page).await, ["Finance Team KPI"]);
    sign_out(&page).await;
    assert_eq!(page.url().await, format!("{}/signed-out", stage.portal().origin()));

    // Her session there has ended as well: it asks for everything again. Meanwhile she has left the group.
    canaille.hand_over(GROUP, "dov");
    log_in(&page, &stage, &canaille, "carla").await;
    page.shows("No dashboard is open to you yet").await;
    sign_out(&page).await;
    log_in(&page, &stage, &canaille, "dov").await;
    page.find("button", "Sign out").await;
    assert_eq!(seen(&page).await, ["Finance Team KPI"]);

    let other = browser.private_page().await;
    log_in(&other, &default, &canaille, "dov").await;
    other.shows("Your sign-in could not be confirmed").await;
}
