//! Reads the checkout once: every text file that belongs to the project, by its path from the root.
#![allow(clippy::unwrap_used, reason = "only tests call this")]

use std::{collections::BTreeMap, fs, path::Path};

/// Built, fetched or kept by tools.
const FOREIGN: [&str; 5] = [".git", "target", "dist", "node_modules", ".venv"];
const TEXT: [&str; 11] = ["css", "html", "js", "json", "lock", "md", "py", "rs", "sh", "svg", "toml"];

pub struct Checkout {
    /// By path from the root, with `/` between the parts.
    pub files: BTreeMap<String, String>,
}

/// One source file as a module: its path of names, empty for the crate's root, and its text.
pub struct Module {
    pub file: String,
    pub name: Vec<String>,
    pub text: String,
}

impl Checkout {
    pub fn read() -> Self {
        let mut files = BTreeMap::new();
        walk(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut files);
        Self { files }
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether a file or folder of that name exists.
    pub fn has(&self, path: &str) -> bool {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists()
    }

    /// The `src` folders of all packages.
    pub fn source_folders(&self) -> Vec<String> {
        let roots = self.files.keys().filter_map(|path| {
            let folder = path.strip_suffix("/lib.rs").or(path.strip_suffix("/main.rs"))?;
            (folder == "src" || folder.ends_with("/src")).then(|| folder.to_owned())
        });
        let mut folders: Vec<String> = roots.collect();
        folders.dedup();
        folders
    }

    /// The modules of one `src` folder, without its tests.
    pub fn modules(&self, folder: &str) -> Vec<Module> {
        let prefix = format!("{folder}/");
        let inside = self.files.iter().filter_map(|(path, text)| {
            let name = module_name(path.strip_prefix(&prefix)?)?;
            Some(Module { file: path.clone(), name, text: without_tests(text).to_owned() })
        });
        inside.filter(|module| !is_test(&module.file)).collect()
    }
}

/// Whether a file holds nothing but tests.
pub fn is_test(path: &str) -> bool {
    path.starts_with("tests/")
        || path.contains("/tests/")
        || path.ends_with("_tests.rs")
        || path.ends_with("/tests.rs")
        // What tests and fuzzers hold parsers to.
        || path.ends_with("_properties.rs")
        || path.ends_with("/properties.rs")
}

/// `identity/session/mod.rs` to `identity`, `session`; the crate's roots to nothing.
fn module_name(path: &str) -> Option<Vec<String>> {
    let stem = path.strip_suffix(".rs")?;
    let mut name: Vec<String> = stem.split('/').map(str::to_owned).collect();
    let last = name.last()?;
    if last == "mod" || (name.len() == 1 && (last == "lib" || last == "main")) {
        name.pop();
    }
    Some(name)
}

/// Tests stand at the end of a file.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        let name = name.to_string_lossy();
        let from_root = format!("{prefix}{name}");
        if path.is_dir() {
            if !FOREIGN.contains(&&*name) {
                walk(&path, &format!("{from_root}/"), files);
            }
        } else if path.extension().is_some_and(|kind| TEXT.iter().any(|text| kind == *text))
            || from_root == ".ci/run"
        {
            files.insert(from_root, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn modules_are_named_after_their_files() {
    assert_eq!(module_name("lib.rs"), Some(vec![]));
    assert_eq!(module_name("clock.rs").unwrap(), ["clock"]);
    assert_eq!(module_name("identity/session/mod.rs").unwrap(), ["identity", "session"]);
    assert_eq!(module_name("http/main.rs").unwrap(), ["http", "main"]);
    assert_eq!(module_name("style.css"), None);
}

#[test]
fn tests_are_told_from_sources() {
    assert_eq!(without_tests("use a;\n\n#[cfg(test)]\nmod tests {\n use b;\n}\n"), "use a;\n\n");
    assert!(is_test("crates/gateway/src/policy/authorize_tests.rs"));
    assert!(is_test("crates/gateway/tests/entering.rs"));
    assert!(is_test("crates/gateway/src/http/hosts_properties.rs"));
    assert!(!is_test("xtask/src/test/mod.rs"));
}
