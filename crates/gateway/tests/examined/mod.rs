//! Runs `lanyard doctor`, the real binary, over a configuration.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use lanyard_testbed::{process::binary, stage::SECRET};
use tokio::time::timeout;

/// What it said, line by line, and its exit code.
#[derive(Debug)]
pub struct Examined {
    pub lines: Vec<String>,
    pub code: i32,
}

impl Examined {
    /// The first line that begins so.
    #[track_caller]
    pub fn line(&self, begins: &str) -> &str {
        let found = self.lines.iter().find(|line| line.starts_with(begins));
        found.unwrap_or_else(|| panic!("no line begins with {begins:?}:\n{}", self.lines.join("\n")))
    }

    pub fn severe(&self) -> Vec<&String> {
        let severe = |line: &&String| line.starts_with("error: ") || line.starts_with("warning: ");
        self.lines.iter().filter(severe).collect()
    }
}

/// One run.
#[derive(Default)]
pub struct Doctor<'a> {
    pub arguments: &'a [&'a str],
    pub environment: &'a [(&'a str, &'a str)],
    /// Standard input.
    pub typed: &'a str,
}

impl Doctor<'_> {
    pub async fn examine(&self, config: &Path) -> Examined {
        let mut command = Command::new(binary("lanyard"));
        command.args(["doctor", "--config"]).arg(config).args(self.arguments);
        command
            .env(SECRET, "a secret of this test alone")
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR");
        command.envs(self.environment.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let typed = self.typed.to_owned();
        let running = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().expect("it starts");
            // It need not read.
            let _ = child.stdin.take().expect("a pipe").write_all(typed.as_bytes());
            child.wait_with_output().expect("it ran")
        });
        let output = timeout(Duration::from_secs(40), running).await.expect("in time").expect("it ran");
        let text = String::from_utf8(output.stdout).expect("text") + &String::from_utf8_lossy(&output.stderr);
        let lines = text.lines().map(str::to_owned).collect();
        Examined { lines, code: output.status.code().expect("a code") }
    }
}

/// A configuration of this test.
pub fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
    std::fs::write(&path, text).expect("a file");
    path
}

/// Nobody is asked to sign in, and nobody is there to ask.
pub fn settings(portal: &str, more: &str) -> String {
    format!(
        "[portal]\nurl = \"{portal}\"\n[identity]\nissuer = \"http://id.localhost:1\"\nclient_id = \"lanyard\"\n\
         client_secret = \"env:{SECRET}\"\n[roles]\nfinance = [\"Finance\"]\n{more}"
    )
}
