//! The configuration, tested through the one door that everybody uses: real files, read by `load`.

mod damage;
mod golden;
mod keys;
mod meaning;
mod pages;
mod reference;
mod rules;
mod schema;
mod trust;
mod written;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{Config, Problem, Problems, load};

const PORTAL: &str = "[portal]\nurl = \"https://dash.example\"\n";
const IDENTITY: &str = "[identity]\nissuer = \"https://id.example/r\"\nclient_id = \"lanyard\"\nclient_secret = \"env:SECRET\"\n";
const DASHBOARD: &str = "[dashboards.some]\napp = \"http://localhost:8501\"\nroles = [\"signed-in\"]\n";

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("lanyard-config-{}-{nth}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a file for the test");
        path
    }

    fn load(&self, content: impl AsRef<[u8]>) -> Result<(Config, Vec<Problem>), Problems> {
        let loaded = load(&self.write("lanyard.toml", &content), &env);
        if loaded.is_ok() {
            schema::assert_accepts(content.as_ref());
        }
        loaded
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn env(name: &str) -> Option<String> {
    match name {
        "SECRET" | "LANYARD_CLIENT_SECRET" => Some("correct horse".to_owned()),
        "LONG_SECRET" => Some("0123456789abcdef0123456789abcdef".to_owned()),
        "BLANK_SECRET" => Some("0123456789abcdef 0123456789abcdef".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

/// What is said about a file, a line a problem, without the folder.
fn said(content: impl AsRef<[u8]>) -> Vec<String> {
    let folder = Folder::new();
    let lines = match folder.load(content) {
        Ok((_, warnings)) => warnings.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"),
        Err(problems) => problems.to_string(),
    };
    let prefix = format!("{}/", folder.0.display());
    lines.lines().map(|line| line.strip_prefix(&prefix).unwrap_or(line).to_owned()).collect()
}

/// A file with these lines first, and below them whatever sections it needs besides.
fn complete(content: &str) -> String {
    let mut file = format!("{content}\n");
    for (head, section) in [("[portal", PORTAL), ("[identity", IDENTITY), ("[dashboards", DASHBOARD)] {
        if !content.contains(head) {
            file.push_str(section);
        }
    }
    file
}

fn loaded(content: &str) -> Config {
    Folder::new().load(complete(content)).map(|(config, _)| config).expect("a valid configuration")
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
