//! What the gateway is measured beside and with: Debian's nginx, Caddy and wrk. Installed through apt on Debian as
//! root; otherwise this says the command.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{apt, on_path};

/// Each program and the package that has it.
const PROGRAMS: [(&str, &str); 3] = [("nginx", "nginx-light"), ("caddy", "caddy"), ("wrk", "wrk")];

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
        let missing: Vec<_> = PROGRAMS.iter().filter(|(name, _)| find(name).is_none()).collect();
        if !missing.is_empty() {
            let (names, packages): (Vec<_>, Vec<_>) = missing.into_iter().copied().unzip();
            let names = names.join(", ");
            apt::install(&names, &packages, &format!("install {names} and put it on the PATH"))?;
        }
        let found = |name: &str| match find(name) {
            Some(path) => Ok(path),
            None => bail!("{name} is installed, but not on the PATH"),
        };
        Ok(Self { nginx: found("nginx")?, caddy: found("caddy")?, wrk: found("wrk")? })
    }
}

/// nginx is where only root's PATH leads.
fn find(name: &str) -> Option<PathBuf> {
    let elsewhere = Path::new("/usr/sbin").join(name);
    on_path(name).or_else(|| elsewhere.is_file().then_some(elsewhere))
}
