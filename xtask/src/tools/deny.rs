//! `cargo xtask deny`: licences, bans and sources of all dependencies, as deny.toml says. A command of its own
//! because cargo-deny takes minutes to install. The advisory database is not fetched here.

use std::process::{Command, ExitCode};

use anyhow::Result;

use super::cached::{Tool, provide};
use crate::{process, report, workspace::Workspace};

const VERSION: &str = "0.20.2";

pub(crate) fn check(workspace: &Workspace) -> Result<ExitCode> {
    let tool = Tool { package: "cargo-deny", version: VERSION, binaries: &["cargo-deny"], locked: true };
    let folder = provide(&tool)?;
    let mut command = Command::new(folder.join("cargo-deny"));
    command
        .args(["--color", "never", "--workspace", "check", "bans", "licenses", "sources"])
        .current_dir(&workspace.root);
    let outcome = process::run("checking licences, bans and sources", command)?;
    for line in &outcome.lines {
        report::line(line);
    }
    Ok(if outcome.success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
