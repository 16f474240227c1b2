//! The screen and the person in front of it, as the browser is told of them: size, theme, contrast, motion. What
//! the page does about it is seen in pictures, which are kept wherever a test wants them.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::page::Page;

/// Up to this width it is a phone: touched, and without scroll bars that take room.
const PHONE: u32 = 480;

/// Collects what shifts, from the document's first moment, as Core Web Vitals count it: not within half a second
/// after somebody pressed something.
const SHIFTS: &str = "window.shifts = [];
    new PerformanceObserver(list => list.getEntries().forEach(entry => {
        if (entry.hadRecentInput) return;
        const place = ({ x, y, width, height }) => `${x},${y} ${width}x${height}`;
        const what = entry.sources.map(({ node, previousRect, currentRect }) =>
            `${node?.className || node?.nodeName || 'gone'} from ${place(previousRect)} to ${place(currentRect)}`);
        window.shifts.push([entry.startTime, `${entry.value.toFixed(4)}: ${what.join('; ')}`]);
    })).observe({ type: 'layout-shift', buffered: true });";

/// Without what nobody saw: a question about roles and names lays a document out whose styles have not arrived yet.
const SEEN: &str = "(() => {
    const painted = performance.getEntriesByName('first-paint')[0]?.startTime ?? 0;
    return window.shifts?.filter(([at]) => at > painted).map(([at, what]) => `at ${Math.round(at)} ms by ${what}`);
})()";

/// The end of every transition under way, and two frames of the display more.
const SETTLED: &str = "new Promise(done => {
    const ended = Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => 0)));
    const patience = new Promise(enough => setTimeout(enough, 300));
    Promise.race([ended, patience]).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(0))));
})";

impl Page {
    /// Waits until the page is drawn as it will stay.
    pub async fn settles(&self) {
        self.eval(SETTLED).await;
    }

    /// A screen of so many CSS pixels, each as many of the display's.
    pub async fn screen(&self, width: u32, height: u32, scale: u32) {
        let phone = width <= PHONE;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await;
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await;
    }

    /// What the person prefers, such as `("prefers-color-scheme", "dark")`; nothing else.
    pub async fn prefers(&self, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.call("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Runs a script in every document from now on, before any of its own.
    pub async fn run_first(&self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Notes from now on whatever shifts by itself.
    pub async fn watch_shifts(&self) {
        self.run_first(SHIFTS).await;
    }

    /// What has shifted in the document, one line each: by how much, when and what.
    pub async fn shifts(&self) -> Vec<String> {
        let shifts = self.eval(SEEN).await;
        let shifts = shifts.as_array().unwrap_or_else(|| panic!("nobody watched for shifts: {shifts}"));
        shifts.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A picture of what is on the screen.
    pub async fn picture(&self, file: &Path) -> Result<(), String> {
        let picture = self.cdp.try_call(Some(&self.session), "Page.captureScreenshot", json!({})).await?;
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap_or_default());
        let folder = file.parent().ok_or("a picture needs a folder")?;
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        std::fs::write(file, bytes.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
    }

    /// Closes the window.
    pub async fn close(self) {
        let _ = self.cdp.try_call(Some(&self.session), "Page.close", json!({})).await;
    }
}
