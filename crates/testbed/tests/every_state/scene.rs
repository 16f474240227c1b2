//! What the states of one table share: a stage, a browser, and what was broken for a state and has to be mended
//! before the next.

use std::sync::Mutex;

use lanyard_testbed::{
    Recorder, Stage, StageOptions,
    browser::{Browser, Page},
};
use serde_json::{Value, json};

use crate::visitor::{needs_the_shell, sign_in};

pub struct Scene {
    pub stage: Stage,
    pub browser: Browser,
    /// Pages elsewhere, which no gateway stands in front of.
    pub elsewhere: Vec<Recorder>,
    /// Processes that do not run, and whether the provider was given an order.
    broken: Mutex<(Vec<&'static str>, bool)>,
}

impl Scene {
    pub async fn start(table: &str, options: StageOptions) -> Self {
        needs_the_shell();
        let evidence = format!("every-state-{table}");
        let (stage, browser) = tokio::join!(Stage::start(options), Browser::start(&evidence));
        Self { stage, browser, elsewhere: Vec::new(), broken: Mutex::default() }
    }

    /// Somebody's browser, at a desk.
    pub async fn page(&self) -> Page {
        let page = self.browser.private_page().await;
        page.watch_shifts().await;
        page.has_the_keyboard().await;
        page.screen(1280, 800, 1).await;
        page
    }

    /// The portal's address with this path.
    pub fn at(&self, path: &str) -> String {
        [&self.stage.portal().origin(), path].concat()
    }

    /// Somebody's browser at a path of the portal, where nobody is signed in.
    pub async fn stranger(&self, path: &str) -> Page {
        let page = self.page().await;
        page.open(&self.at(path)).await;
        page
    }

    /// Somebody's browser at a path of the portal, where they have signed in.
    pub async fn visitor(&self, name: &str, path: &str) -> Page {
        let page = self.page().await;
        sign_in(&page, &self.stage, name, path).await;
        page
    }

    /// Ends a process until the state has been looked at.
    pub fn stop(&self, process: &'static str) {
        self.stage.stop(process);
        self.broken.lock().expect("not poisoned").0.push(process);
    }

    /// Gives the provider an order until the state has been looked at.
    pub async fn order(&self, order: &Value) {
        self.stage.order(order).await;
        self.broken.lock().expect("not poisoned").1 = true;
    }

    pub async fn mend(&self) {
        let (stopped, ordered) = std::mem::take(&mut *self.broken.lock().expect("not poisoned"));
        for process in stopped.into_iter().rev() {
            self.stage.start_process(process).await;
        }
        if ordered {
            self.stage.order(&json!({})).await;
        }
        self.stage.provider_known().await;
    }
}
