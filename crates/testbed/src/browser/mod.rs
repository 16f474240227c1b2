//! A real Chromium, driven over its DevTools protocol: what people see is found by role and accessible name,
//! and clicked as a mouse would. No driver process stands in between, because the tests need what only the
//! protocol tells: every request of every frame, console messages, answers changed on their way.

mod cdp;
mod element;
mod evidence;
mod frame;
mod keyboard;
mod network;
mod page;
mod paused;
mod performance;
mod screen;
mod traffic;
mod tree;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::sleep;

pub use element::Element;
pub use frame::Frame;
pub use page::Page;
pub use traffic::Load;

use crate::folder::Folder;
use cdp::Cdp;

const FLAGS: [&str; 14] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-features=MediaRouter,OptimizationHints,Translate",
    "--no-first-run",
    "--no-default-browser-check",
    "--window-size=1280,900",
    "--remote-debugging-port=0",
];

/// One browser with a fresh profile. Ends when it is dropped.
pub struct Browser {
    child: Child,
    cdp: Cdp,
    evidence: PathBuf,
    // Goes after the child.
    _profile: Folder,
}

impl Browser {
    /// Starts Chromium. `test` names the folder under target/e2e/ that evidence of a failure goes to.
    pub async fn start(test: &str) -> Self {
        let profile = Folder::new();
        let program = std::env::var_os("LANYARD_CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
        let log = std::fs::File::create(profile.join("chromium.log")).expect("the log can be written");
        let child = Command::new(&program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.join("profile").display()))
            .arg("about:blank")
            // What it leaves behind goes with the profile.
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start ({error}): `cargo xtask test` installs it",
                    program.to_string_lossy()
                )
            });
        let (port, path) = address(profile.path()).await;
        let cdp = Cdp::connect(port, &path).await;
        let folder = std::env::current_exe().expect("a test knows where it is");
        let target =
            folder.ancestors().find(|folder| folder.ends_with("target")).unwrap_or(Path::new("target"));
        let evidence = target.join("e2e").join(test);
        Self { child, cdp, evidence, _profile: profile }
    }

    /// The number of its first process in the system: all others are its children, or theirs.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A new window of the one profile.
    pub async fn page(&self) -> Page {
        self.create(json!({ "url": "about:blank", "newWindow": true })).await
    }

    /// A window with cookies and storage of its own: somebody else's browser.
    pub async fn private_page(&self) -> Page {
        let context = self.cdp.call(None, "Target.createBrowserContext", json!({})).await;
        let context = &context["browserContextId"];
        self.create(json!({ "url": "about:blank", "newWindow": true, "browserContextId": context })).await
    }

    /// The window that some page opened at an address that begins like this.
    pub async fn opened(&self, url: &str) -> Page {
        for _ in 0..300 {
            let targets = self.cdp.call(None, "Target.getTargets", json!({})).await;
            let targets = targets["targetInfos"].as_array().cloned().unwrap_or_default();
            let found = targets.iter().find(|target| {
                target["type"] == "page" && target["url"].as_str().is_some_and(|at| at.starts_with(url))
            });
            if let Some(target) = found {
                return self.attach(&target["targetId"]).await;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("no window was opened at {url} within 15 s")
    }

    async fn create(&self, parameters: Value) -> Page {
        let target = self.cdp.call(None, "Target.createTarget", parameters).await;
        self.attach(&target["targetId"]).await
    }

    async fn attach(&self, target: &Value) -> Page {
        let attach = json!({ "targetId": target, "flatten": true });
        let session = self.cdp.call(None, "Target.attachToTarget", attach).await;
        let session = session["sessionId"].as_str().expect("a session").to_owned();
        Page::new(self.cdp.clone(), session, self.evidence.clone()).await
    }
}

/// Where the browser listens: it writes that down when it does.
async fn address(profile: &Path) -> (u16, String) {
    let file = profile.join("profile/DevToolsActivePort");
    for _ in 0..600 {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if let Some((port, path)) = text.split_once('\n')
            && let Ok(port) = port.parse()
            && !path.is_empty()
        {
            return (port, path.trim().to_owned());
        }
        sleep(Duration::from_millis(50)).await;
    }
    let log = std::fs::read_to_string(profile.join("chromium.log")).unwrap_or_default();
    panic!("Chromium is not ready after 30 s; it said:\n{log}");
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
