//! What every attack in the browser is judged by: what the attacking page says that it got, what arrived at
//! its target all the same, and what its frames show.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::time::Duration;

use lanyard_testbed::{
    Stage,
    browser::{Element, Page},
    hostile::{self, Attempt, Server},
};

/// Links and frames may name any address: these arrive, by GET and without a body.
const NAVIGATIONS: [&str; 2] = ["frame", "form-get"];

/// Nobody at all registers one at a dashboard's host.
const WORKERS: [&str; 2] = ["service-worker", "service-worker-scope"];

/// What a browser shows in a frame that it was told not to draw.
pub const EMPTY: &str = "chrome-error://chromewebdata/";

/// The files that the portal's page loads, where it says so, and the ways that are of use for each.
const FILES: [(&str, &str, &[&str]); 3] = [
    ("script", "link[rel=modulepreload]", &["script", "script-by-cors", "module"]),
    ("style", "link[rel=stylesheet]", &["stylesheet", "stylesheet-by-cors"]),
    ("icon", "link[rel=icon]", &["image", "image-by-cors"]),
];

/// The address of an attacking page inside a host, with what it must know.
pub fn play(stage: &Stage, name: &str, run: &str, victim: &str) -> String {
    format!("/play/{name}.html?run={run}&victim={victim}&portal={}", stage.portal().host)
}

/// The attempts of the target's own page, which gets all the time it needs.
pub fn rightful(stage: &Stage) -> String {
    format!("/d/target{}&patience=12000", play(stage, "reach", "own", "target"))
}

/// Without an origin no page is the rightful one.
fn is_opaque(name: &str) -> bool {
    name.starts_with("opaque-") && name != "opaque-script"
}

/// What the target's own page did: all of it must have worked, or else an attack that fails says nothing.
pub async fn assert_that_it_works(own: &[Attempt], target: &Server) {
    let mut dead = dead(own, target);
    for _ in 0..50 {
        if dead.is_empty() {
            break;
        }
        // What reads nothing may still be on its way.
        tokio::time::sleep(Duration::from_millis(100)).await;
        dead = self::dead(own, target);
    }
    assert!(
        dead.is_empty(),
        "attempts that do not even work for the target's own page:\n{}",
        dead.join("\n")
    );
    assert!(own.len() > 40, "only {} attempts", own.len());
}

/// What did not work so far.
fn dead(own: &[Attempt], target: &Server) -> Vec<String> {
    let arrived = target.arrived();
    let mut dead = Vec::new();
    for attempt in own.iter().filter(|one| !is_opaque(&one.name)) {
        let sent = arrived.iter().any(|one| one.attempt("own") == Some(&attempt.name));
        if WORKERS.contains(&attempt.name.as_str()) {
            assert_eq!(attempt.got, None, "{}", attempt.name);
        } else if (attempt.reads && attempt.got.is_none()) || (!sent && attempt.name != "opaque-script") {
            dead.push(format!("{}: got {:?}, arrived: {sent}", attempt.name, attempt.got));
        }
    }
    dead
}

/// What got through of the same attempts by somebody else's page: what it read, and what the target saw.
pub fn through(attempts: &[Attempt], own: &[Attempt], target: &Server, run: &str) -> Vec<String> {
    let mut through = Vec::new();
    for wanted in own {
        match attempts.iter().find(|one| one.name == wanted.name) {
            None => through.push(format!("{} was not even tried", wanted.name)),
            Some(one) if one.name == "opaque-script" => {
                assert!(one.got.is_some(), "the page without an origin ran");
            }
            Some(one) => through.extend(one.got.as_ref().map(|got| format!("{} got {got}", one.name))),
        }
    }
    for one in target.arrived() {
        let Some(name) = one.attempt(run) else { continue };
        let navigation = NAVIGATIONS.contains(&name) && one.method == "GET" && one.body.is_empty();
        if !navigation {
            through.push(format!("{} {} arrived", one.method, one.target));
        }
    }
    through
}

/// Loads files of the portal in its own page, in every way that `files` tries. Yields what an attacking page
/// must know to try the same.
pub async fn files_of_the_shell(page: &Page) -> String {
    let mut paths = String::new();
    for (file, link, _) in FILES {
        let path = page.eval(&format!("new URL(document.querySelector('{link}').href).pathname")).await;
        paths += &format!("&{file}={}", path.as_str().expect("the page loads such a file"));
    }
    let (base, ways) = (hostile::script("attempts"), hostile::script("files"));
    let load = format!("loadAll(location.origin, new URLSearchParams('{paths}')).then(() => attempts)");
    let own = hostile::attempts(&page.eval(&[base, ways, &load].join("\n")).await);
    for (file, _, ways) in FILES {
        for way in ways.iter().chain(&["fetch", "fetch-no-cors", "fetch-from-the-cache"]) {
            let name = format!("{file} by {way}");
            let loads = own.iter().any(|one| one.name == name && one.got.is_some());
            assert!(loads, "even the portal's own page does not load the {name}: {own:?}");
        }
    }
    paths
}

/// Waits until every frame of an attacking page has come to its end: `least` of them are empty, and the others
/// show what is the attacker's own, one of them because frames do work.
pub async fn assert_that_frames_are_empty(page: &Page, attacker: &str, run: &str, least: usize) {
    let framed = page.until("the end of every frame", async || {
        let framed = page.framed().await;
        let ended = framed.iter().all(|url| !["", "about:blank"].contains(&url.as_str()));
        (ended && framed.len() > least).then_some(framed)
    });
    let (empty, drawn): (Vec<_>, Vec<_>) = framed.await.into_iter().partition(|url| url == EMPTY);
    // `about:srcdoc` is what the attacker's own page has in it.
    let foreign = |url: &&String| !url.starts_with(attacker) && *url != "about:srcdoc";
    assert_eq!(drawn.iter().filter(foreign).collect::<Vec<_>>(), [""; 0], "{run}: drawn in its frames");
    let own = format!("{attacker}/{run}/own-frame.html");
    assert!(drawn.contains(&own) && empty.len() >= least, "{run}: {} empty, {drawn:?}", empty.len());
}

/// What a page got of things that nobody may get.
pub fn got(attempts: &[Attempt]) -> Vec<String> {
    attempts.iter().filter_map(|one| Some(format!("{} got {}", one.name, one.got.as_ref()?))).collect()
}

/// Presses the button of an attacking page until it has nothing left to try. What it opens lies above it, so
/// that only its script can be asked.
pub async fn press_on(page: &Page, button: Element, times: usize) {
    for nth in 1..=times {
        button.press().await;
        let label = format!("Go on: {nth}");
        page.until(&format!("the end of attempt {nth}"), async || {
            let text = button.call("function () { return this.textContent }").await;
            (text == label.as_str()).then_some(())
        })
        .await;
    }
}

/// Opens an address of the portal as a click on a link does: what is open stays.
pub async fn follow(page: &Page, path: &str) {
    let script = "const link = document.createElement('a'); link.href = PATH; document.body.append(link); \
                  link.click(); link.remove(); 0";
    page.eval(&format!("{{ {} }}", script.replace("PATH", &serde_json::Value::from(path).to_string()))).await;
}

/// Who the portal says is signed in.
pub async fn person(page: &Page) -> String {
    let name = "fetch('/api/session').then(all => all.json()).then(all => all.identity?.name ?? 'nobody')";
    page.eval(name).await.as_str().unwrap_or_default().to_owned()
}
