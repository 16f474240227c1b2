//! Reads the version of one package from Cargo.lock. Only the lines that cargo itself writes are understood.

use std::path::Path;

use anyhow::{Context, Result, bail};

/// The version of `package` that this checkout is locked to.
pub(crate) fn version(root: &Path, package: &str) -> Result<String> {
    let path = root.join("Cargo.lock");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let versions = versions(&text, package);
    match versions.as_slice() {
        [version] => Ok((*version).to_owned()),
        [] => bail!("Cargo.lock has no package {package}"),
        several => bail!("Cargo.lock has {package} in {} versions", several.len()),
    }
}

fn versions<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    let name = format!("name = \"{package}\"");
    lock.split("[[package]]")
        .filter(|entry| entry.lines().any(|line| line == name))
        .filter_map(|entry| entry.lines().find_map(|line| line.strip_prefix("version = \"")))
        .filter_map(|rest| rest.strip_suffix('"'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n\n\
        [[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.131\"\ndependencies = [\n \"wasm-bindgen\",\n]\n\n\
        [[package]]\nname = \"syn\"\nversion = \"2.0.1\"\n\n[[package]]\nname = \"syn\"\nversion = \"3.0.10\"\n";

    #[test]
    fn the_version_is_the_one_of_exactly_that_package() {
        assert_eq!(versions(LOCK, "wasm-bindgen"), ["0.2.130"]);
        assert_eq!(versions(LOCK, "wasm-bindgen-macro"), ["0.2.131"]);
    }

    #[test]
    fn a_package_in_two_versions_or_none_is_not_guessed() {
        assert_eq!(versions(LOCK, "syn"), ["2.0.1", "3.0.10"]);
        assert!(versions(LOCK, "bindgen").is_empty());
    }

    #[test]
    fn this_checkout_has_one_wasm_bindgen() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert!(version(root, "wasm-bindgen").unwrap().starts_with("0.2."));
        assert!(version(root, "no-such-package").is_err());
    }
}
