//! `cargo xtask demo`: the whole of Lanyard on this machine, as in production but for the company's identity
//! provider, which is the development one. Runs until Ctrl-C, then nothing of it is left.

mod apps;
mod children;
mod config;
mod launch;
mod people;
mod ports;
mod probe;
mod ready;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{frameworks, interrupt, random, report, shell, tools, workspace::Workspace};
use apps::App;
use children::{Children, Sign};
use launch::Runtimes;
pub(crate) use ports::LAST_PORT;
use ports::Ports;

/// The packages and binaries that the demo starts.
const BINARIES: [&str; 4] = ["lanyard", "lanyard-dev-idp", "sample-app", "status-page"];
/// The variable through which gateway and provider are told the client's secret.
pub(crate) const SECRET: &str = "LANYARD_CLIENT_SECRET";

pub(crate) fn run(workspace: &Workspace, port: u16, real: bool) -> Result<ExitCode> {
    let apps = choose(workspace, real)?;
    let ports = Ports::from(port, apps.len());
    ports.check_free()?;
    let runtimes = launch::runtimes(&apps, workspace)?;
    shell::build(workspace)?;
    build_binaries(workspace)?;

    let mut children = Children::default();
    let result = start(workspace, &apps, ports, &runtimes, &mut children).and_then(|()| {
        announce(&apps, ports);
        watch(&apps, &mut children)
    });
    children.stop_all();
    // What viewers uploaded to an app that had no time to clean up.
    let _ = fs::remove_dir_all(temporary(workspace, ports));
    // Being asked to stop is how a demo ends.
    if interrupt::requested() { Ok(ExitCode::SUCCESS) } else { result.map(|()| ExitCode::SUCCESS) }
}

/// Writes the demo's configuration for a port into `folder` and answers where. Also for `lanyard check` in the tests.
pub(crate) fn write_config(workspace: &Workspace, folder: &Path, port: u16, real: bool) -> Result<PathBuf> {
    let apps = choose(workspace, real)?;
    write(workspace, folder, &apps, Ports::from(port, apps.len()))
}

fn choose(workspace: &Workspace, real: bool) -> Result<Vec<App>> {
    if real { apps::real(frameworks::find(&workspace.examples())?) } else { Ok(apps::story()) }
}

fn write(workspace: &Workspace, folder: &Path, apps: &[App], ports: Ports) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join("lanyard.toml");
    let text = config::text(apps, ports, &workspace.shell(), &folder.join("state"));
    fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// Where the real apps keep what they need for a while.
fn temporary(workspace: &Workspace, ports: Ports) -> PathBuf {
    workspace.demo(ports.portal).join("tmp")
}

fn build_binaries(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.cargo();
    command.arg("build");
    for package in BINARIES {
        command.args(["--package", package]);
    }
    tools::build("building the gateway, the provider and the apps", command, "the demo could not be built")
}

fn start(
    workspace: &Workspace,
    apps: &[App],
    ports: Ports,
    runtimes: &Runtimes,
    children: &mut Children,
) -> Result<()> {
    let folder = workspace.demo(ports.portal);
    let config = write(workspace, &folder, apps, ports)?;
    let secret = random::secret()?;
    let program = |name: &str| Command::new(workspace.binaries.join(name));
    let portal = config::portal(ports);
    children.log_to(&folder);

    let mut provider = program("lanyard-dev-idp");
    provider.args(["--port", &ports.provider.to_string(), "--client-id", config::CLIENT_ID]);
    provider.args(["--client-secret-env", SECRET]).env(SECRET, &secret);
    provider.args(["--redirect-uri", &format!("{portal}/callback")]);
    provider.args(["--post-logout-redirect-uri", &format!("{portal}/signed-out")]);
    children.start("provider", provider, Sign::Listening)?;

    launch::start(apps, ports, &workspace.binaries, runtimes, &temporary(workspace, ports), children)?;
    // The gateway finds everybody in place and need not retry.
    children.wait_until_ready()?;

    let mut gateway = program("lanyard");
    gateway.args(["serve", "--config"]).arg(&config).env(SECRET, &secret);
    children.start("gateway", gateway, Sign::Listening)?;
    children.wait_until_ready()?;
    ready::wait(ports, children)
}

fn announce(apps: &[App], ports: Ports) {
    report::line(&format!("ready: {}", config::portal(ports)));
    for line in people::lines(apps) {
        report::line(&line);
    }
    report::note("Ctrl-C stops everything.");
}

/// Until somebody asks to stop; an error when a part of the demo dies.
fn watch(apps: &[App], children: &mut Children) -> Result<()> {
    while !interrupt::requested() {
        // Without an app the demo goes on, and shows what Lanyard says then.
        for gone in children.take_dead(|name| apps.iter().any(|app| app.id == name))? {
            report::note(&gone);
        }
        children.check_alive()?;
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
