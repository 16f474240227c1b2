//! `cargo xtask demo`: the whole of Lanyard on this machine, with sample apps or real ones, and with an identity
//! provider for development or a real one. Runs until Ctrl-C, then nothing of it runs any more.

mod apps;
mod children;
mod config;
mod launch;
mod people;
mod ports;
mod probe;
mod provider;
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
use provider::Provider;

/// The packages and binaries that the demo starts.
const BINARIES: [&str; 4] = ["lanyard", "lanyard-dev-idp", "sample-app", "status-page"];
/// The portal's name at every provider.
const CLIENT_ID: &str = "lanyard";
/// The variable through which gateway and provider are told the client's secret.
pub(crate) const SECRET: &str = "LANYARD_CLIENT_SECRET";

/// What is real in a demo.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Choice {
    /// The apps of `examples/`, and Django as the provider.
    pub(crate) real: bool,
    /// Keycloak as the provider, whatever the apps are.
    pub(crate) keycloak: bool,
}

impl Choice {
    fn provider(self) -> Provider {
        match self {
            Self { keycloak: true, .. } => Provider::Keycloak,
            Self { real: true, .. } => Provider::Django,
            Self { .. } => Provider::Development,
        }
    }
}

/// Everything that a demo consists of, installed.
struct Scene<'a> {
    workspace: &'a Workspace,
    apps: Vec<App>,
    ports: Ports,
    runtimes: Runtimes,
    provider: Provider,
    /// What the provider runs by.
    program: PathBuf,
    /// Everybody's at the provider.
    password: String,
}

pub(crate) fn run(workspace: &Workspace, port: u16, choice: Choice) -> Result<ExitCode> {
    let apps = choose(workspace, choice)?;
    let ports = Ports::from(port, apps.len());
    ports.check_free()?;
    let runtimes = launch::runtimes(&apps, workspace)?;
    let provider = choice.provider();
    let program = provider.install(workspace)?;
    let scene =
        Scene { workspace, apps, ports, runtimes, provider, program, password: provider::password()? };
    shell::build(workspace)?;
    build_binaries(workspace)?;

    let mut children = Children::logging_to(&workspace.demo(port));
    let result = start(&scene, &mut children).and_then(|()| {
        announce(&scene);
        watch(&scene.apps, &mut children)
    });
    children.stop_all();
    // What viewers uploaded to an app that had no time to clean up.
    let _ = fs::remove_dir_all(temporary(workspace, ports));
    // Being asked to stop is how a demo ends.
    if interrupt::requested() { Ok(ExitCode::SUCCESS) } else { result.map(|()| ExitCode::SUCCESS) }
}

/// Writes the demo's configuration for a port into `folder` and answers where. Also for `lanyard check` in the tests.
pub(crate) fn write_config(
    workspace: &Workspace,
    folder: &Path,
    port: u16,
    choice: Choice,
) -> Result<PathBuf> {
    let apps = choose(workspace, choice)?;
    write(workspace, folder, &apps, choice.provider(), Ports::from(port, apps.len()))
}

fn choose(workspace: &Workspace, choice: Choice) -> Result<Vec<App>> {
    if choice.real { apps::real(frameworks::find(&workspace.examples())?) } else { Ok(apps::story()) }
}

fn write(
    workspace: &Workspace,
    folder: &Path,
    apps: &[App],
    provider: Provider,
    ports: Ports,
) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join("lanyard.toml");
    let text = config::text(apps, provider, ports, &workspace.shell(), &folder.join("state"));
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

fn start(scene: &Scene<'_>, children: &mut Children) -> Result<()> {
    let Scene { workspace, apps, ports, runtimes, provider, program, password } = scene;
    let (workspace, ports) = (*workspace, *ports);
    let folder = workspace.demo(ports.portal);
    let config = write(workspace, &folder, apps, *provider, ports)?;
    let secret = random::secret()?;

    let there = provider::Start {
        workspace,
        ports,
        program: program.clone(),
        folder: folder.join("provider"),
        secret: &secret,
        password: password.clone(),
    };
    provider.start(&there, children)?;
    launch::start(apps, ports, &workspace.binaries, runtimes, &temporary(workspace, ports), children)?;
    // The gateway finds everybody in place and need not retry.
    children.wait_until_ready()?;

    let mut gateway = Command::new(workspace.binaries.join("lanyard"));
    gateway.args(["serve", "--config"]).arg(&config).env(SECRET, &secret);
    children.start("gateway", gateway, Sign::Listening)?;
    children.wait_until_ready()?;
    ready::wait(ports, children)
}

fn announce(scene: &Scene<'_>) {
    report::line(&format!("ready: {}", scene.ports.portal_origin()));
    let people = people::lines(&scene.apps).into_iter();
    for line in people.chain(scene.provider.lines(scene.ports, &scene.password)) {
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
