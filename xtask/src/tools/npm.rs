//! What the browser tests take from npm, in the target folder: exactly what a lock of the testbed names, with none
//! of its scripts run. A stamp, written last, tells a whole folder; anything else is made anew.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{apt, on_path, reason};
use crate::{process, workspace::Workspace};

const FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// The folder `node_modules` with what the lock in this folder of the checkout names.
pub(crate) fn provide(workspace: &Workspace, folder: &str) -> Result<PathBuf> {
    let from = workspace.root.join(folder);
    let name = from.file_name().with_context(|| from.display().to_string())?;
    let place = workspace.target.join("npm").join(name);
    let lock = from.join(FILES[1]);
    let locked = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    if !is_whole(&place, &locked) {
        let npm = npm()?;
        install(&npm, &from, &place)?;
        fs::write(place.join("stamp"), locked).with_context(|| place.display().to_string())?;
    }
    Ok(place.join("node_modules"))
}

fn is_whole(place: &Path, locked: &str) -> bool {
    fs::read_to_string(place.join("stamp")).is_ok_and(|stamp| stamp == locked)
}

fn install(npm: &Path, from: &Path, place: &Path) -> Result<()> {
    fs::create_dir_all(place).with_context(|| place.display().to_string())?;
    for file in FILES {
        fs::copy(from.join(file), place.join(file)).with_context(|| from.join(file).display().to_string())?;
    }
    let mut command = Command::new(npm);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(place);
    let outcome = process::run("installing what the browser tests take from npm", command)?;
    if !outcome.success {
        bail!(
            "cannot install what the browser tests take from npm ({}). With a network connection, run this again",
            why(&outcome.lines)
        )
    }
    Ok(())
}

/// npm's own error: after the line with its code.
fn why(lines: &[String]) -> String {
    let errors = lines.iter().filter_map(|line| line.strip_prefix("npm error "));
    let told = errors.filter(|line| !line.starts_with("code ")).map(str::to_owned).next();
    told.unwrap_or_else(|| reason(lines))
}

/// npm, installed when there is none.
fn npm() -> Result<PathBuf> {
    if let Some(npm) = on_path("npm") {
        return Ok(npm);
    }
    apt::install("npm", &["npm"], "install Node.js with npm")?;
    on_path("npm").context("npm is installed, but not on the PATH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_named_by_its_sentence() {
        let said =
            "npm warn old lockfile\nnpm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error errno";
        let said: Vec<String> = said.lines().map(str::to_owned).collect();
        assert_eq!(why(&said), "syscall getaddrinfo");
        assert_eq!(why(&[]), "it said nothing");
    }

    #[test]
    fn only_a_folder_of_the_same_lock_is_whole() {
        let place = std::env::temp_dir().join(format!("lanyard-npm-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        assert!(!is_whole(&place, "lock"));
        fs::write(place.join("stamp"), "lock").unwrap();
        assert!(is_whole(&place, "lock") && !is_whole(&place, "another"));
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn the_lock_names_no_registry_and_pins_everything() {
        for name in ["axe", "oidc-provider"] {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/testbed").join(name);
            let lock = fs::read_to_string(root.join(FILES[1])).unwrap();
            assert!(!lock.contains("\"resolved\"") && lock.contains("\"integrity\": \"sha512-"), "{name}");
            let package = fs::read_to_string(root.join(FILES[0])).unwrap();
            assert!(!package.contains(['^', '~', '*']), "{name}");
        }
    }
}
