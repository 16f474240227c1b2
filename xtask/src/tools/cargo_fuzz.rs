//! cargo-fuzz, which builds fuzzers with what libFuzzer needs and runs them. Works with the stable compiler as long
//! as no sanitizer is asked for.

use std::path::PathBuf;

use anyhow::Result;

use super::cached::{Tool, provide};

const VERSION: &str = "0.13.2";

/// The folder with `cargo-fuzz`.
pub(crate) fn folder() -> Result<PathBuf> {
    provide(&Tool { package: "cargo-fuzz", version: VERSION, binaries: &["cargo-fuzz"], locked: true })
}
