//! trunk, which builds the shell's page from index.html. One version, so that everybody gets the same bytes.

use std::path::PathBuf;

use anyhow::Result;

use super::cached::{Tool, provide};

pub(crate) const VERSION: &str = "0.21.14";

/// The folder with `trunk`.
pub(crate) fn folder() -> Result<PathBuf> {
    provide(&Tool { package: "trunk", version: VERSION, binaries: &["trunk"], locked: true })
}
