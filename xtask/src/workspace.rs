//! Where things are: the checkout, cargo's target folder and the binaries in it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// The folder of the workspace's Cargo.toml.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever the user's settings put it.
    pub(crate) target: PathBuf,
    /// Where cargo puts the host binaries. xtask is one of them.
    pub(crate) binaries: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no folder above it")?;
        let own = std::env::current_exe().context("cannot tell where xtask is")?;
        let binaries = own.parent().context("xtask is in no folder")?;
        let target = binaries.parent().context("xtask is not in a target folder")?;
        Ok(Self { root: root.to_owned(), target: target.to_owned(), binaries: binaries.to_owned() })
    }

    /// Cargo in this checkout, with this target folder.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// The shell as the gateway serves it.
    pub(crate) fn shell(&self) -> PathBuf {
        self.target.join("shell/dist")
    }

    /// The example apps: one folder each, with the lock of what they are written with.
    pub(crate) fn examples(&self) -> PathBuf {
        self.root.join("examples")
    }

    /// What one demo writes: configuration, logs, state. By its port, so that two demos do not meet.
    pub(crate) fn demo(&self, port: u16) -> PathBuf {
        self.target.join("demo").join(port.to_string())
    }
}
