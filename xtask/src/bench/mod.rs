//! `cargo xtask bench`: builds everything in release, provides what it is measured with and beside, and runs
//! `crates/bench`, which measures. It knows no figure and no goal.

use std::{
    fs,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

use crate::{
    interrupt, shell,
    tools::{self, browser, peers::Peers},
    workspace::Workspace,
};

pub(crate) fn run(workspace: &Workspace, quick: bool, only: &[String]) -> Result<ExitCode> {
    let (peers, browser) = (Peers::provide()?, browser::provide()?);
    shell::build(workspace)?;
    // The gateway by itself, as people build it: together with others it could be built with more features.
    build(workspace, "building the gateway", &["lanyard"])?;
    build(workspace, "building the measurements", &["lanyard-bench", "lanyard-dev-idp"])?;
    interrupt::check()?;

    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let binaries = workspace.target.join("release");
    let mut command = Command::new(binaries.join("lanyard-bench"));
    command.arg("--nginx").arg(peers.nginx).arg("--caddy").arg(peers.caddy).arg("--wrk").arg(peers.wrk);
    command.arg("--folder").arg(folder).arg("--page").arg(workspace.root.join("docs/performance.md"));
    command.args(quick.then_some("--quick")).args(only.iter().flat_map(|id| ["--only", id]));
    command.env("LANYARD_BIN_DIR", &binaries).env("LANYARD_SHELL", workspace.shell());
    command.env("LANYARD_CHROMIUM", browser.chromium);
    // It says by itself what it is at, and ends with all it started when it is interrupted.
    let status = command.status().context("the measurements do not start")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build(workspace: &Workspace, what: &str, packages: &[&str]) -> Result<()> {
    let mut command = workspace.cargo();
    command.args(["build", "--release", "--bins"]).args(packages.iter().flat_map(|name| ["--package", name]));
    tools::build(what, command, "what is measured could not be built")
}
