//! Crates whose version must be exact in Cargo.toml, and the same in Cargo.lock: generated code or a command-line
//! tool depends on it.

pub fn complaints(manifest: &str, lock: &str, crates: &[&str]) -> Vec<String> {
    let judge = |name: &&str| match (pinned(manifest, name), locked(lock, name)) {
        (None, _) => Some(format!("Cargo.toml does not pin {name} to one version (`=…`)")),
        (Some(pin), Some(lock)) if pin == lock => None,
        (Some(pin), lock) => Some(format!("Cargo.toml pins {name} to {pin}, Cargo.lock has {lock:?}")),
    };
    crates.iter().filter_map(judge).collect()
}

/// `name = "=1.2.3"` or `name = { version = "=1.2.3", … }`.
fn pinned<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    let line = manifest.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='))?;
    line.split_once("\"=")?.1.split('"').next()
}

fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, entry) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    entry.split('"').next()
}

#[test]
fn a_loose_or_a_different_version_is_an_error() {
    let lock = "[[package]]\nname = \"leptos\"\nversion = \"0.8.23\"\n";
    let judge = |manifest| complaints(manifest, lock, &["leptos"]);
    assert!(judge("leptos = { version = \"=0.8.23\", features = [\"csr\"] }\n").is_empty());
    assert!(judge("leptos = \"=0.8.23\"\n").is_empty());
    assert_eq!(judge("leptos = \"0.8.23\"\n"), ["Cargo.toml does not pin leptos to one version (`=…`)"]);
    assert_eq!(judge("leptos_router = \"=0.8.23\"\n").len(), 1);
    assert_eq!(
        judge("leptos = \"=0.8.24\"\n"),
        ["Cargo.toml pins leptos to 0.8.24, Cargo.lock has Some(\"0.8.23\")"]
    );
}
