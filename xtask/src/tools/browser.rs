//! The browser of the tests: Chromium and chromedriver, in fitting versions because they come from one
//! distribution. Installed through apt on Debian as root; otherwise this says the command.

use std::{env, path::PathBuf};

use anyhow::{Result, bail};

use super::{apt, on_path};

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
    let elsewhere = "install Chromium and chromedriver, of the same version and on the PATH";
    apt::install("the tests' browser", &PACKAGES, elsewhere)?;
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
