//! The crates that this workspace is built from: fetched once, before a tool that must not use the network.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use super::reason;
use crate::process;

pub(crate) fn fetch(root: &Path) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["fetch", "--locked"]).current_dir(root);
    let outcome = process::run("fetching crates", command)?;
    if !outcome.success {
        bail!(
            "cannot fetch the crates that Cargo.lock names ({}). With a network connection, run this again",
            reason(&outcome.lines)
        )
    }
    Ok(())
}
