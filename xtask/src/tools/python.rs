//! Python for the example apps, and for Canaille: a virtual environment each in the target folder, with exactly what
//! its lock names. A stamp, written last, tells a whole one; anything else is made anew. The system's Python only lends
//! its interpreter.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::{apt, on_path, reason};
use crate::{interrupt, process, report, workspace::Workspace};

/// The newest frameworks need it. Asks also for what Debian keeps in a package of its own, python3-venv.
const FITS: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
/// Tried in this order: an old `python3` may have a newer one beside it.
const INTERPRETERS: [&str; 6] =
    ["python3", "/usr/bin/python3", "python3.14", "python3.13", "python3.12", "python3.11"];

/// The interpreter of the environment with the example apps' frameworks.
pub(crate) fn provide(workspace: &Workspace) -> Result<PathBuf> {
    let lock = workspace.examples().join("requirements.txt");
    provide_at(&workspace.target.join("python"), &lock, "the example apps' frameworks", base)
}

/// The same with Canaille, which wants other versions of what they share.
pub(crate) fn provide_canaille(workspace: &Workspace) -> Result<PathBuf> {
    let lock = workspace.root.join("crates/testbed/canaille/requirements.txt");
    provide_at(&workspace.target.join("canaille"), &lock, "Canaille", base)
}

fn provide_at(
    place: &Path,
    lock: &Path,
    what: &str,
    base: impl FnOnce() -> Result<PathBuf>,
) -> Result<PathBuf> {
    let locked = fs::read_to_string(lock).with_context(|| lock.display().to_string())?;
    let python = place.join("bin/python");
    if is_whole(place, &locked) {
        return Ok(python);
    }
    let _turn = turn(place)?;
    // Another xtask may just have made it.
    if !is_whole(place, &locked) {
        let made = base().and_then(|base| make(place, (lock, &locked), what, &base));
        if made.is_err() && place.exists() {
            let _ = fs::remove_dir_all(place);
        }
        made?;
    }
    Ok(python)
}

/// What a whole environment's stamp says: the Python that it was made with, and the lock itself.
fn stamp(place: &Path, locked: &str) -> Option<String> {
    let version = process::version_of(&place.join("bin/python"), &["--version"])?;
    Some(format!("# Python {version}\n{locked}"))
}

fn is_whole(place: &Path, locked: &str) -> bool {
    fs::read_to_string(place.join("stamp")).is_ok_and(|found| Some(found) == stamp(place, locked))
}

fn make(place: &Path, (lock, locked): (&Path, &str), what: &str, base: &Path) -> Result<()> {
    if place.exists() {
        // Tens of thousands of files: with progress, and to be interrupted.
        let mut remove = Command::new("rm");
        remove.arg("-r").arg(place);
        let outcome = process::run("removing the outdated virtual environment", remove)?;
        if !outcome.success {
            bail!("cannot remove {} ({})", place.display(), reason(&outcome.lines))
        }
    }
    let mut environment = Command::new(base);
    environment.args(["-m", "venv"]).arg(place);
    let outcome = process::run(&format!("making a virtual environment for {what}"), environment)?;
    if !outcome.success {
        bail!("{} cannot make a virtual environment ({})", base.display(), reason(&outcome.lines))
    }
    let mut pip = Command::new(place.join("bin/python"));
    pip.args(["-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--no-input"]);
    pip.args(["--disable-pip-version-check", "--progress-bar", "off", "--requirement"]).arg(lock);
    let outcome = process::run(&format!("installing {what}"), pip)?;
    if !outcome.success {
        bail!("cannot install {what} ({}). With a network connection, run this again", why(&outcome.lines))
    }
    let stamp = stamp(place, locked).context("the new virtual environment's Python does not run")?;
    fs::write(place.join("stamp"), stamp).with_context(|| place.display().to_string())
}

/// pip's own error. Where it reached no index, that error is about versions that it did not find.
fn why(lines: &[String]) -> String {
    let error = lines.iter().find_map(|line| line.trim_start().strip_prefix("ERROR: "));
    match error {
        Some(error) if error.contains("(from versions: none)") && lines.iter().any(|line| retries(line)) => {
            "pip reaches no package index".to_owned()
        }
        Some(error) => error.trim_end().to_owned(),
        None => reason(lines),
    }
}

fn retries(line: &str) -> bool {
    line.starts_with("WARNING: Retrying (")
}

/// Python 3.11 or newer that can make virtual environments, installed when there is none.
fn base() -> Result<PathBuf> {
    let found = || INTERPRETERS.iter().filter_map(|name| on_path(name)).find(|python| fits(python));
    if let Some(python) = found() {
        return Ok(python);
    }
    let what = "Python 3.11 or newer with its module venv";
    apt::install(what, &["python3-venv"], "install it and start again")?;
    match found() {
        Some(python) => Ok(python),
        None => bail!("{what} is missing: this system's python3-venv is older, so install a newer Python"),
    }
}

fn fits(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", FITS]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// One xtask of a checkout at a time: held until the file is dropped.
fn turn(place: &Path) -> Result<File> {
    let path = place.with_extension("lock");
    let file = File::create(&path).with_context(|| path.display().to_string())?;
    let mut waiting = None;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error).context(path.display().to_string()),
        }
        interrupt::check()?;
        waiting
            .get_or_insert_with(|| report::Progress::start("waiting for another xtask's installation"))
            .update("");
        thread::sleep(Duration::from_millis(100));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder with a Python that makes environments whose pip only counts how often it was asked.
    struct Imitation {
        folder: PathBuf,
        place: PathBuf,
        lock: PathBuf,
    }

    impl Imitation {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("lanyard-python-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let imitation =
                Self { place: folder.join("python"), lock: folder.join("requirements.txt"), folder };
            imitation.script("base", "mkdir -p \"$3/bin\" && cp \"${0%/*}/inner\" \"$3/bin/python\"");
            imitation.version("3.12.1", "exit 0");
            fs::write(&imitation.lock, "streamlit==1 --hash=sha256:00\n").unwrap();
            imitation
        }

        fn script(&self, name: &str, text: &str) {
            let file = self.folder.join(name);
            fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }

        /// Of the environments that are made from now on, and how their pip ends.
        fn version(&self, version: &str, pip: &str) {
            let count = self.folder.join("count").display().to_string();
            self.script(
                "inner",
                &format!("[ $1 = --version ] && echo Python {version} || {{ echo x >> {count}; {pip}; }}"),
            );
        }

        fn provide(&self) -> Result<PathBuf> {
            provide_at(&self.place, &self.lock, "it", || Ok(self.folder.join("base")))
        }

        fn installations(&self) -> usize {
            fs::read_to_string(self.folder.join("count")).unwrap_or_default().lines().count()
        }
    }

    #[test]
    fn an_environment_is_made_once_and_again_when_lock_or_python_changed() {
        let imitation = Imitation::new("once");
        for _ in 0..3 {
            assert_eq!(imitation.provide().unwrap(), imitation.place.join("bin/python"));
        }
        assert_eq!(imitation.installations(), 1);

        fs::write(&imitation.lock, "streamlit==2 --hash=sha256:00\n").unwrap();
        fs::write(imitation.place.join("left over"), "").unwrap();
        imitation.provide().unwrap();
        assert_eq!(imitation.installations(), 2);
        assert!(!imitation.place.join("left over").exists());

        // The system's Python was exchanged under it.
        imitation.version("3.13.0", "exit 0");
        fs::copy(imitation.folder.join("inner"), imitation.place.join("bin/python")).unwrap();
        imitation.provide().unwrap();
        imitation.provide().unwrap();
        assert_eq!(imitation.installations(), 3);
        fs::remove_dir_all(imitation.folder).unwrap();
    }

    #[test]
    fn an_environment_without_its_stamp_is_made_anew() {
        let imitation = Imitation::new("unfinished");
        imitation.provide().unwrap();
        fs::remove_file(imitation.place.join("stamp")).unwrap();
        imitation.provide().unwrap();
        assert_eq!(imitation.installations(), 2);
        fs::remove_dir_all(imitation.folder).unwrap();
    }

    #[test]
    fn a_failed_installation_leaves_nothing_and_says_why_in_one_line() {
        let imitation = Imitation::new("fails");
        imitation.version("3.12.1", "echo 'ERROR: No matching distribution found for streamlit==1'; exit 1");
        let error = format!("{:#}", imitation.provide().unwrap_err());
        assert!(error.contains("(No matching distribution found for streamlit==1)"), "{error}");
        assert!(error.contains("run this again"), "{error}");
        assert_eq!(error.lines().count(), 1);
        assert!(!imitation.place.exists());
        fs::remove_dir_all(imitation.folder).unwrap();
    }

    #[test]
    fn no_network_is_called_so_and_nothing_else_is() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let versions =
            "ERROR: Could not find a version that satisfies the requirement dash==4 (from versions: none)";
        let retried = format!("WARNING: Retrying (Retry(total=4)) after connection broken\n{versions}");
        assert_eq!(why(&lines(&retried)), "pip reaches no package index");
        assert!(why(&lines(versions)).starts_with("Could not find a version"));
    }

    #[test]
    fn only_one_at_a_time_makes_the_environment() {
        let imitation = Imitation::new("turns");
        let held = turn(&imitation.place).unwrap();
        let (place, lock, base) =
            (imitation.place.clone(), imitation.lock.clone(), imitation.folder.join("base"));
        let other = thread::spawn(move || provide_at(&place, &lock, "it", || Ok(base)).map(|_| ()));
        thread::sleep(Duration::from_millis(300));
        assert_eq!(imitation.installations(), 0);
        drop(held);
        other.join().unwrap().unwrap();
        assert_eq!(imitation.installations(), 1);
        fs::remove_dir_all(imitation.folder).unwrap();
    }
}
