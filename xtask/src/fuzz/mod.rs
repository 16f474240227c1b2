//! `cargo xtask fuzz`: the fuzzers of our own parsers, one after the other, each for a while. What it finds on the
//! way is kept beside the build and begun with the next time; the seeds of the checkout stay as they are.

mod findings;

use std::{fs, path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};

use crate::{
    process, progress, report,
    tools::{self, cargo_fuzz, path_with},
    workspace::Workspace,
};
use findings::Findings;

/// The longest time for one fuzzer, in seconds: no step of xtask may take longer than 40 minutes.
pub(crate) const LONGEST: u64 = 30 * 60;

/// Without `only` all of them. A fuzzer that finds something fails the run.
pub(crate) fn run(workspace: &Workspace, only: &[String], seconds: u64) -> Result<ExitCode> {
    let targets = targets(&workspace.root.join("fuzz/targets"))?;
    for name in only {
        if !targets.contains(name) {
            bail!("there is no fuzzer `{name}`; the fuzzers are {}", targets.join(", "));
        }
    }
    let path = path_with(&[&cargo_fuzz::folder()?]);
    let mut command = workspace.cargo();
    command.args(["fuzz", "build", "--sanitizer", "none"]).env("PATH", &path);
    command.arg("--target-dir").arg(folder(workspace));
    tools::build("building the fuzzers", command, "the fuzzers could not be built")?;

    let mut failed = 0;
    for target in targets.iter().filter(|name| only.is_empty() || only.contains(name)) {
        let found = folder(workspace).join("corpus").join(target);
        fs::create_dir_all(&found).with_context(|| found.display().to_string())?;
        let mut command = workspace.cargo();
        command.args(["fuzz", "run", "--sanitizer", "none"]).env("PATH", &path);
        command.arg("--target-dir").arg(folder(workspace));
        // New inputs go into the first folder.
        command.arg(target).arg(found).arg(workspace.root.join("fuzz/corpus").join(target));
        // An input that takes seconds is a finding as well.
        command.args(["--", "-timeout=10", "-max_len=4096", "-print_final_stats=1"]);
        command.arg(format!("-max_total_time={seconds}"));
        let outcome = process::run(&format!("fuzzing {target}"), command)?;
        let findings = Findings::read(&outcome.lines);
        if outcome.success {
            report::line(&format!("ok     {target:<10} {findings}"));
            continue;
        }
        failed += 1;
        for line in
            outcome.lines.iter().filter(|line| !progress::is_chatter(line) && !findings::is_pulse(line))
        {
            report::note(line);
        }
        report::line(&format!("FAILED {target:<10} {findings}"));
    }
    report::line(&format!("{failed} fuzzers found something"));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the fuzzers are built to and what they have found so far.
fn folder(workspace: &Workspace) -> std::path::PathBuf {
    workspace.target.join("fuzz")
}

/// A file each.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        targets.push(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    }
    targets.sort();
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fuzzers_are_the_files() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let targets = targets(&root.join("fuzz/targets")).unwrap();
        assert!(targets.contains(&"cookies".to_owned()) && targets.is_sorted(), "{targets:?}");
    }
}
