//! Starts the programs behind the demo's dashboards, side by side, and provides before what runs the real ones.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{
    apps::{App, Program},
    children::{Children, Sign},
    ports::Ports,
};
use crate::{frameworks::Runtime, random, workspace::Workspace};

/// By runtime, the program that it is.
pub(super) type Runtimes = BTreeMap<Runtime, PathBuf>;

/// The programs that run the real apps among these, installed when they are missing.
pub(super) fn runtimes(apps: &[App], workspace: &Workspace) -> Result<Runtimes> {
    let mut programs = Runtimes::new();
    for app in apps {
        if let Program::Real(framework) = &app.program
            && !programs.contains_key(&framework.runtime)
        {
            programs.insert(framework.runtime, framework.runtime.provide(workspace)?);
        }
    }
    Ok(programs)
}

/// Starts all side by side, without waiting. What a real app leaves in its temporary folder is in `temporary`.
pub(super) fn start(
    apps: &[App],
    ports: Ports,
    binaries: &Path,
    runtimes: &Runtimes,
    temporary: &Path,
    children: &mut Children,
) -> Result<()> {
    if temporary.exists() {
        fs::remove_dir_all(temporary).with_context(|| temporary.display().to_string())?;
    }
    fs::create_dir_all(temporary).with_context(|| temporary.display().to_string())?;
    for (app, port) in apps.iter().zip(ports.apps()) {
        let own = |name: &str| {
            let mut command = Command::new(binaries.join(name));
            command.args(["--port", &port.to_string()]);
            command
        };
        let (command, sign) = match &app.program {
            Program::StatusPage => (own("status-page"), Sign::Listening),
            Program::SampleApp => {
                let mut command = own("sample-app");
                command.args(["--title", &app.title, "--portal", &ports.portal_origin()]);
                command.args(["--audience", &ports.app_origin(&app.id)]);
                (command, Sign::Listening)
            }
            Program::Real(framework) => {
                let program = runtimes.get(&framework.runtime).context("its runtime was not provided")?;
                let mut command = framework.command(program, port);
                command.env("DASHBOARD_TITLE", &app.title).env("TMPDIR", temporary);
                // Nothing is written into the checkout.
                command.env("PYTHONDONTWRITEBYTECODE", "1");
                // For Bokeh, and Panel on top of it: what they believe of a request's headers travels through the
                // page and is signed only with these. The others do not read them.
                command.env("BOKEH_SIGN_SESSIONS", "true").env("BOKEH_SECRET_KEY", random::secret()?);
                (command, Sign::answer(port, &framework.health))
            }
        };
        children.start(&app.id, command, sign)?;
    }
    Ok(())
}
