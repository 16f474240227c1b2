//! The browser of the tests: Chromium and chromedriver, in fitting versions because they come from one
//! distribution. Installed through apt on Debian as root; otherwise this says the command.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use super::{on_path, reason};
use crate::process;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// Where the two programs are.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds them, or installs both.
pub(crate) fn provide() -> Result<Browser> {
    if let Some(browser) = installed() {
        return Ok(browser);
    }
    if on_path("apt-get").is_none() {
        bail!("the tests need Chromium and chromedriver of the same version on the PATH: install both")
    }
    if !is_root() {
        bail!("the tests need a browser: run `sudo apt-get install {}` and start again", PACKAGES.join(" "))
    }
    apt("updating the list of packages", &["update"])?;
    apt("installing Chromium", &[&["install", "--yes", "--no-install-recommends"], &PACKAGES[..]].concat())?;
    match installed() {
        Some(browser) => Ok(browser),
        None => bail!("{} are installed, but not on the PATH", PACKAGES.join(" and ")),
    }
}

/// What the user chose by `LANYARD_CHROMIUM` and `CHROMEDRIVER`, else what is on the PATH.
fn installed() -> Option<Browser> {
    let named = |variable| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let chromium = named("LANYARD_CHROMIUM").or_else(|| BROWSERS.iter().find_map(|name| on_path(name)))?;
    let driver = named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    Some(Browser { chromium, driver })
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn apt(what: &str, args: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
    let outcome = process::run(what, command)?;
    if !outcome.success {
        let said = outcome.lines.iter().find(|line| line.starts_with("E: ")).cloned();
        bail!(
            "cannot install the tests' browser ({}). With a network connection, run: apt-get install {}",
            said.unwrap_or_else(|| reason(&outcome.lines)),
            PACKAGES.join(" ")
        )
    }
    Ok(())
}
