//! What the project needs besides cargo. Each tool has a file that finds it or installs it; a fitting version on
//! the PATH is used as it is, and nothing of the user's is overwritten.

mod apt;
pub(crate) mod browser;
mod cached;
pub(crate) mod cargo_fuzz;
pub(crate) mod deny;
pub(crate) mod keycloak;
pub(crate) mod nginx;
pub(crate) mod npm;
pub(crate) mod packages;
pub(crate) mod peers;
pub(crate) mod python;
pub(crate) mod r;
pub(crate) mod trunk;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_target;

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::{process, progress, report};

/// The first program of that name on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The PATH with these folders in front.
pub(crate) fn path_with(folders: &[&Path]) -> OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().map(|folder| folder.to_path_buf()).chain(env::split_paths(&old));
    env::join_paths(all).unwrap_or(old)
}

/// The sentence of a tool's output that says why it failed: cargo's innermost cause, or its error.
pub(crate) fn reason(lines: &[String]) -> String {
    let error = lines.iter().position(|line| line.trim_start().starts_with("error"));
    let told = &lines[error.unwrap_or(lines.len().saturating_sub(1))..];
    let cause = told.iter().rposition(|line| line.trim() == "Caused by:").and_then(|at| told.get(at + 1));
    cause.or(told.first()).map_or("it said nothing", |line| line.trim()).to_owned()
}

/// Runs a build to its end, with progress. When it fails, what it said is shown, and `failure` with the reason.
pub(crate) fn build(what: &str, command: Command, failure: &str) -> Result<()> {
    let outcome = process::run(what, command)?;
    if outcome.success {
        return Ok(());
    }
    for line in outcome.lines.iter().filter(|line| !progress::is_chatter(line)) {
        report::note(line);
    }
    bail!("{failure} ({})", reason(&outcome.lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_innermost_cause() {
        let lines: Vec<String> = [
            "    Updating crates.io index",
            "error: failed to download `x`",
            "Caused by:",
            "  failed to get it",
            "Caused by:",
            "  [6] Could not resolve hostname",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(reason(&lines), "[6] Could not resolve hostname");
        assert_eq!(reason(&lines[..2]), "error: failed to download `x`");
        assert_eq!(reason(&[]), "it said nothing");
    }

    #[test]
    fn added_folders_come_first_on_the_path() {
        let path = path_with(&[Path::new("/first"), Path::new("/second")]);
        let folders: Vec<_> = env::split_paths(&path).take(2).collect();
        assert_eq!(folders, [Path::new("/first"), Path::new("/second")]);
    }
}
