//! Finds the integration tests of the workspace by the files that cargo itself goes by, and sorts them to the step
//! that runs them. A new file is picked up by being there.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

/// The names of cargo's test targets, for `--test`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Integration {
    /// Of packages that need nothing else.
    pub(super) host: Vec<String>,
    /// The gateway's, which start real binaries.
    pub(super) gateway: Vec<String>,
    /// In a real browser, over everything.
    pub(super) end_to_end: Vec<String>,
    /// Compiled to wasm32 and run in the browser.
    pub(super) browser: Vec<String>,
}

pub(super) fn find(root: &Path) -> Result<Integration> {
    let mut found = Integration::default();
    for package in packages(root)? {
        for (name, file) in targets(&root.join(&package).join("tests"))? {
            let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            let step = match package.as_str() {
                _ if text.contains("#![cfg(target_arch = \"wasm32\")]") => &mut found.browser,
                "crates/gateway" => &mut found.gateway,
                "crates/testbed" => &mut found.end_to_end,
                _ => &mut found.host,
            };
            step.push(name);
        }
    }
    for step in [&mut found.host, &mut found.gateway, &mut found.end_to_end, &mut found.browser] {
        step.sort();
    }
    let mut all: Vec<&String> =
        [&found.host, &found.gateway, &found.end_to_end, &found.browser].into_iter().flatten().collect();
    all.sort();
    if let Some(pair) = all.windows(2).find(|pair| pair[0] == pair[1]) {
        bail!("two packages have an integration test `{}`: name one of them differently", pair[0]);
    }
    Ok(found)
}

/// The root package and every folder with a Cargo.toml one level below `crates`, `examples` and the root.
fn packages(root: &Path) -> Result<Vec<String>> {
    let mut packages = vec![String::new(), "xtask".to_owned()];
    for parent in ["crates", "examples"] {
        let folder = root.join(parent);
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            if entry.path().join("Cargo.toml").is_file() {
                packages.push(format!("{parent}/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    Ok(packages)
}

/// `tests/<name>.rs` and `tests/<name>/main.rs`.
fn targets(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>> {
    let mut targets = Vec::new();
    if !folder.is_dir() {
        return Ok(targets);
    }
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|kind| kind == "rs") {
            targets.push((name, path));
        } else if path.join("main.rs").is_file() {
            targets.push((name, path.join("main.rs")));
        }
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let file = root.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    #[test]
    fn tests_go_to_the_step_of_their_package_and_target() {
        let root = std::env::temp_dir().join(format!("lanyard-discovery-{}", std::process::id()));
        for package in ["crates/gateway", "crates/testbed", "examples/app"] {
            write(&root, &format!("{package}/Cargo.toml"), "");
        }
        write(&root, "tests/tidy.rs", "");
        write(&root, "tests/tidy/imports.rs", "");
        write(&root, "tests/navigation.rs", "//! In a browser.\n#![cfg(target_arch = \"wasm32\")]\n");
        write(&root, "crates/gateway/tests/entering/main.rs", "");
        write(&root, "crates/testbed/tests/story.rs", "");
        write(&root, "examples/app/tests/assertion.rs", "");
        let found = find(&root).unwrap();
        assert_eq!(found.host, ["assertion", "tidy"]);
        assert_eq!(found.gateway, ["entering"]);
        assert_eq!(found.end_to_end, ["story"]);
        assert_eq!(found.browser, ["navigation"]);

        write(&root, "crates/testbed/tests/tidy.rs", "");
        assert!(find(&root).unwrap_err().to_string().contains("`tidy`"));
        fs::remove_dir_all(root).unwrap();
    }
}
