//! Keycloak, the identity provider of two rows: Maven fetches it into the user's cache, and it is built there once
//! for a database in memory, so that each start is a short one. Java runs both.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, anyhow, bail};

use super::{apt, cached, on_path, reason};
use crate::process;

pub(crate) const VERSION: &str = "26.5.0";
const UNPACK: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack";
/// Keycloak 26 asks for it.
const JAVA: u32 = 17;

/// The folder with `bin/kc.sh`.
pub(crate) fn provide() -> Result<PathBuf> {
    java()?;
    let cache = cached::folder()?;
    let place = cache.join(format!("keycloak-{VERSION}"));
    if place.join("built").is_file() {
        return Ok(place);
    }
    if place.exists() {
        bail!("{} has no whole Keycloak: remove that folder and start again", place.display());
    }
    let unfinished = cache.join(format!(".keycloak-{VERSION}.{}", std::process::id()));
    fs::create_dir_all(&unfinished).with_context(|| unfinished.display().to_string())?;
    let installed = unpack(&unfinished).and_then(|folder| build(&folder)).and_then(|folder| {
        fs::write(folder.join("built"), VERSION)?;
        match fs::rename(&folder, &place) {
            // Another checkout was faster.
            Err(_) if place.join("built").is_file() => Ok(()),
            moved => moved.with_context(|| place.display().to_string()),
        }
    });
    let _ = fs::remove_dir_all(&unfinished);
    installed.map(|()| place)
}

/// What Maven unpacks has a folder of its own inside.
fn unpack(to: &std::path::Path) -> Result<PathBuf> {
    let maven = maven()?;
    let mut command = Command::new(maven);
    command.args(["--quiet", "--batch-mode", UNPACK]).current_dir(to);
    command.arg(format!("-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"));
    command.arg(format!("-DoutputDirectory={}", to.display()));
    let outcome = process::run(&format!("fetching Keycloak {VERSION} into the cache"), command)?;
    if !outcome.success {
        return Err(anyhow!(
            "cannot fetch Keycloak {VERSION} ({}). With a network connection, run this again",
            why(&outcome.lines)
        ));
    }
    Ok(to.join(format!("keycloak-{VERSION}")))
}

fn build(folder: &std::path::Path) -> Result<PathBuf> {
    let mut command = Command::new(folder.join("bin/kc.sh"));
    command.args(["build", "--db=dev-mem", "--cache=local"]);
    let outcome = process::run(&format!("building Keycloak {VERSION}"), command)?;
    if !outcome.success {
        bail!("cannot build Keycloak {VERSION} ({})", reason(&outcome.lines))
    }
    Ok(folder.to_owned())
}

/// Maven's own error, without its mark.
fn why(lines: &[String]) -> String {
    let error = lines.iter().find_map(|line| line.strip_prefix("[ERROR] "));
    error.map_or_else(|| reason(lines), |error| error.trim_end().to_owned())
}

fn java() -> Result<()> {
    if version().is_some_and(|version| version >= JAVA) {
        return Ok(());
    }
    let what = format!("Java {JAVA} or newer");
    apt::install(&what, &["default-jre-headless"], "install it and start again")?;
    match version() {
        Some(version) if version >= JAVA => Ok(()),
        _ => bail!("{what} is missing: this system's default-jre-headless is older, so install a newer Java"),
    }
}

/// Of the Java that Keycloak's script will take: in `JAVA_HOME`, else on the PATH.
fn version() -> Option<u32> {
    let home = std::env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin/java"));
    let java = home.or_else(|| on_path("java"))?;
    major(&process::version_of(&java, &["--version"])?)
}

fn major(version: &str) -> Option<u32> {
    version.split(['.', '-', '+']).next()?.parse().ok()
}

fn maven() -> Result<PathBuf> {
    if let Some(maven) = on_path("mvn") {
        return Ok(maven);
    }
    apt::install("Maven", &["maven"], "install it and start again")?;
    on_path("mvn").context("maven is installed, but there is no mvn on the PATH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javas_are_compared_by_their_first_number() {
        assert_eq!(major("17.0.15"), Some(17));
        assert_eq!(major("21-ea"), Some(21));
        assert!(major("1.8.0_402") < Some(JAVA));
        assert_eq!(major("seventeen"), None);
    }

    #[test]
    fn mavens_own_sentence_is_the_reason() {
        let lines = ["[ERROR] Could not find artifact x in central ", "[ERROR] Re-run with -e"];
        assert_eq!(why(&lines.map(str::to_owned)), "Could not find artifact x in central");
    }
}
