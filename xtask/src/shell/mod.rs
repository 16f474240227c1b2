//! Builds the shell in release with trunk, once for everybody who needs it (demo, end-to-end tests), and only
//! when something it is made of has changed. What comes out is ready to be served, compressed copies included.

mod compress;
mod fingerprint;
mod stamp;

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    tools::{self, packages, path_with, trunk, wasm_bindgen, wasm_target},
    workspace::Workspace,
};

/// Builds it if needed.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let dist = workspace.shell();
    let mark = dist.with_file_name("fingerprint");
    let now = fingerprint::of(&workspace.root)?;
    if fs::read_to_string(&mark).is_ok_and(|built| built == now) && dist.join("index.html").is_file() {
        return Ok(());
    }
    wasm_target::provide(&workspace.root)?;
    let trunk = trunk::folder()?;
    let bindgen = wasm_bindgen::folder(&workspace.root)?;
    packages::fetch(&workspace.root)?;

    // Without its mark an interrupted build is never taken for a finished one.
    if mark.exists() {
        fs::remove_file(&mark).with_context(|| mark.display().to_string())?;
    }
    fs::create_dir_all(&dist).with_context(|| dist.display().to_string())?;
    let mut command = Command::new(trunk.join("trunk"));
    // Offline: trunk would otherwise download tools of its own choice.
    command.args(["build", "--release", "--offline", "--locked"]).arg("--dist").arg(&dist);
    command.current_dir(&workspace.root).env("PATH", path_with(&[&trunk, &bindgen]));
    command.env("CARGO_TARGET_DIR", &workspace.target);
    tools::build("building the shell", command, "the shell could not be built")?;
    stamp::folder(&dist)?;
    compress::folder(&dist)?;
    fs::write(&mark, now).with_context(|| mark.display().to_string())
}
