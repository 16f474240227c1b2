//! Debian's own packages, for what is no crate. Installed as root; whoever is not root is told the command.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::{on_path, reason};
use crate::process;

/// Installs `packages`, so that there is `what`. `elsewhere` says what to do on a system without apt.
pub(super) fn install(what: &str, packages: &[&str], elsewhere: &str) -> Result<()> {
    let names = packages.join(" ");
    if on_path("apt-get").is_none() {
        bail!("{what} is missing: {elsewhere}")
    }
    if !is_root() {
        bail!("{what} is missing: run `sudo apt-get install {names}` and start again")
    }
    for (step, args) in [
        ("updating the list of packages".to_owned(), &["update"][..]),
        (
            format!("installing {names}"),
            &[&["install", "--yes", "--no-install-recommends"], packages].concat(),
        ),
    ] {
        let mut command = Command::new("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        let outcome = process::run(&step, command)?;
        if !outcome.success {
            let said = outcome.lines.iter().find(|line| line.starts_with("E: ")).cloned();
            bail!(
                "cannot install {what} ({}). With a network connection, run: apt-get install {names}",
                said.unwrap_or_else(|| reason(&outcome.lines)),
            )
        }
    }
    Ok(())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
