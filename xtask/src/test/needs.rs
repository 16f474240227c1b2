//! What steps need before they can run, provided once, by the first step that asks. Whatever cannot be provided
//! fails every step that asks for it, with the reason.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use anyhow::{Result, anyhow, bail};

use super::equipment::Equipment;
use crate::{
    process, progress, report, shell,
    tools::{
        browser::{self, Browser},
        reason, wasm_bindgen, wasm_target,
    },
    workspace::Workspace,
};

/// What was provided, or why not. `None`: nobody asked yet.
type Provided<T> = Option<Result<T, String>>;

pub(super) struct Needs<'a> {
    pub(super) workspace: &'a Workspace,
    wasm_target: Provided<()>,
    wasm_bindgen: Provided<PathBuf>,
    browser: Provided<Browser>,
    binaries: Provided<()>,
    shell: Provided<()>,
    equipment: BTreeMap<Equipment, Provided<PathBuf>>,
}

impl<'a> Needs<'a> {
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            wasm_target: None,
            wasm_bindgen: None,
            browser: None,
            binaries: None,
            shell: None,
            equipment: BTreeMap::new(),
        }
    }

    pub(super) fn wasm_target(&mut self) -> Result<()> {
        once(&mut self.wasm_target, || wasm_target::provide(&self.workspace.root))
    }

    /// The folder with wasm-bindgen's test runner.
    pub(super) fn wasm_bindgen(&mut self) -> Result<PathBuf> {
        once(&mut self.wasm_bindgen, || wasm_bindgen::folder(&self.workspace.root))
    }

    pub(super) fn browser(&mut self) -> Result<Browser> {
        once(&mut self.browser, browser::provide)
    }

    pub(super) fn shell(&mut self) -> Result<()> {
        once(&mut self.shell, || shell::build(self.workspace))
    }

    /// Where it is: a program, or a folder.
    pub(super) fn equipment(&mut self, one: Equipment) -> Result<PathBuf> {
        once(self.equipment.entry(one).or_default(), || one.provide(self.workspace))
    }

    /// All host binaries and tests, in one selection of packages: another one would select other features of the
    /// dependencies and build many of them again.
    pub(super) fn binaries(&mut self) -> Result<()> {
        once(&mut self.binaries, || {
            let mut command = self.workspace.cargo();
            command.args(["build", "--workspace", "--all-targets"]);
            all_lines_on_failure("building everything for the tests", command)
        })
    }
}

fn once<T: Clone>(slot: &mut Provided<T>, provide: impl FnOnce() -> Result<T>) -> Result<T> {
    slot.get_or_insert_with(|| provide().map_err(|error| format!("{error:#}")))
        .clone()
        .map_err(|reason| anyhow!(reason))
}

/// Runs a command that is content or not. What it said is shown only when it is not.
pub(super) fn all_lines_on_failure(what: &str, command: Command) -> Result<()> {
    let outcome = process::run(what, command)?;
    if outcome.success {
        return Ok(());
    }
    for line in outcome.lines.iter().filter(|line| !progress::is_chatter(line)) {
        report::note(line);
    }
    bail!("{what} failed ({})", reason(&outcome.lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_provided_once_and_its_failure_is_remembered() {
        let (mut slot, mut asked) = (None, 0);
        for _ in 0..2 {
            let result: Result<()> = once(&mut slot, || {
                asked += 1;
                bail!("no network")
            });
            assert_eq!(result.unwrap_err().to_string(), "no network");
        }
        assert_eq!(asked, 1);
    }
}
