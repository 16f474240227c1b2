//! The demo's processes: started with a log file each, watched, and stopped together. Each leads a process group,
//! so Ctrl-C reaches only xtask, which then stops them in order. On Linux the kernel stops them as well when
//! xtask itself is killed.

use std::{
    fs,
    fs::File,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{clock::Stopwatch, interrupt, process, tools};

/// From a process's start to its line that says `listening`.
const PATIENCE: Duration = Duration::from_secs(30);
/// Lines of a log that are shown when its process dies.
const TAIL: usize = 8;

#[derive(Default)]
pub(super) struct Children {
    logs: PathBuf,
    all: Vec<Running>,
}

struct Running {
    name: String,
    log: PathBuf,
    process: Child,
}

impl Children {
    pub(super) fn log_to(&mut self, folder: &Path) {
        self.logs = folder.to_owned();
    }

    pub(super) fn start(&mut self, name: &str, command: Command) -> Result<()> {
        interrupt::check()?;
        let log = self.logs.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        let mut command = bound_to_us(command);
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
        let process = command.spawn().with_context(|| format!("cannot start the demo's {name}"))?;
        self.all.push(Running { name: name.to_owned(), log, process });
        Ok(())
    }

    /// Until every process has said that it listens.
    pub(super) fn wait_until_listening(&mut self) -> Result<()> {
        let since = Stopwatch::start();
        while let Some(slow) = self.all.iter().position(|child| !child.listens()) {
            interrupt::check()?;
            self.check_alive()?;
            if since.elapsed() > PATIENCE {
                let Running { name, log, .. } = &self.all[slow];
                bail!(
                    "the demo's {name} does not listen after {} s: see {}",
                    PATIENCE.as_secs(),
                    log.display()
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// An error with the end of its log when one has died.
    pub(super) fn check_alive(&mut self) -> Result<()> {
        match self.take_dead(|_| true)?.first() {
            Some(gone) => bail!("{gone}"),
            None => Ok(()),
        }
    }

    /// Lets go of those that have died, of the ones meant, and says of each how.
    pub(super) fn take_dead(&mut self, meant: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut said = Vec::new();
        let mut at = 0;
        while let Some(child) = self.all.get_mut(at) {
            match child.process.try_wait()?.filter(|_| meant(&child.name)) {
                Some(status) => {
                    let (name, log, tail) = (&child.name, child.log.display(), child.tail());
                    said.push(format!("the demo's {name} ended ({status}); its log {log} ends:\n{tail}"));
                    self.all.remove(at);
                }
                None => at += 1,
            }
        }
        Ok(said)
    }

    /// The gateway, started last, leaves first and can still end its connections in order.
    pub(super) fn stop_all(&mut self) {
        while let Some(mut child) = self.all.pop() {
            process::stop(&mut child.process);
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.stop_all();
    }
}

impl Running {
    fn listens(&self) -> bool {
        fs::read(&self.log).is_ok_and(|log| String::from_utf8_lossy(&log).contains("listening"))
    }

    fn tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].iter().map(|line| format!("  {line}\n")).collect()
    }
}

/// The same command, stopped by the kernel when this process ends in whatever way (util-linux's setpriv). It
/// keeps the process number. Where there is none, a demo that is killed hard leaves its processes behind.
fn bound_to_us(command: Command) -> Command {
    let Some(setpriv) = tools::on_path("setpriv").filter(|_| cfg!(target_os = "linux")) else {
        return command;
    };
    let mut bound = Command::new(setpriv);
    bound.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn children(name: &str) -> Children {
        let folder = std::env::temp_dir().join(format!("lanyard-children-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut children = Children::default();
        children.log_to(&folder);
        children
    }

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("LANYARD_TEST", "from the environment");
        command
    }

    #[test]
    fn a_child_that_listens_is_waited_for_and_stopped() {
        let mut children = children("listens");
        let script = "trap 'echo leaving; exit' TERM; sleep 0.2; echo \"$LANYARD_TEST: listening\" >&2; \
            while :; do sleep 0.05; done";
        children.start("app", sh(script)).unwrap();
        children.wait_until_listening().unwrap();
        children.check_alive().unwrap();
        let log = children.all[0].log.clone();
        children.stop_all();
        let log = fs::read_to_string(&log).unwrap();
        assert!(log.starts_with("from the environment: listening\n"), "{log}");
        assert!(log.ends_with("leaving\n"), "{log}");
    }

    #[test]
    fn a_child_that_dies_is_named_with_the_end_of_its_log() {
        let mut children = children("dies");
        children.start("app", sh("echo the port is taken >&2; exit 4")).unwrap();
        let error = children.wait_until_listening().unwrap_err().to_string();
        assert!(error.contains("the demo's app ended (exit status: 4)"), "{error}");
        assert!(error.ends_with("  the port is taken\n"), "{error}");
    }
}
