//! What a visitor does at the portal, for every browser test: sign in, and read the landmark.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use lanyard_testbed::{Stage, browser::Page};

/// A text that only a KPI dashboard shows.
pub const KPI: &str = "Viewing as";

/// The browser tests are of the built shell.
pub fn needs_the_shell() {
    assert!(
        std::env::var_os("LANYARD_SHELL").is_some(),
        "LANYARD_SHELL does not name a built shell: the step 'shell' of `cargo xtask test` builds it"
    );
}

/// Goes to a path of the portal as somebody who is not signed in, and signs in there.
pub async fn sign_in(page: &Page, stage: &Stage, name: &str, path: &str) {
    page.open(&format!("{}{path}", stage.portal().origin())).await;
    page.find("button", "Sign in").await.click().await;
    page.at(&stage.provider().origin()).await;
    sign_in_from_here(page, stage, name).await;
}

/// At the provider's page: chooses the person and comes back.
pub async fn sign_in_from_here(page: &Page, stage: &Stage, name: &str) {
    let button = page
        .until(&format!("a button for {name}"), async || {
            for button in page.query(None, "button", None).await {
                if button.text().await.starts_with(name) {
                    return Some(button);
                }
            }
            None
        })
        .await;
    button.click().await;
    page.at(&stage.portal().origin()).await;
    page.until("the end of the callback", async || (!page.url().await.contains("/callback")).then_some(()))
        .await;
}

/// The names of the links in the landmark "Dashboards".
pub async fn links(page: &Page) -> Vec<String> {
    let landmark = page.find("navigation", "Dashboards").await;
    page.until("links in the landmark", async || {
        let links = page.query(Some(&landmark), "link", None).await;
        (!links.is_empty()).then_some(())
    })
    .await;
    let mut names = Vec::new();
    for link in page.query(Some(&landmark), "link", None).await {
        names.push(link.text().await.trim().to_owned());
    }
    names
}
