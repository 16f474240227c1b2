//! What a failed test leaves behind: screenshot, text, console and requests, in target/e2e/<test>/.

use super::page::Page;

impl Page {
    /// Fails, with evidence.
    pub async fn fail(&self, message: &str) -> ! {
        let (url, text) = (self.url().await, self.text().await);
        let _ = std::fs::create_dir_all(&self.evidence);
        self.screenshot("page.png").await;
        let console = self.console().join("\n");
        let loads: Vec<_> = self.loads().iter().map(|load| format!("{} {}", load.status, load.url)).collect();
        let report = format!(
            "{message}\n\nat {url}\n\n--- text\n{text}\n\n--- console\n{console}\n\n--- requests\n{}\n",
            loads.join("\n")
        );
        let _ = std::fs::write(self.evidence.join("page.txt"), &report);
        let shown: String = text.chars().take(600).collect();
        panic!(
            "{message}\nat {url}, which shows:\n{shown}\nconsole:\n{console}\nmore in {}",
            self.evidence.display()
        )
    }

    /// Fails with evidence unless something holds.
    pub async fn check(&self, holds: bool, message: &str) {
        if !holds {
            self.fail(message).await;
        }
    }

    /// Keeps a picture of the page among the evidence.
    pub async fn screenshot(&self, name: &str) {
        let _ = self.picture(&self.evidence.join(name)).await;
    }
}
