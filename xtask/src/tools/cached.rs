//! Tools that cargo installs: into the user's cache folder, keyed by version, so that a second checkout uses the
//! same. Installed beside its place and moved there when whole, so an interrupted install is never used.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail};

use super::{on_path, reason};
use crate::process;

pub(crate) struct Tool<'a> {
    /// On crates.io.
    pub(crate) package: &'a str,
    pub(crate) version: &'a str,
    /// The first is asked for its version; all must be there.
    pub(crate) binaries: &'a [&'a str],
    /// Whether to build it with the dependencies that its author tested.
    pub(crate) locked: bool,
}

/// The folder with the tool's binaries. Installs it when neither the PATH nor the cache has it.
pub(crate) fn provide(tool: &Tool) -> Result<PathBuf> {
    if let Some(folder) = on_path(tool.binaries[0]).and_then(|file| file.parent().map(Path::to_owned))
        && fits(tool, &folder)
    {
        return Ok(folder);
    }
    let cache = folder()?;
    let place = cache.join(format!("{}-{}", tool.package, tool.version));
    let binaries = place.join("bin");
    if fits(tool, &binaries) {
        return Ok(binaries);
    }
    if place.exists() {
        bail!("{} has no working {}: remove that folder and start again", place.display(), tool.package);
    }
    install(tool, &cache, &place)?;
    Ok(binaries)
}

fn fits(tool: &Tool, folder: &Path) -> bool {
    tool.binaries.iter().all(|name| folder.join(name).is_file())
        && process::version_of(&folder.join(tool.binaries[0]), &["--version"]).as_deref()
            == Some(tool.version)
}

fn install(tool: &Tool, cache: &Path, place: &Path) -> Result<()> {
    let Tool { package, version, .. } = tool;
    fs::create_dir_all(cache).with_context(|| cache.display().to_string())?;
    let unfinished = cache.join(format!(".{package}-{version}.{}", std::process::id()));
    let mut command = Command::new("cargo");
    command.args(["install", package, "--version", &format!("={version}")]).arg("--root").arg(&unfinished);
    if tool.locked {
        command.arg("--locked");
    }
    // Away from this workspace's settings and its target folder, which others may be using.
    command.current_dir(cache).env_remove("CARGO_TARGET_DIR");
    let outcome = process::run(&format!("installing {package} {version} into the cache"), command);
    let result = match outcome {
        Ok(outcome) if outcome.success => move_into_place(tool, &unfinished, place),
        Ok(outcome) => Err(anyhow!(
            "cannot install {package} {version} ({}). With a network connection, run this again; or put \
             {package} {version} on the PATH",
            reason(&outcome.lines)
        )),
        Err(error) => Err(error),
    };
    let _ = fs::remove_dir_all(&unfinished);
    result
}

fn move_into_place(tool: &Tool, unfinished: &Path, place: &Path) -> Result<()> {
    match fs::rename(unfinished, place) {
        // Another checkout was faster.
        Err(_) if fits(tool, &place.join("bin")) => Ok(()),
        moved => moved.with_context(|| place.display().to_string()),
    }
}

/// `lanyard` in the user's cache folder (the XDG Base Directory Specification; macOS has its own).
pub(super) fn folder() -> Result<PathBuf> {
    let set = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || {
        let home = env::home_dir().context("cannot tell where the home folder is: set HOME")?;
        anyhow::Ok(home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }))
    };
    Ok(set.map_or_else(home, Ok)?.join("lanyard"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn tool() -> Tool<'static> {
        Tool { package: "sieve", version: "1.2.3", binaries: &["sieve", "sieve-test"], locked: false }
    }

    fn with_binaries(name: &str, version: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("lanyard-cached-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for binary in tool().binaries {
            let file = folder.join(binary);
            fs::write(&file, format!("#!/bin/sh\necho sieve {version}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn only_exactly_the_version_fits() {
        let (right, wrong) = (with_binaries("right", "1.2.3"), with_binaries("wrong", "1.2.4"));
        assert!(fits(&tool(), &right));
        assert!(!fits(&tool(), &wrong));
        fs::remove_dir_all(right).unwrap();
        fs::remove_dir_all(wrong).unwrap();
    }

    #[test]
    fn a_tool_with_a_binary_missing_does_not_fit() {
        let folder = with_binaries("half", "1.2.3");
        fs::remove_file(folder.join("sieve-test")).unwrap();
        assert!(!fits(&tool(), &folder));
        fs::remove_dir_all(folder).unwrap();
    }
}
