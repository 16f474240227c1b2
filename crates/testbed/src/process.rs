//! Child processes: found, started with their output in a file, waited for, and ended by handle.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{net::TcpStream, time::sleep};

/// Lets this process, and those that it starts from now on, open so many files.
pub fn may_open(files: u64) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|limit| limit >= files) {
        return;
    }
    let maximum = maximum.map(|limit| limit.max(files));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(files), maximum });
    assert!(raised.is_ok(), "this test opens {files} files: raise the limit (ulimit -Hn {files})");
}

/// Where a binary of the workspace is: in `LANYARD_BIN_DIR`, else beside the folder of the test itself.
pub fn binary(name: &str) -> PathBuf {
    let folder = std::env::var_os("LANYARD_BIN_DIR").map(PathBuf::from).unwrap_or_else(|| {
        let test = std::env::current_exe().expect("a test knows where it is");
        test.parent().and_then(Path::parent).expect("target/debug").to_owned()
    });
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "{} is missing: the step 'binaries' of `cargo xtask test` builds it \
         (or `cargo build -p lanyard -p lanyard-dev-idp -p sample-app -p status-page`)",
        path.display()
    );
    path
}

/// Puts a file system of this size in the place of a folder, for this command alone: it is gone with it.
pub fn on_a_disk_of(command: &mut Command, folder: &Path, size: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    let script = "mount -t tmpfs -o size=$0 none \"$1\" && shift && exec \"$@\"";
    let mut wrapped = Command::new("unshare");
    wrapped.args(["--map-root-user", "--mount", "sh", "-c", script, size]);
    wrapped.arg(folder).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    *command = wrapped;
}

/// A running child. Dropping it kills it and waits for its end.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    port: u16,
}

impl Process {
    /// Starts a binary of the workspace with its standard output and error in `log`, which it appends to.
    pub fn start(name: &str, port: u16, log: PathBuf, set_up: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(binary(name));
        set_up(&mut command);
        Self::spawn(name, command, port, log)
    }

    /// Any program.
    pub fn spawn(name: &str, mut command: Command, port: u16, log: PathBuf) -> Self {
        let file = File::options().create(true).append(true).open(&log).expect("the log can be written");
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { name: name.into(), child, log, port }
    }

    /// Waits until something listens on its port; fails with its log when it ends before.
    pub async fn listening(&mut self) {
        self.listening_within(Duration::from_secs(60)).await;
    }

    /// The same, for what takes long to start.
    pub async fn listening_within(&mut self, within: Duration) {
        for _ in 0..within.as_millis() / 25 {
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                panic!("{} ended with {status} before it listened; it said:\n{}", self.name, self.said());
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("{} does not listen on {} after {within:?}; it said:\n{}", self.name, self.port, self.said());
    }

    /// Everything it wrote.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its number in the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Asks it to read its configuration again.
    pub fn reload(&self) {
        self.signal("HUP");
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(status.is_ok_and(|status| status.success()), "SIG{name} reached {}", self.name);
    }

    /// Lets it end by itself, for a program that has others to end first. Dropping it kills what is left.
    pub fn end(&mut self) {
        for nth in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            if nth == 0 {
                self.terminate();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits for its end.
    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        for _ in 0..within.as_millis() / 20 {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return status;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("{} still runs after {within:?}; it said:\n{}", self.name, self.said());
    }

    /// How many files it may open, and how many it could let itself.
    pub fn may_open(&self) -> (String, String) {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", self.child.id())).unwrap_or_default();
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
        let mut words = line.split_whitespace().map(str::to_owned);
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// A path as the process sees it.
    pub fn sees(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.child.id()));
        root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// How many files it has open.
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("the process runs").count()
    }

    /// Resident memory in bytes. From now on its highest is taken down for [`Self::peak`].
    pub fn memory(&self) -> u64 {
        // See proc(5): 5 puts the highest back to what it is now.
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("the process runs");
        self.status("VmRSS:")
    }

    /// The most resident memory that there was since [`Self::memory`] was asked, in bytes.
    pub fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("a figure of the kernel");
        let kilobytes = line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
        kilobytes.expect("a number") * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
