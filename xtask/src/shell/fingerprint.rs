//! One value over everything that the shell is built from, to tell whether it must be built again. Contents
//! count, times do not, so a fresh checkout of the same commit has the same value.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::tools::trunk;

/// Relative to the root; those that do not exist count as absent.
const SOURCES: [&str; 9] = [
    "src",
    "style",
    "assets",
    "public",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "crates/contract",
];

/// The sources under `root`, the compiler and the tools.
pub(crate) fn of(root: &Path) -> Result<String> {
    let compiler = Command::new("rustc").arg("-V").current_dir(root).output().context("cannot run rustc")?;
    let mut hasher = DefaultHasher::new();
    (compiler.stdout, trunk::VERSION).hash(&mut hasher);
    sources(root, &SOURCES, &mut hasher)?;
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn sources(root: &Path, names: &[&str], hasher: &mut impl Hasher) -> Result<()> {
    for name in names {
        let mut files = Vec::new();
        collect(&root.join(name), &mut files)?;
        files.sort();
        for file in files {
            let content = fs::read(&file).with_context(|| file.display().to_string())?;
            (file.strip_prefix(root).unwrap_or(&file), content).hash(hasher);
        }
    }
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
            collect(&entry?.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(root: &Path) -> u64 {
        let mut hasher = DefaultHasher::new();
        sources(root, &["src", "index.html", "absent"], &mut hasher).unwrap();
        hasher.finish()
    }

    #[test]
    fn it_changes_with_content_and_names_and_with_nothing_else() {
        let root = std::env::temp_dir().join(format!("lanyard-fingerprint-{}", std::process::id()));
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::write(root.join("src/deep/a.rs"), "one").unwrap();
        let first = value(&root);

        fs::write(root.join("src/deep/a.rs"), "one").unwrap();
        fs::write(root.join("README.md"), "not a source").unwrap();
        assert_eq!(value(&root), first);

        fs::write(root.join("src/deep/a.rs"), "two").unwrap();
        let second = value(&root);
        assert_ne!(second, first);

        fs::rename(root.join("src/deep/a.rs"), root.join("src/deep/b.rs")).unwrap();
        assert_ne!(value(&root), second);

        fs::write(root.join("index.html"), "").unwrap();
        fs::write(root.join("src/deep/b.rs"), "one").unwrap();
        assert_ne!(value(&root), first);
        fs::remove_dir_all(root).unwrap();
    }
}
