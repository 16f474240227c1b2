//! Somebody else's sign-in, put into the victim's browser: Mallory's ticket posted by a sibling and by another
//! site, Mallory's code and state at the victim's callback. The victim stays who she is, or nobody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attack;
mod visitor;

use attack::{person, play};
use lanyard_testbed::{
    Person, Stage, StageOptions,
    browser::{Browser, Page},
    counters::Counters,
    flow::{Callback, Flow},
    hostile::Server,
    person::{ADA, CARLA},
};
use visitor::{needs_the_shell, sign_in};

/// Submits a ticket for the sample app as the shell would, from whatever page this is, into a new window.
async fn post_ticket(page: &Page, stage: &Stage, ticket: &str) {
    let action = format!("{}/_lanyard/enter", stage.dashboard("finance").origin());
    let form = format!(
        "{{ const form = document.createElement('form'); form.method = 'post'; form.action = '{action}'; \
         for (const [name, value] of [['ticket', '{ticket}'], ['path', '/']]) {{ \
         const field = document.createElement('input'); field.name = name; field.value = value; form.append(field); }} \
         document.body.append(form); setTimeout(() => form.submit(), 0); 0 }}"
    );
    page.eval(&form).await;
    page.at(&stage.dashboard("finance").origin()).await;
    page.holds("an answer", "document.readyState === 'complete'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_somebody_else_counts_from_the_portals_page_only() {
    needs_the_shell();
    let hostile = Server::start().await;
    let options = StageOptions::default()
        .toml(&hostile.dashboard("hostile", "roles = [\"finance\"]"))
        .toml(&hostile.dashboard("open", "public = true"));
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start("login-csrf"));
    let mallory = Person::sign_in(&stage, ADA).await;
    let page = browser.page().await;
    sign_in(&page, &stage, CARLA, "/d/finance").await;
    page.frame("Finance Team KPI").await.shows(&format!("Viewing as {CARLA}")).await;
    let around = play(&stage, "nuisance", "entry", "finance");
    let sibling =
        format!("{}/d/hostile{}&do=none", stage.portal().origin(), around.replacen('?', "?window&", 1));
    let public = format!("{}{around}&do=none", stage.dashboard("open").origin());
    let evil = format!("{}{around}&do=none", hostile.site("evil.localhost").origin());
    for (who, at) in [("a sibling", &sibling), ("a public dashboard", &public), ("another site", &evil)] {
        let ticket = mallory.ticket_value(&stage, "finance").await;
        let before = Counters::read(&stage).await;
        page.open(at).await;
        page.find("heading", "A page that attacks").await;
        post_ticket(&page, &stage, &ticket).await;
        page.shows("not posted by the portal").await;
        assert_eq!(Counters::read(&stage).await.refused_since(&before, "entry"), 1, "{who}");
        page.open(&format!("{}/d/finance", stage.portal().origin())).await;
        page.frame("Finance Team KPI").await.shows(&format!("Viewing as {CARLA}")).await;
    }
    // The same form from the portal's own page: it is the page that makes the difference.
    let ticket = mallory.ticket_value(&stage, "finance").await;
    post_ticket(&page, &stage, &ticket).await;
    page.shows(&format!("Viewing as {ADA}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_of_another_browser_signs_nobody_in() {
    needs_the_shell();
    let (stage, browser) =
        tokio::join!(Stage::start(StageOptions::default().without_apps()), Browser::start("callback-csrf"));
    let page = browser.page().await;
    for who in ["nobody", CARLA] {
        if who == CARLA {
            sign_in(&page, &stage, CARLA, "/").await;
        }
        let mallory = Flow::begin(&stage).await;
        let callback = mallory.at_provider(&stage, ADA).await;
        let before = Counters::read(&stage).await;
        for state in [callback.state.as_str(), "a-state-that-nobody-began", ""] {
            page.forget();
            page.open(&address(&stage, &callback, state)).await;
            page.shows("That sign-in took too long").await;
            assert!(!page.url().await.contains("code="), "{who}: {}", page.url().await);
            let posted = page.loads().iter().filter(|load| load.url.ends_with("/api/session")).count();
            assert!(posted <= 1, "{who}: the code is not even sent: {:?}", page.loads());
            assert_eq!(person(&page).await, who);
        }
        // With a sign-in of this very browser under way, whose state somebody knows.
        let tab = if who == "nobody" { browser.page().await } else { browser.private_page().await };
        tab.open(&stage.portal().origin()).await;
        tab.find("button", "Sign in").await.click().await;
        tab.at(&stage.provider().origin()).await;
        let begun = url::Url::parse(&tab.url().await).expect("an address");
        let state =
            begun.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state.into_owned());
        tab.open(&address(&stage, &callback, &state.expect("a state"))).await;
        tab.shows("did not sign you in").await;
        assert_eq!(person(&tab).await, "nobody");
        let after = Counters::read(&stage).await;
        assert_eq!(after.signed_in_since(&before, "sign-in-refused"), 1, "{who}");
        assert_eq!(after.signed_in_since(&before, "signed-in"), 0, "{who}");
        assert_eq!(person(&page).await, who);
    }
    // In Mallory's own browser another one is good: the provider does give them out.
    Person::sign_in(&stage, ADA).await;
}

/// Where the provider would have sent Mallory's browser.
fn address(stage: &Stage, callback: &Callback, state: &str) -> String {
    let iss = callback.iss.as_deref().unwrap_or_default();
    format!("{}/callback?code={}&state={state}&iss={iss}", stage.portal().origin(), callback.code)
}
