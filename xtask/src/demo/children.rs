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

use super::probe::answers;
use crate::{clock::Stopwatch, interrupt, process, report::Progress, tools};

/// Lines of a log that are shown when its process dies.
const TAIL: usize = 8;

#[derive(Default)]
pub(super) struct Children {
    logs: PathBuf,
    all: Vec<Running>,
}

/// By which one knows that a process is ready.
#[derive(Debug, Clone)]
pub(super) enum Sign {
    /// Its log says `listening`.
    Listening,
    /// A path answers 200, by the name that it is asked for.
    Answer { port: u16, host: String, path: String },
}

struct Running {
    name: String,
    sign: Sign,
    ready: bool,
    log: PathBuf,
    process: Child,
}

impl Children {
    pub(super) fn logging_to(folder: &Path) -> Self {
        Self { logs: folder.to_owned(), all: Vec::new() }
    }

    pub(super) fn start(&mut self, name: &str, command: Command, sign: Sign) -> Result<()> {
        interrupt::check()?;
        let log = self.logs.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        let mut command = bound_to_us(command);
        // A log file is no terminal.
        command.env("NO_COLOR", "true");
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
        let process = command.spawn().with_context(|| format!("cannot start the demo's {name}"))?;
        self.all.push(Running { name: name.to_owned(), sign, ready: false, log, process });
        Ok(())
    }

    /// Until every process has given its sign. They come up side by side; the time is for all together.
    pub(super) fn wait_until_ready(&mut self) -> Result<()> {
        let since = Stopwatch::start();
        let mut progress = Progress::start("starting the demo");
        loop {
            interrupt::check()?;
            self.check_alive()?;
            for child in self.all.iter_mut().filter(|child| !child.ready) {
                child.ready = child.gives_its_sign();
            }
            let (ready, all) = (self.all.iter().filter(|child| child.ready).count(), self.all.len());
            if ready == all {
                progress.finish("done");
                return Ok(());
            }
            if let Some(late) = self.all.iter().find(|child| child.is_late(since.elapsed())) {
                bail!("{}", late.complaint());
            }
            progress.update(&format!("{ready} of {all} programs"));
            thread::sleep(Duration::from_millis(20));
        }
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

    /// The gateway, started last, leaves first and can still end its connections in order; then all others at once.
    pub(super) fn stop_all(&mut self) {
        if let Some(mut last) = self.all.pop() {
            process::stop(&mut last.process);
        }
        for child in &self.all {
            process::signal(&child.process, "TERM");
        }
        for mut child in self.all.drain(..) {
            process::see_off(&mut child.process);
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.stop_all();
    }
}

impl Sign {
    pub(super) fn answer(port: u16, path: &str) -> Self {
        Self::Answer { port, host: format!("localhost:{port}"), path: path.to_owned() }
    }

    fn patience(&self) -> Duration {
        match self {
            Self::Listening => Duration::from_secs(30),
            // Each imports a hundred megabytes first, and all of them at once. One that dies is noticed before.
            Self::Answer { .. } => Duration::from_secs(240),
        }
    }
}

impl Running {
    fn gives_its_sign(&self) -> bool {
        match &self.sign {
            Sign::Listening => {
                fs::read(&self.log).is_ok_and(|log| String::from_utf8_lossy(&log).contains("listening"))
            }
            Sign::Answer { port, host, path } => answers(*port, host, path),
        }
    }

    fn is_late(&self, waited: Duration) -> bool {
        !self.ready && waited > self.sign.patience()
    }

    fn complaint(&self) -> String {
        let (name, seconds, log) = (&self.name, self.sign.patience().as_secs(), self.log.display());
        match &self.sign {
            Sign::Listening => format!("the demo's {name} does not listen after {seconds} s: see {log}"),
            Sign::Answer { host, path, .. } => {
                format!(
                    "the demo's {name} does not answer at http://{host}{path} after {seconds} s: see {log}"
                )
            }
        }
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
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything it was told to start, grandchildren as well, in one line each of the log.
    const FAMILY: &str = "(trap 'echo grandchild leaves; exit' TERM; echo grandchild; while :; do sleep 0.05; done) & \
        trap 'sleep 1; echo child leaves; exit' TERM; echo listening; while :; do sleep 0.05; done";

    fn children(name: &str) -> Children {
        let folder = std::env::temp_dir().join(format!("lanyard-children-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Children::logging_to(&folder)
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
        children.start("app", sh(script), Sign::Listening).unwrap();
        children.wait_until_ready().unwrap();
        children.check_alive().unwrap();
        let log = children.all[0].log.clone();
        children.stop_all();
        let log = fs::read_to_string(&log).unwrap();
        assert!(log.starts_with("from the environment: listening\n"), "{log}");
        assert!(log.ends_with("leaving\n"), "{log}");
    }

    #[test]
    fn all_are_stopped_side_by_side_with_what_they_started() {
        let mut children = children("family");
        for name in ["one", "two", "three", "four"] {
            children.start(name, sh(FAMILY), Sign::Listening).unwrap();
        }
        children.wait_until_ready().unwrap();
        let logs: Vec<PathBuf> = children.all.iter().map(|child| child.log.clone()).collect();
        let since = Stopwatch::start();
        children.stop_all();
        // One after the other would take four seconds at least.
        assert!(since.elapsed() < Duration::from_millis(3_800), "{:?}", since.elapsed());
        for log in logs {
            let log = fs::read_to_string(&log).unwrap();
            assert!(log.contains("grandchild leaves\n") && log.contains("child leaves\n"), "{log}");
        }
    }

    #[test]
    fn a_child_runs_in_its_folder_and_is_ready_when_its_path_answers() {
        let mut children = children("answers");
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, path) = (server.local_addr().unwrap().port(), "/health".to_owned());
        let answering = thread::spawn(move || {
            for answer in ["HTTP/1.1 503 Not yet\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"] {
                let (mut stream, _) = server.accept().unwrap();
                let mut request = [0; 512];
                let read = std::io::Read::read(&mut stream, &mut request).unwrap();
                assert!(request[..read].starts_with(b"GET /health "));
                std::io::Write::write_all(&mut stream, answer.as_bytes()).unwrap();
            }
        });
        let mut command = sh("pwd; exec sleep 30");
        command.current_dir("/usr");
        children.start("app", command, Sign::answer(port, &path)).unwrap();
        children.wait_until_ready().unwrap();
        answering.join().unwrap();
        assert_eq!(fs::read_to_string(&children.all[0].log).unwrap(), "/usr\n");
    }

    #[test]
    fn a_child_that_does_not_come_up_is_named_with_its_log() {
        let mut children = children("late");
        children.start("panel", sh("sleep 30"), Sign::answer(1, "/liveness")).unwrap();
        let child = &children.all[0];
        assert!(!child.is_late(Duration::from_secs(60)) && child.is_late(Duration::from_secs(241)));
        let complaint = child.complaint();
        assert!(
            complaint.starts_with(
                "the demo's panel does not answer at http://localhost:1/liveness after 240 s: see "
            ),
            "{complaint}"
        );
        assert!(complaint.ends_with("panel.log"), "{complaint}");
    }

    #[test]
    fn a_child_that_dies_is_named_with_the_end_of_its_log() {
        let mut children = children("dies");
        let dies = sh("echo the port is taken >&2; exit 4");
        children.start("app", dies, Sign::answer(1, "/")).unwrap();
        let error = children.wait_until_ready().unwrap_err().to_string();
        assert!(error.contains("the demo's app ended (exit status: 4)"), "{error}");
        assert!(error.ends_with("  the port is taken\n"), "{error}");
    }
}
