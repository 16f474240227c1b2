//! The steps of `cargo xtask test`, in their order: cheap ones first. Each says what it needs by asking for it.

use std::process::Command;

use anyhow::{Result, bail};

use super::{
    counting::{Count, count},
    discovery,
    equipment::Equipment,
    needs::{Needs, all_lines_on_failure},
};
use crate::{
    demo, process, progress, report,
    tools::{packages, wasm_target},
};

pub(super) struct Step {
    /// For `--only`.
    pub(super) name: &'static str,
    pub(super) run: fn(&mut Needs) -> Result<Count>,
}

pub(super) const STEPS: [Step; 10] = [
    Step { name: "format", run: format },
    Step { name: "clippy", run: clippy },
    Step { name: "clippy-wasm", run: clippy_wasm },
    Step { name: "build", run: build },
    Step { name: "host", run: host },
    Step { name: "config", run: config },
    Step { name: "gateway", run: gateway },
    Step { name: "wasm", run: wasm },
    Step { name: "shell", run: shell },
    Step { name: "e2e", run: end_to_end },
];

fn format(needs: &mut Needs) -> Result<Count> {
    let mut command = needs.workspace.cargo();
    command.args(["fmt", "--all", "--check"]);
    all_lines_on_failure("checking the formatting", command).map(|()| Count::success())
}

fn clippy(needs: &mut Needs) -> Result<Count> {
    packages::fetch(&needs.workspace.root)?;
    let mut command = needs.workspace.cargo();
    command.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    all_lines_on_failure("clippy for the host", command).map(|()| Count::success())
}

/// Only what runs in the browser: the workspace as a whole does not compile for wasm32.
fn clippy_wasm(needs: &mut Needs) -> Result<Count> {
    needs.wasm_target()?;
    let mut command = needs.workspace.cargo();
    command.args(["clippy", "--package", "lanyard-shell", "--package", "lanyard-contract", "--all-targets"]);
    command.args(["--target", wasm_target::TARGET, "--", "-D", "warnings"]);
    all_lines_on_failure("clippy for wasm32", command).map(|()| Count::success())
}

fn build(needs: &mut Needs) -> Result<Count> {
    needs.binaries().map(|()| Count::success())
}

fn host(needs: &mut Needs) -> Result<Count> {
    let names = discovery::find(&needs.workspace.root)?.host;
    let mut command = workspace_tests(needs);
    command.args(["--lib", "--bins"]).args(select(&names));
    tests("host tests", command)
}

/// The configurations that the demo writes are ones that the gateway accepts.
fn config(needs: &mut Needs) -> Result<Count> {
    needs.binaries()?;
    let mut count = Count::default();
    for (real, keycloak) in [(false, false), (true, false), (false, true)] {
        let choice = demo::Choice { real, keycloak };
        // Not where a demo may be running.
        let folder = needs.workspace.target.join("demo-check");
        let file = demo::write_config(needs.workspace, &folder, 8080, choice)?;
        let mut command = Command::new(needs.workspace.binaries.join("lanyard"));
        command.args(["check", "--config"]).arg(file);
        command.env(demo::SECRET, "only to be present");
        all_lines_on_failure("checking the demo's configuration", command)?;
        count.add(Count::success());
    }
    Ok(count)
}

/// The real binaries over TCP.
fn gateway(needs: &mut Needs) -> Result<Count> {
    needs.binaries()?;
    let names = discovery::find(&needs.workspace.root)?.gateway;
    let mut command = workspace_tests(needs);
    command.args(select(&some(names)?));
    tests("gateway tests", command)
}

/// The shell's components in headless Chromium.
fn wasm(needs: &mut Needs) -> Result<Count> {
    needs.wasm_target()?;
    let (browser, bindgen) = (needs.browser()?, needs.wasm_bindgen()?);
    let names = discovery::find(&needs.workspace.root)?.browser;
    let names = some(names)?;
    let mut command = needs.workspace.cargo();
    command.args(["test", "--package", "lanyard-shell", "--target", wasm_target::TARGET, "--no-fail-fast"]);
    command.arg("--lib").args(select(&names)).env("CHROMEDRIVER", browser.driver);
    let runner = bindgen.join("wasm-bindgen-test-runner");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner).env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    tests("tests in the browser", command)
}

fn shell(needs: &mut Needs) -> Result<Count> {
    needs.shell().map(|()| Count::success())
}

fn end_to_end(needs: &mut Needs) -> Result<Count> {
    let mut command = end_to_end_tests(needs)?;
    for one in Equipment::ALL {
        command.env(one.variable(), needs.equipment(one)?);
    }
    let names = discovery::find(&needs.workspace.root)?.end_to_end;
    command.args(select(&some(names)?));
    tests("end-to-end tests", command)
}

/// `cargo test` of the walk through every state of the shell, and of nothing else.
pub(super) fn walk_through_states(needs: &mut Needs) -> Result<Command> {
    let mut command = end_to_end_tests(needs)?;
    command.env(Equipment::Axe.variable(), needs.equipment(Equipment::Axe)?).args(["--test", "every_state"]);
    Ok(command)
}

/// `cargo test` with all that a browser test finds in its environment, whichever it is.
pub(super) fn end_to_end_tests(needs: &mut Needs) -> Result<Command> {
    needs.binaries()?;
    needs.shell()?;
    let browser = needs.browser()?;
    let mut command = workspace_tests(needs);
    command.env("CHROMEDRIVER", browser.driver).env("LANYARD_CHROMIUM", browser.chromium);
    command.env("LANYARD_SHELL", needs.workspace.shell()).env("LANYARD_EXAMPLES", needs.workspace.examples());
    Ok(command)
}

/// `cargo test` over the same packages as the build, so that nothing is compiled with other features.
fn workspace_tests(needs: &Needs) -> Command {
    let mut command = needs.workspace.cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    command.env("LANYARD_BIN_DIR", &needs.workspace.binaries);
    command
}

fn select(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().flat_map(|name| ["--test", name])
}

/// Without any name cargo would run all tests, and the step would pass by running others.
fn some(names: Vec<String>) -> Result<Vec<String>> {
    if names.is_empty() {
        bail!("there is no such test in this checkout");
    }
    Ok(names)
}

pub(super) fn tests(what: &str, command: Command) -> Result<Count> {
    Ok(judge(&process::run(what, command)?))
}

/// Counts, and shows what was said when something failed.
fn judge(outcome: &process::Outcome) -> Count {
    let (count, remarks) = count(&outcome.lines, outcome.success);
    if count.failed > 0 {
        for line in outcome.lines.iter().filter(|line| !progress::is_chatter(line)) {
            report::note(line);
        }
    }
    for remark in remarks {
        report::note(&remark);
    }
    count
}
