//! `cargo xtask test`: every check and every test of the project, one step after the other. A step that fails does
//! not stop those that do not need it; nothing is skipped in silence. The last line counts all of them.

mod counting;
mod discovery;
mod equipment;
mod needs;
mod rows;
mod steps;

use std::{path::Path, process::ExitCode};

use anyhow::Result;

use crate::{
    clock::{Stopwatch, spoken},
    interrupt, report,
    workspace::Workspace,
};
pub(crate) use counting::Count;
use needs::Needs;
use steps::STEPS;

pub(crate) fn run(workspace: &Workspace, only: &[String]) -> Result<ExitCode> {
    let rows = rows::named(workspace, only)?;
    let mut needs = Needs::new(workspace);
    let mut total = Count::default();
    for step in STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)) {
        total.add(one(step.name, || (step.run)(&mut needs))?);
    }
    for row in rows {
        total.add(one(&row.name, || row.run(&mut needs))?);
    }
    report::line(&total.to_string());
    Ok(if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the walk through every state of the shell, which leaves its pictures in this folder.
pub(crate) fn states(workspace: &Workspace, pictures: &Path) -> Result<Count> {
    let mut command = steps::walk_through_states(&mut Needs::new(workspace))?;
    command.env("LANYARD_LOOK", pictures);
    steps::tests("every state of the shell", command)
}

/// Runs one step or row and says how it went. An error only when somebody asked to stop.
fn one(name: &str, run: impl FnOnce() -> Result<Count>) -> Result<Count> {
    let since = Stopwatch::start();
    let count = match run() {
        Ok(count) => count,
        Err(error) => {
            interrupt::check()?;
            report::note(&format!("{name}: {error:#}"));
            Count::failure()
        }
    };
    let verdict = if count.failed == 0 { "ok    " } else { "FAILED" };
    let took = spoken(since.elapsed());
    report::line(&format!("{verdict} {name:<12} {count} ({took})"));
    Ok(count)
}
