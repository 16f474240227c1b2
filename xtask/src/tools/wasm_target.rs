//! Rust's standard library for wasm32, which rustup installs beside the compiler.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use super::{on_path, reason};
use crate::process;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

pub(crate) fn provide(root: &Path) -> Result<()> {
    if installed(root) {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!(
            "this Rust has no {TARGET}, and there is no rustup to add it: install rustup from https://rustup.rs"
        )
    }
    let mut command = Command::new("rustup");
    command.args(["target", "add", TARGET]).current_dir(root);
    let outcome = process::run(&format!("installing {TARGET}"), command)?;
    if !outcome.success || !installed(root) {
        bail!(
            "cannot install {TARGET} ({}). With a network connection, run: rustup target add {TARGET}",
            reason(&outcome.lines)
        )
    }
    Ok(())
}

fn installed(root: &Path) -> bool {
    let args = ["--print", "target-libdir", "--target", TARGET];
    let Ok(output) = Command::new("rustc").args(args).current_dir(root).output() else { return false };
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success() && std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some())
}
