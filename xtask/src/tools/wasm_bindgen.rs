//! wasm-bindgen's command and its test runner. They must be of exactly the version in Cargo.lock: the format
//! between the library and the command has no stability promise.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::cached::{Tool, provide};
use crate::lockfile;

/// The folder with `wasm-bindgen` and `wasm-bindgen-test-runner`.
pub(crate) fn folder(root: &Path) -> Result<PathBuf> {
    let version = lockfile::version(root, "wasm-bindgen")?;
    // Its published lock file is for its own workspace; cargo warns and ignores parts of it.
    let binaries = &["wasm-bindgen", "wasm-bindgen-test-runner"];
    provide(&Tool { package: "wasm-bindgen-cli", version: &version, binaries, locked: false })
}
