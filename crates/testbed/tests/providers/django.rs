//! The site of `examples/django/`: its staff puts people into groups in Django's admin, and takes them out.

use lanyard_testbed::{
    Ports, Stage, StageOptions,
    browser::{Browser, Page},
    framework::RealApp,
    provider::{Django, django::STAFF},
};

use crate::visitor::{links, needs_the_shell};

const PASSWORD: &str = "eleven-green-buoys";
const GROUP: &str = "Finance Team";

struct Scene {
    django: Django,
    stage: Stage,
    browser: Browser,
    app: RealApp,
}

impl Scene {
    async fn start(test: &str) -> Self {
        needs_the_shell();
        let ports = Ports::reserve();
        let (django, app) = tokio::join!(Django::start(ports), RealApp::start("streamlit"));
        let options = StageOptions::default().without_apps().provider(django.elsewhere());
        let options = options.toml(&app.dashboard(""));
        let (stage, browser) = tokio::join!(Stage::start_on(ports, options), Browser::start(test));
        Self { django, stage, browser, app }
    }

    /// A page of Django's admin.
    async fn admin(&self, page: &Page, path: &str) {
        page.open(&format!("{}/admin/{path}", self.django.site().origin())).await;
    }

    async fn staff(&self) -> Page {
        let page = self.browser.private_page().await;
        self.admin(&page, "").await;
        fill(&page, "Username:", STAFF).await;
        fill(&page, "Password:", &self.django.password).await;
        page.find("button", "Log in").await.click().await;
        page.find("heading", "Site administration").await;
        page
    }

    /// Makes a group, and a person who is not in it.
    async fn add_group_and_person(&self, staff: &Page, name: &str) {
        self.admin(staff, "auth/group/add/").await;
        fill(staff, "Name:", GROUP).await;
        save(staff).await;
        self.admin(staff, "auth/user/add/").await;
        fill(staff, "Username:", name).await;
        fill(staff, "Password:", PASSWORD).await;
        fill(staff, "Password confirmation:", PASSWORD).await;
        save(staff).await;
    }

    /// Moves the group to the other side of the person's two lists.
    async fn change_groups(&self, staff: &Page, name: &str, from: &str, button: &str) {
        self.admin(staff, "auth/user/").await;
        staff.find("link", name).await.click().await;
        let list = format!("#id_groups_{from}");
        staff
            .holds(
                "the group is in the list",
                &format!(
                    "[...document.querySelectorAll('{list} option')].some(one => one.text === '{GROUP}')"
                ),
            )
            .await;
        staff
            .eval(&format!(
                "for (const one of document.querySelectorAll('{list} option')) one.selected = one.text === '{GROUP}';
                 document.querySelector('{list}').dispatchEvent(new Event('change', {{ bubbles: true }})); 0"
            ))
            .await;
        staff.eval(&format!("document.querySelector('{button}').click(); 0")).await;
        save(staff).await;
    }

    /// At the portal, as somebody who is not signed in there: to Django's page.
    async fn leave_for_django(&self, page: &Page) {
        page.find("button", "Sign in").await.click().await;
        page.at(&self.django.site().origin()).await;
    }

    async fn sign_in(&self, page: &Page, name: &str) {
        page.open(&self.stage.portal().origin()).await;
        self.leave_for_django(page).await;
        log_in(page, name, PASSWORD).await;
        page.at(&self.stage.portal().origin()).await;
        page.find("button", "Sign out").await;
    }

    async fn sign_out(&self, page: &Page) {
        page.find("button", "Sign out").await.click().await;
        page.shows("You are signed out").await;
        assert_eq!(page.url().await, format!("{}/signed-out", self.stage.portal().origin()));
    }
}

async fn fill(page: &Page, label: &str, text: &str) {
    page.find("textbox", label).await.fill(text).await;
}

async fn save(page: &Page) {
    page.find("button", "Save").await.click().await;
    page.shows("successfully").await;
}

/// At the site's own sign-in.
async fn log_in(page: &Page, name: &str, password: &str) {
    page.find("heading", "Sign in to Harbour").await;
    fill(page, "Username", name).await;
    fill(page, "Password", password).await;
    page.find("button", "Sign in").await.click().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_put_into_a_group_in_the_admin_sees_its_dashboard_and_who_is_taken_out_does_not() {
    let scene = Scene::start("django-admin").await;
    let staff = scene.staff().await;
    scene.add_group_and_person(&staff, "henry").await;
    let page = scene.browser.private_page().await;
    scene.sign_in(&page, "henry").await;
    page.shows("No dashboard is open to you yet").await;
    page.shows("in no group").await;
    scene.sign_out(&page).await;

    scene.change_groups(&staff, "henry", "from", "#id_groups_add_link, #id_groups_add").await;
    scene.sign_in(&page, "henry").await;
    assert!(links(&page).await.contains(&scene.app.title()));
    page.find("link", &scene.app.title()).await.click().await;
    page.frame(&scene.app.title()).await.shows("Viewing as henry").await;
    scene.sign_out(&page).await;

    scene.change_groups(&staff, "henry", "to", "#id_groups_remove_link, #id_groups_remove").await;
    scene.sign_in(&page, "henry").await;
    page.shows("No dashboard is open to you yet").await;
    assert!(!page.text().await.contains(&scene.app.title()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_djangos_to_refuse_and_signing_out_ends_both_sessions() {
    let scene = Scene::start("django-password").await;
    let staff = scene.staff().await;
    scene.add_group_and_person(&staff, "iris").await;
    let page = scene.browser.private_page().await;
    page.open(&scene.stage.portal().origin()).await;
    scene.leave_for_django(&page).await;
    log_in(&page, "iris", "not her password").await;
    page.shows("Please enter a correct username and password").await;
    log_in(&page, "iris", PASSWORD).await;
    page.at(&scene.stage.portal().origin()).await;
    page.find("button", "Sign out").await;
    scene.sign_out(&page).await;
    // Django's own session has ended as well: it asks for the password again.
    page.open(&scene.stage.portal().origin()).await;
    scene.leave_for_django(&page).await;
    page.find("heading", "Sign in to Harbour").await;
}
