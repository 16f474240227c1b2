//! The order of modules in the gateway and in the shell. Each may import only what stands below it; those in one
//! row not each other. A module that is in no row is an error, so that nobody forgets to decide.

use crate::{
    imports::{module, paths},
    tree::Module,
};

/// From the bottom up.
pub struct Layers {
    rows: &'static [&'static [&'static str]],
    /// Modules that import nothing of the crate at all.
    alone: &'static [&'static str],
}

pub const GATEWAY: Layers = Layers {
    rows: &[
        &["clock", "random"],
        &["limiter", "resolver", "socket"],
        &["config"],
        &["audit"],
        &["identity"],
        &["policy"],
        &["dashboards", "data"],
        &["doctor", "explain", "http"],
        &["fuzzing"],
    ],
    alone: &[],
};

pub const SHELL: Layers = Layers {
    rows: &[
        &["clock", "locale", "random", "ui", "waiting"],
        &["api"],
        &["config"],
        &["identity"],
        &["policy"],
        &["memory"],
        &["layout"],
        &["dashboards"],
        &["app"],
    ],
    alone: &["clock", "locale", "random", "waiting"],
};

/// Imports that go up or sideways, and modules without a place. The crate's root may import everything.
pub fn complaints(modules: &[Module], layers: &Layers) -> Vec<String> {
    let row = |name: &str| layers.rows.iter().position(|row| row.contains(&name));
    let mut complaints = Vec::new();
    for module in modules {
        let Some(own) = module.name.first() else { continue };
        let Some(place) = row(own) else {
            complaints.push(format!("{}: `{own}` has no place in the order of modules", module.file));
            continue;
        };
        for path in paths(module) {
            let Some(other) = path.first().filter(|other| *other != own) else { continue };
            let goes_down = row(other).is_none_or(|target| target < place);
            if !goes_down || (layers.alone.contains(&own.as_str()) && row(other).is_some()) {
                let path = path.join("::");
                complaints.push(format!("{}: `{own}` may not import `{path}`", module.file));
            }
        }
    }
    complaints
}

/// Mentions of crates that a crate must not know.
pub fn foreign(modules: &[Module], crates: &[&str]) -> Vec<String> {
    let mentions = modules.iter().flat_map(|module| crates.iter().map(move |name| (module, name)));
    mentions
        .filter(|(module, name)| module.text.contains(&format!("{name}::")))
        .map(|(module, name)| format!("{}: knows {name}", module.file))
        .collect()
}

#[test]
fn an_import_upwards_or_sideways_is_an_error() {
    for (name, text) in [
        ("clock", "use crate::random::Bytes;"),
        ("audit::sink", "use crate::{clock::Timestamp, identity::Person};"),
        ("policy", "fn f() { crate::http::answer() }"),
        ("dashboards::proxy", "use crate::data::Query;"),
        ("newcomer", ""),
    ] {
        assert_eq!(complaints(&[module(name, text)], &GATEWAY).len(), 1, "{name}");
    }
    for (name, text) in [
        ("ui::page", "use crate::identity::Session;"),
        ("ui::page", "use crate::api::Problem;"),
        ("api", "use crate::config::Boot;"),
        ("layout::frame", "use crate::dashboards::Home;"),
    ] {
        assert_eq!(complaints(&[module(name, text)], &SHELL).len(), 1, "{name}");
    }
}

#[test]
fn imports_downwards_and_within_a_module_are_fine() {
    let good = [
        module("", "use crate::http::serve;"),
        module("http::api", "use crate::{clock::Timestamp, http::problem::Problem, policy::Permit};"),
        module("config", "use crate::Unplaced;"),
    ];
    assert_eq!(complaints(&good, &GATEWAY), Vec::<String>::new());
    assert_eq!(
        complaints(&[module("app", "use crate::{ui::Page, layout::Frame};")], &SHELL),
        Vec::<String>::new()
    );
}

#[test]
fn knowing_a_foreign_crate_is_an_error() {
    let knows = module("wire", "use lanyard_gateway::config::Config;");
    assert_eq!(foreign(&[knows], &["lanyard_gateway"]), ["wire.rs: knows lanyard_gateway"]);
    assert!(foreign(&[module("wire", "use serde::Serialize;")], &["lanyard_gateway"]).is_empty());
}
