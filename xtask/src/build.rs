//! `cargo xtask build`: what a set-up of one's own needs, in release: the shell's folder and the gateway.

use std::process::ExitCode;

use anyhow::Result;

use crate::{report, shell, tools, workspace::Workspace};

pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    shell::build(workspace)?;
    let mut command = workspace.cargo();
    command.args(["build", "--release", "--package", "lanyard"]);
    tools::build("building the gateway", command, "the gateway could not be built")?;
    report::line(&format!("shell:   {}", workspace.shell().display()));
    report::line(&format!("gateway: {}", workspace.target.join("release/lanyard").display()));
    Ok(ExitCode::SUCCESS)
}
