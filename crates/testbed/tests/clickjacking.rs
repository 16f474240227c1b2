//! Nothing of ours is drawn inside a page that is not ours: from a sibling and from another site every kind of
//! page is put into a frame, signed in and not, and each frame stays empty. The portal draws its dashboards.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attack;
mod visitor;

use attack::{EMPTY, play};
use lanyard_testbed::{
    Stage, StageOptions,
    browser::{Browser, Page},
    flow::Flow,
    hostile::{FIGURES, Server},
    person::CARLA,
};
use visitor::{needs_the_shell, sign_in};

/// Everything of ours that has an address: pages, files, answers of the API, refusals of every kind.
async fn addresses(stage: &Stage) -> Vec<String> {
    let (portal, provider) = (stage.portal(), stage.provider());
    let authorize = Flow::begin(stage).await.authorization_url(stage).await.to_string();
    let mut all = vec![authorize];
    for (site, paths) in [
        (
            &portal,
            &["/", "/signed-out", "/callback?code=c&state=s", "/d/target", "/d/target?window", "/missing.js"]
                [..],
        ),
        (&portal, &["/api/session", "/api/config", "/api/nothing", "/.well-known/jwks.json", "/icon.svg"]),
        (&stage.dashboard("target"), &["/", "/deep/page.html?a=1", "/play/reach.js", "/_lanyard/enter"]),
        // Without a key to that host, without such a dashboard, public, and with nobody behind it.
        (&stage.dashboard("finance"), &["/"]),
        (&stage.dashboard("nothing-like-this"), &["/"]),
        (&stage.dashboard("notice"), &["/", "/page.html", "/_lanyard/x"]),
        (&stage.dashboard("status"), &["/"]),
        (&stage.site("nobody.localhost"), &["/"]),
        (&provider, &["/", "/authorize", "/.well-known/openid-configuration", "/style.css", "/logout"]),
    ] {
        all.extend(paths.iter().map(|path| format!("{}{path}", site.origin())));
    }
    all
}

/// Puts an address into a frame of the page. Yields where the frame is afterwards, and what it shows.
async fn framed(page: &Page, nth: usize, address: &str) -> (String, String) {
    let title = format!("Frame {nth}");
    let script = format!(
        "new Promise(done => {{ const frame = document.createElement('iframe'); frame.title = '{title}'; \
         frame.onload = () => done(0); frame.src = {}; document.body.append(frame); }})",
        serde_json::Value::from(address)
    );
    page.eval(&script).await;
    let frame = page.frame(&title).await;
    let url = page.until("the frame's address", async || {
        let url = frame.url().await;
        (url != "about:blank").then_some(url)
    });
    (url.await, frame.text().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_ours_is_drawn_in_a_page_of_somebody_else() {
    needs_the_shell();
    let (target, hostile) = tokio::join!(Server::start(), Server::start());
    let options = StageOptions::default()
        .toml(&target.dashboard("target", "roles = [\"finance\"]"))
        .toml(&target.dashboard("notice", "public = true"))
        .toml(&hostile.dashboard("hostile", "roles = [\"finance\"]"))
        .toml(&hostile.dashboard("open", "public = true"))
        .without_apps();
    let (stage, browser) = tokio::join!(Stage::start(options), Browser::start("clickjacking"));
    let portal = stage.portal().origin();
    let signed_in = browser.page().await;
    sign_in(&signed_in, &stage, CARLA, "/d/target").await;
    // The portal draws it, and so does a page of its own origin.
    signed_in.frame("Dashboard target").await.shows(FIGURES).await;
    signed_in.open(&format!("{portal}/d/notice")).await;
    signed_in.frame("Dashboard notice").await.shows(FIGURES).await;

    let around = play(&stage, "nuisance", "framing", "target");
    let sibling = format!("{portal}/d/hostile{}&do=none", around.replacen('?', "?window&", 1));
    let public = format!("{}{around}&do=none", stage.dashboard("open").origin());
    let evil = format!("{}{around}&do=none", hostile.site("evil.localhost").origin());
    let stranger = browser.private_page().await;
    let addresses = addresses(&stage).await;
    let mut drawn = Vec::new();
    for (who, page, at) in [
        ("a sibling, signed in", &signed_in, &sibling),
        ("a public dashboard, signed in", &signed_in, &public),
        ("another site, signed in", &signed_in, &evil),
        ("another site, nobody signed in", &stranger, &evil),
    ] {
        page.open(at).await;
        page.find("heading", "A page that attacks").await;
        let own = page.eval("location.origin").await;
        let own = format!("{}/page.html", own.as_str().expect("an origin"));
        let (url, text) = framed(page, 0, &own).await;
        assert_eq!((url.as_str(), text.contains(FIGURES)), (own.as_str(), true), "{who}: frames do work");
        for (nth, address) in addresses.iter().enumerate() {
            let (url, text) = framed(page, nth + 1, address).await;
            if url != EMPTY {
                drawn.push(format!("{who}: {address} as {url}: {text:.60}"));
            }
        }
    }
    assert!(drawn.is_empty(), "{} were drawn:\n{}", drawn.len(), drawn.join("\n"));
}
