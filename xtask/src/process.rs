//! Runs one tool to its end, with progress, and hands back what it printed. Stops it (and all it started) when
//! somebody asks to stop or when it takes too long. Knows nothing of what the tool is for.

use std::{
    io::{BufReader, Read, pipe},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{clock::Stopwatch, interrupt, progress::HowFar, report::Progress};

/// No step of this project takes this long, even on a fresh machine.
const LIMIT: Duration = Duration::from_secs(40 * 60);
/// How long a stopped process may take to leave before it is killed.
const GRACE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(100);

/// A tool's output and whether it was content.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) success: bool,
    /// stdout and stderr in the order in which they came; progress bars excluded.
    pub(crate) lines: Vec<String>,
}

/// Runs `command` and shows `what` with its progress. An error only when it cannot start, or was stopped.
pub(crate) fn run(what: &str, mut command: Command) -> Result<Outcome> {
    interrupt::check()?;
    let program = command.get_program().to_string_lossy().into_owned();
    let (reader, writer) = pipe().context("cannot make a pipe")?;
    command.stdout(writer.try_clone().context("cannot make a pipe")?).stderr(writer).stdin(Stdio::null());
    // Cargo draws its bar also into a pipe, and without colours, so that it can be read.
    command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "80");
    command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "true");
    let mut child = command.process_group(0).spawn().with_context(|| format!("cannot run {program}"))?;
    // The command holds the pipe's other end; as long as it lives, the reader would see no end.
    drop(command);

    let (sender, lines) = channel();
    thread::spawn(move || split_lines(reader, &sender));
    let mut progress = Progress::start(what);
    let result = watch(what, &mut child, &lines, &mut progress);
    progress.finish(match &result {
        Ok((true, _)) => "done",
        Ok((false, _)) => "failed",
        Err(_) => "stopped",
    });
    let (success, lines) = result?;
    Ok(Outcome { success, lines })
}

fn watch(
    what: &str,
    child: &mut Child,
    lines: &Receiver<String>,
    progress: &mut Progress,
) -> Result<(bool, Vec<String>)> {
    let (since, mut how_far, mut seen) = (Stopwatch::start(), HowFar::default(), Vec::new());
    let mut ended: Option<(bool, Stopwatch)> = None;
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                how_far.read(&line);
                if crate::progress::cargo_bar(&line).is_none() {
                    seen.push(line);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(TICK / 10),
        }
        progress.update(&how_far.text());
        let disconnected = matches!(ended, Some((_, at)) if at.elapsed() > Duration::from_secs(2));
        match ended {
            None => {
                if interrupt::requested() {
                    stop(child);
                    bail!("stopped");
                }
                if since.elapsed() > LIMIT {
                    stop(child);
                    bail!("{what}: no end in sight after {} minutes, stopped", LIMIT.as_secs() / 60);
                }
                ended = child.try_wait()?.map(|status| (status.success(), Stopwatch::start()));
            }
            // What is still in the pipe belongs to it. Something it left running may hold the pipe open.
            Some((success, _)) if disconnected || drained(lines, &mut seen) => {
                return Ok((success, seen));
            }
            Some(_) => {}
        }
    }
}

/// Takes what has arrived; whether the pipe is at its end.
fn drained(lines: &Receiver<String>, seen: &mut Vec<String>) -> bool {
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) if crate::progress::cargo_bar(&line).is_none() => seen.push(line),
            Ok(_) => {}
            Err(error) => return error == RecvTimeoutError::Disconnected,
        }
    }
}

/// Lines end with LF or, in progress bars, with CR. Whatever is not UTF-8 is replaced.
fn split_lines(reader: impl Read, lines: &Sender<String>) {
    let mut line = Vec::new();
    for byte in BufReader::new(reader).bytes() {
        match byte {
            Ok(b'\n' | b'\r') => {
                if !line.is_empty() && lines.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
                line.clear();
            }
            Ok(byte) => line.push(byte),
            Err(_) => break,
        }
    }
    if !line.is_empty() {
        let _ = lines.send(String::from_utf8_lossy(&line).into_owned());
    }
}

/// Asks a child that leads its own process group to leave, with all it started, and makes it if it does not.
pub(crate) fn stop(child: &mut Child) {
    signal(child, "TERM");
    see_off(child);
}

/// Waits until a child that was asked has left, with all it started, and makes it if it does not.
pub(crate) fn see_off(child: &mut Child) {
    let since = Stopwatch::start();
    while since.elapsed() < GRACE {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(TICK);
    }
    signal(child, "KILL");
    let _ = child.kill();
    let _ = child.wait();
}

/// To the whole group. The child has not been waited for, so its number cannot belong to anybody else.
pub(crate) fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} -{}", child.id());
    let _ = Command::new("sh").args(["-c", &kill]).stdin(Stdio::null()).stderr(Stdio::null()).status();
}

/// The first word of `program args` output that looks like a version, if it runs at all.
pub(crate) fn version_of(program: &std::path::Path, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Outcome {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run("a script", command).unwrap()
    }

    #[test]
    fn both_streams_come_back_in_order() {
        let outcome = sh("echo one; echo two >&2; printf 'three\\rfour'; exit 3");
        assert_eq!(outcome.lines, ["one", "two", "three", "four"]);
        assert!(!outcome.success);
    }

    #[test]
    fn a_grandchild_that_stays_does_not_hold_the_step() {
        let since = Stopwatch::start();
        let outcome = sh("sleep 20 & echo done");
        assert!(outcome.success);
        assert_eq!(outcome.lines, ["done"]);
        assert!(since.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn stopping_reaches_what_the_child_started() {
        let file = std::env::temp_dir().join(format!("lanyard-stopping-{}", std::process::id()));
        // Looking for the grandchild's number would find it even after its end, until somebody waits for it.
        let grandchild =
            "trap 'echo left > $FILE; exit' TERM; echo here > $FILE; while :; do sleep 0.05; done";
        let mut command = Command::new("sh");
        command.args(["-c", &format!("({grandchild}) & wait")]).env("FILE", &file).process_group(0);
        let mut child = command.spawn().unwrap();
        let says = |word: &str| {
            let since = Stopwatch::start();
            while since.elapsed() < GRACE {
                if std::fs::read_to_string(&file).is_ok_and(|text| text.trim() == word) {
                    return true;
                }
                thread::sleep(TICK / 10);
            }
            false
        };
        assert!(says("here"));
        stop(&mut child);
        assert!(says("left"));
        std::fs::remove_file(file).unwrap();
    }
}
