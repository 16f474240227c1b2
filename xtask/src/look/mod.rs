//! `cargo xtask look`: every state of the shell as pictures, taken by the tests that bring a browser there, and one
//! page of all of them. It draws nothing by itself.

mod index;

use std::{fs, process::ExitCode};

use anyhow::{Context, Result};

use crate::{report, test, workspace::Workspace};

pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let folder = workspace.target.join("look");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    // Pictures are of use even if something was found: all the more.
    let count = test::states(workspace, &folder)?;
    let states = index::states(&folder)?;
    let page = folder.join("index.html");
    fs::write(&page, index::page(&states)).with_context(|| page.display().to_string())?;
    let pictures: usize = states.iter().map(|state| state.views.len()).sum();
    report::line(&format!("{pictures} pictures of {} states: {}", states.len(), page.display()));
    report::line(&count.to_string());
    Ok(if count.failed == 0 && pictures > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
