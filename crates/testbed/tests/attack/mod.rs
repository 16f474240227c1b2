//! What every attack in the browser is judged by: what the attacking page says that it got, and what arrived
//! at its target all the same.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::time::Duration;

use lanyard_testbed::{
    Stage,
    browser::{Element, Page},
    hostile::{Attempt, Server},
};

/// Links and frames may name any address: these arrive, by GET and without a body.
const NAVIGATIONS: [&str; 2] = ["frame", "form-get"];

/// Nobody at all registers one at a dashboard's host.
const WORKERS: [&str; 2] = ["service-worker", "service-worker-scope"];

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
