//! R with its package shiny, for the example app in R. Both come from the distribution; this checks that they are
//! there, and installs them on Debian as root.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use super::{apt, on_path};

const PACKAGES: [&str; 2] = ["r-base-core", "r-cran-shiny"];

/// `Rscript`, of an R that has shiny.
pub(crate) fn provide() -> Result<PathBuf> {
    if let Some(rscript) = installed() {
        return Ok(rscript);
    }
    apt::install("R with its package shiny", &PACKAGES, "install R and, in it, install.packages(\"shiny\")")?;
    match installed() {
        Some(rscript) => Ok(rscript),
        None => bail!("{} are installed, but the Rscript on the PATH has no shiny", PACKAGES.join(" and ")),
    }
}

fn installed() -> Option<PathBuf> {
    on_path("Rscript").filter(|rscript| has_shiny(rscript))
}

/// Looks for the package without loading it, which would take a second.
fn has_shiny(rscript: &Path) -> bool {
    let mut command = Command::new(rscript);
    command.args(["-e", "invisible(find.package(\"shiny\"))"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_r_that_does_not_find_the_package_is_not_taken() {
        assert!(has_shiny(Path::new("true")));
        assert!(!has_shiny(Path::new("false")));
        assert!(!has_shiny(Path::new("/no/such/Rscript")));
    }
}
