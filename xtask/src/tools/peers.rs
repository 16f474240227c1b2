//! What the gateway is measured beside and with: Debian's nginx, Caddy and wrk. Installed through apt on Debian as
//! root; otherwise this says the command.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{apt, nginx, on_path};

/// Where they are.
#[derive(Debug)]
pub(crate) struct Peers {
    pub(crate) nginx: PathBuf,
    pub(crate) caddy: PathBuf,
    pub(crate) wrk: PathBuf,
}

impl Peers {
    /// Finds them, or installs those that are missing.
    pub(crate) fn provide() -> Result<Self> {
        Ok(Self { nginx: nginx::provide()?, caddy: provide("caddy")?, wrk: provide("wrk")? })
    }
}

/// A program whose package has its name.
fn provide(name: &str) -> Result<PathBuf> {
    if let Some(found) = on_path(name) {
        return Ok(found);
    }
    apt::install(name, &[name], &format!("install {name} and put it on the PATH"))?;
    on_path(name).with_context(|| format!("{name} is installed, but not on the PATH"))
}
