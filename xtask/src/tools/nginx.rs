//! nginx, the proxy that signs people in where a test says so, and the peer of the bench. Debian's; installed as root.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{apt, on_path};

/// Where Debian has it, which is not on everybody's PATH.
const DEBIAN: &str = "/usr/sbin/nginx";

pub(crate) fn provide() -> Result<PathBuf> {
    if let Some(nginx) = installed() {
        return Ok(nginx);
    }
    apt::install("nginx", &["nginx-light"], "install nginx, with its module http_auth_request")?;
    match installed() {
        Some(nginx) => Ok(nginx),
        None => bail!("nginx-light is installed, but there is no nginx on the PATH"),
    }
}

fn installed() -> Option<PathBuf> {
    let debian = Path::new(DEBIAN);
    on_path("nginx").or_else(|| debian.is_file().then(|| debian.to_owned()))
}
