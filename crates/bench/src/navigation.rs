//! How long it takes from asking for the portal to a navigation that is drawn, for somebody who is signed in: in a
//! browser that was never there, and in one that was; at full speed, and on a processor four times slower. And the
//! memory of the tab with six frames.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result};
use lanyard_testbed::{
    Person, Stage,
    browser::{Browser, Page},
    flow::PORTAL_COOKIE,
    person::ADA,
};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    figure::{Figure, Rounds},
    files, memory, peers,
    plan::Plan,
    scene,
};

/// Notes when a dashboard that only signed-in people see has been on the screen for a frame of the display, and
/// every task above 50 ms until then.
const WATCH: &str = "window.measured = { drawn: 0, tasks: 0 };
    new PerformanceObserver(list => list.getEntries().forEach(task => measured.tasks += task.duration))
        .observe({ type: 'longtask', buffered: true });
    (function look() {
        if (!document.querySelector('nav a[href^=\"/d/files\"]')) return requestAnimationFrame(look);
        requestAnimationFrame(() => measured.drawn = performance.now());
    })();";

/// The navigation, what of it came after the last byte of page, styles, script and program, and long tasks.
const READ: &str = "(() => {
    const files = performance.getEntriesByType('resource').filter(one => /\\.(css|js|wasm)$/.test(one.name));
    const there = [...files, ...performance.getEntriesByType('navigation')].map(one => one.responseEnd);
    return [measured.drawn, measured.drawn - Math.max(...there), measured.tasks];
})()";
const PARTS: [&str; 3] = ["drawn", "after-bytes", "long-tasks"];

const FRAMES: usize = 6;

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let mut options = scene::options();
    let ports = lanyard_testbed::Ports::reserve();
    for nth in 0..FRAMES {
        options = options.toml(&format!(
            "[dashboards.frame-{nth}]\ntitle = \"Frame {nth}\"\napp = \"http://127.0.0.1:{}\"\nroles = [\"manager\"]",
            ports.upstream(0)
        ));
    }
    let stage = Stage::start_on(ports, options).await;
    let _files = peers::files(plan, stage.upstream_port("files"), &files::write(plan)?).await?;
    let ada = Person::sign_in(&stage, ADA).await;
    let mut figures = Vec::new();
    for times in [1, 4] {
        if plan.wants(&format!("navigation.cold.{times}x."))
            || plan.wants(&format!("navigation.warm.{times}x."))
        {
            figures.extend(visits(plan, &stage, &ada, times).await?);
        }
    }
    if plan.wants("navigation.memory.") {
        figures.extend(six_frames(&stage, &ada).await?);
    }
    Ok(figures)
}

/// Each round in a browser of its own, so that the first visit is one.
async fn visits(plan: &Plan, stage: &Stage, ada: &Person, times: u32) -> Result<Vec<Figure>> {
    let kinds = ["cold", "warm"];
    let mut rounds: Vec<Vec<Rounds>> =
        kinds.iter().map(|_| PARTS.iter().map(|_| Rounds::default()).collect()).collect();
    for _ in 0..plan.rounds() {
        let browser = Browser::start("bench-navigation").await;
        let page = signed_in(&browser, stage, ada).await;
        page.run_first(WATCH).await;
        page.slow_cpu(times).await;
        let cold = visit(&page, stage).await?;
        // The browser keeps what it compiled some time after the visit, and uses it from the next one on.
        sleep(Duration::from_secs(2)).await;
        visit(&page, stage).await?;
        sleep(Duration::from_secs(2)).await;
        let warm = visit(&page, stage).await?;
        for (kind, measured) in rounds.iter_mut().zip([cold, warm]) {
            for (part, value) in kind.iter_mut().zip(measured) {
                part.note("lanyard", value);
            }
        }
    }
    let mut figures = Vec::new();
    for (kind, rounds) in kinds.iter().zip(rounds) {
        for (part, rounds) in PARTS.iter().zip(rounds) {
            figures.push(rounds.figure(format!("navigation.{kind}.{times}x.{part}"), "ms"));
        }
    }
    Ok(figures)
}

async fn signed_in(browser: &Browser, stage: &Stage, person: &Person) -> Page {
    let page = browser.page().await;
    page.bring_cookie(&stage.portal().origin(), PORTAL_COOKIE, &person.cookie).await;
    page
}

async fn visit(page: &Page, stage: &Stage) -> Result<[f64; 3]> {
    page.open("about:blank").await;
    page.open(&stage.portal().origin()).await;
    page.holds("the navigation on the screen", "window.measured?.drawn > 0").await;
    let read = page.eval(READ).await;
    let numbers: Vec<f64> = read.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    numbers.as_slice().try_into().with_context(|| format!("the page measured {read}"))
}

/// Memory of the processes that draw, before and after.
async fn six_frames(stage: &Stage, ada: &Person) -> Result<Vec<Figure>> {
    let browser = Browser::start("bench-frames").await;
    let page = signed_in(&browser, stage, ada).await;
    page.open(&stage.portal().origin()).await;
    page.find("link", "Frame 0").await;
    sleep(Duration::from_secs(1)).await;
    let before = drawing(&browser)?;
    for nth in 0..FRAMES {
        let title = format!("Frame {nth}");
        page.find("link", &title).await.click().await;
        page.frame(&title).await.shows("A page").await;
    }
    sleep(Duration::from_secs(1)).await;
    let after = drawing(&browser)?;
    Ok(vec![
        Figure::new("navigation.memory.no-frame", before, "bytes"),
        Figure::new(format!("navigation.memory.{FRAMES}-frames"), after, "bytes"),
    ])
}

fn drawing(browser: &Browser) -> Result<f64> {
    let draws = |id: &u32| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("--type=renderer")
    };
    memory::tree(browser.id()).into_iter().filter(draws).try_fold(0.0, |sum, id| Ok(sum + memory::alone(id)?))
}
