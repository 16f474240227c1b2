//! `cargo xtask test`: every check and every test of the project, one step after the other. A step that fails does
//! not stop those that do not need it; nothing is skipped in silence. The last line counts all of them.

mod counting;
mod discovery;
mod needs;
mod steps;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::{
    clock::{Stopwatch, spoken},
    interrupt, report,
    workspace::Workspace,
};
use counting::Count;
use needs::Needs;
use steps::STEPS;

pub(crate) fn run(workspace: &Workspace, only: &[String]) -> Result<ExitCode> {
    for name in only {
        if !STEPS.iter().any(|step| step.name == name) {
            let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            bail!("there is no step `{name}`; the steps are {}", names.join(", "));
        }
    }
    let mut needs = Needs::new(workspace);
    let mut total = Count::default();
    for step in STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)) {
        let since = Stopwatch::start();
        let count = match (step.run)(&mut needs) {
            Ok(count) => count,
            Err(error) => {
                interrupt::check()?;
                report::note(&format!("{}: {error:#}", step.name));
                Count::failure()
            }
        };
        total.add(count);
        let verdict = if count.failed == 0 { "ok    " } else { "FAILED" };
        let took = spoken(since.elapsed());
        report::line(&format!("{verdict} {:<12} {count} ({took})", step.name));
    }
    report::line(&total.to_string());
    Ok(if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
