//! Names a build: sixteen digits over every file that the shell consists of, written into the page's own `meta`
//! element. A page that was loaded from another build is told apart by it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// As `lanyard_contract::wire::BUILD_META`.
const META: &str = "lanyard-build";

/// Writes the build of a folder as trunk left it into its `index.html`.
pub(crate) fn folder(dist: &Path) -> Result<()> {
    let path = dist.join("index.html");
    let page = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let stamped = stamp(&page, &build(dist)?)?;
    fs::write(&path, stamped).with_context(|| path.display().to_string())
}

fn build(dist: &Path) -> Result<String> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(&file).with_context(|| file.display().to_string())?;
        let name = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().into_owned();
        for part in [name.as_bytes(), &content] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    Ok(hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let copy = path.extension().is_some_and(|kind| kind == "br" || kind == "gz");
        if path.is_dir() {
            collect(&path, files)?;
        } else if !copy {
            files.push(path);
        }
    }
    Ok(())
}

/// The whole element is written anew: trunk's minifier leaves its attributes in any order and without quotes.
fn stamp(page: &str, build: &str) -> Result<String> {
    let elements: Vec<_> = page
        .match_indices("<meta")
        .filter_map(|(start, _)| Some(start..=start + page[start..].find('>')?))
        .filter(|element| page[element.clone()].contains(META))
        .collect();
    let [element] = &elements[..] else {
        bail!("index.html has {} meta elements named {META}, and needs one", elements.len());
    };
    let mut stamped = page.to_owned();
    stamped.replace_range(element.clone(), &format!("<meta name=\"{META}\" content=\"{build}\">"));
    Ok(stamped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(dist: &Path) -> String {
        fs::write(dist.join("index.html"), "<meta charset=utf-8><meta name=lanyard-build><p>").unwrap();
        folder(dist).unwrap();
        fs::read_to_string(dist.join("index.html")).unwrap()
    }

    #[test]
    fn a_changed_file_is_another_build_and_the_same_files_are_the_same() {
        let dist = std::env::temp_dir().join(format!("lanyard-stamp-{}", std::process::id()));
        fs::create_dir_all(dist.join("deep")).unwrap();
        fs::write(dist.join("deep/a.svg"), "one").unwrap();
        let first = stamped(&dist);
        let (before, after) = first.split_once("<meta name=\"lanyard-build\" content=\"").unwrap();
        let (build, after) = after.split_once("\">").unwrap();
        assert_eq!((before, after), ("<meta charset=utf-8>", "<p>"));
        assert!(build.len() == 16 && build.bytes().all(|b| b.is_ascii_hexdigit()), "{build}");
        fs::write(dist.join("deep/a.svg.br"), "a copy").unwrap();
        assert_eq!(stamped(&dist), first);
        fs::write(dist.join("deep/a.svg"), "two").unwrap();
        let second = stamped(&dist);
        assert_ne!(second, first);
        fs::rename(dist.join("deep/a.svg"), dist.join("deep/b.svg")).unwrap();
        assert_ne!(stamped(&dist), second);
        fs::remove_dir_all(dist).unwrap();
    }

    #[test]
    fn a_page_without_its_element_or_with_two_is_an_error() {
        let meta = "<meta name=\"lanyard-build\" content=\"\" />";
        assert!(stamp("<head></head>", "1").is_err());
        assert!(stamp(&[meta, meta].concat(), "1").is_err());
        assert!(stamp(meta, "1").is_ok());
    }
}
