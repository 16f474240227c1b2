//! What every framework is held to. One module a promise; this one sets the scene, and knows how a viewer works
//! with any of the examples, which all say the same words.

pub mod connection;
pub mod other_ways;
pub mod particular;
pub mod people;
pub mod session;
pub mod trouble;

use lanyard_testbed::{
    Stage, StageOptions,
    browser::{Browser, Element, Frame, Page},
    framework::RealApp,
};

use crate::visitor::{needs_the_shell, sign_in};

/// An example behind the gateway, and a browser.
pub struct Scene {
    pub app: RealApp,
    pub stage: Stage,
    pub browser: Browser,
}

impl Scene {
    /// `test` tells its evidence from that of the row's other tests.
    pub async fn start(id: &'static str, test: &str, toml: &str) -> Self {
        needs_the_shell();
        Self::with(RealApp::start(id).await, test, toml).await
    }

    async fn with(app: RealApp, test: &str, toml: &str) -> Self {
        let options = StageOptions::default().toml(toml).toml(&app.dashboard(""));
        let evidence = format!("{}-{test}", app.id);
        let (stage, browser) = tokio::join!(Stage::start(options), Browser::start(&evidence));
        Self { app, stage, browser }
    }

    /// Signs in and opens the dashboard.
    pub async fn viewer<'p>(&self, page: &'p Page, name: &str) -> Frame<'p> {
        sign_in(page, &self.stage, name, &format!("/d/{}", self.app.id)).await;
        let frame = page.frame(&self.app.title()).await;
        frame.shows(&viewing_as(name)).await;
        frame.shows("Quarter 1: revenue").await;
        frame
    }

    /// How many WebSockets the app has been asked for.
    pub fn handshakes(&self) -> usize {
        let Some(path) = &self.app.facts.websocket else { return 0 };
        let first = format!("GET {path}");
        self.app.tap.requests().iter().filter(|request| request.starts_with(&first)).count()
    }

    pub async fn upload(&self, frame: &Frame<'_>) {
        let targets = "month,target\n2025-04,390\n2025-05,415\n2025-06,410\n";
        let file = self.app.file("targets.csv", targets);
        frame.element("an input for files", FILE_INPUT).await.choose(&file).await;
        frame.shows("3 targets from targets.csv").await;
        let none = self.app.facts.session_end.is_none();
        assert_eq!(self.app.uploads().is_empty(), none, "an app with sessions keeps it as a file");
    }

    /// The figures that the frame's link or button downloads.
    pub async fn download(&self, page: &Page, frame: &Frame<'_>) -> String {
        let folder = self.app.downloads();
        page.download_to(&folder).await;
        let link = page.until("'Download figures'", async || either(frame, "Download figures").await).await;
        link.press().await;
        page.until("a download", async || std::fs::read_to_string(folder.join("figures.csv")).ok()).await
    }
}

/// The first input for files, wherever a component hides it.
const FILE_INPUT: &str = "(function find(root) {
    const own = root.querySelector('input[type=file]');
    if (own) return own;
    for (const element of root.querySelectorAll('*')) {
        const found = element.shadowRoot && find(element.shadowRoot);
        if (found) return found;
    }
    return null;
})(document)";

/// Frameworks differ in whether a download is a link or a button.
async fn either(frame: &Frame<'_>, name: &str) -> Option<Element> {
    for role in ["link", "button"] {
        if let Some(found) = frame.query(role, Some(name)).await.into_iter().next() {
            return Some(found);
        }
    }
    None
}

pub fn viewing_as(name: &str) -> String {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    format!("Viewing as {first}")
}

/// Presses the button until the server has answered: a page shows its button before it hears of presses.
pub async fn next_quarter(page: &Page, frame: &Frame<'_>, quarter: u8) {
    let shown = format!("Quarter {quarter}: revenue");
    frame.find("button", "Next quarter").await.press().await;
    page.until(&shown, async || frame.text().await.contains(&shown).then_some(())).await;
}
