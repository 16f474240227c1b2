//! What the app of files serves: small and large bodies to be asked for again and again, and a page of many files.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};

use crate::plan::Plan;

/// The bodies that are asked for, by path.
pub const BODIES: [(&str, usize); 2] = [("1kb", 1024), ("1mb", 1024 * 1024)];

/// How many files of how many bytes: Streamlit's own, in steps.
const PAGE: [(usize, usize); 9] = [
    (30, 800),
    (20, 2_500),
    (12, 6_000),
    (7, 20_000),
    (4, 45_000),
    (3, 100_000),
    (2, 200_000),
    (1, 480_000),
    (1, 861_000),
];

/// The sizes of the page's files.
pub fn page() -> impl Iterator<Item = usize> {
    PAGE.into_iter().flat_map(|(count, size)| std::iter::repeat_n(size, count))
}

/// Writes all of it, and says where.
pub fn write(plan: &Plan) -> Result<PathBuf> {
    let root = plan.folder.join("files");
    fs::create_dir_all(&root).with_context(|| root.display().to_string())?;
    fs::write(root.join("index.html"), "<!doctype html><title>A page</title><p>A page")?;
    for (name, length) in BODIES {
        fs::write(root.join(name), vec![b'x'; length])?;
    }
    for (nth, length) in page().enumerate() {
        fs::write(root.join(format!("page-{nth}")), vec![b'x'; length])?;
    }
    Ok(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_eighty_files() {
        assert_eq!(page().count(), 80);
    }
}
