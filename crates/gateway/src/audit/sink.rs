//! The first sink: a file of JSON lines, appended to off the runtime's threads, so that a slow disk stalls
//! nobody but those who wait for their event. What nobody waits for is kept until the file takes it again.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::interval,
};

use super::{ANONYMOUS_REASONS, Counters, Event, Kind, Outcome, QUEUE};
use crate::{clock::Timestamp, random};

/// How often anonymous denials are summed up.
const SUMMARY: Duration = Duration::from_secs(60);
/// How soon a file that failed is tried again, although nobody waits.
const RETRY: Duration = Duration::from_secs(1);
/// Lines written with one call.
const BATCH: usize = 256;

pub(super) struct Entry {
    pub line: String,
    /// Told whether the line was written.
    pub written: Option<oneshot::Sender<bool>>,
}

/// A file that lines are appended to.
pub(super) struct Trail {
    file: File,
    /// The last line in it is not whole.
    torn: bool,
}

pub(super) fn open(path: &Path) -> io::Result<Trail> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(Trail { file: options.open(path)?, torn: is_torn(path)? })
}

/// Whether a gateway was killed while it wrote the file's last line.
fn is_torn(path: &Path) -> io::Result<bool> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() || about.len() == 0 {
        return Ok(false);
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

pub(super) fn start(trail: Trail, entries: mpsc::Receiver<Entry>, counters: Arc<Counters>) {
    let writer = Writer { trail: Some(trail), pending: VecDeque::new(), failing: false, counters };
    tokio::spawn(writer.run(entries));
}

struct Writer {
    /// Away while a blocking thread writes.
    trail: Option<Trail>,
    pending: VecDeque<Entry>,
    failing: bool,
    counters: Arc<Counters>,
}

impl Writer {
    async fn run(mut self, mut entries: mpsc::Receiver<Entry>) {
        let mut received = Vec::with_capacity(BATCH);
        let (mut summary, mut retry) = (interval(SUMMARY), interval(RETRY));
        summary.tick().await;
        loop {
            let mut due = !self.failing;
            tokio::select! {
                count = entries.recv_many(&mut received, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    due |= received.iter().any(|entry| entry.written.is_some());
                    self.pending.extend(received.drain(..));
                }
                _ = summary.tick() => self.pending.extend(summarize(&self.counters, Timestamp::now())),
                _ = retry.tick(), if self.failing => due = true,
            }
            if due {
                self.write().await;
            }
            self.bound();
        }
    }

    /// Writes what is pending, in order, until the file takes no more.
    async fn write(&mut self) {
        // Nobody waits any more for what has been refused meanwhile: it will not happen.
        self.pending.retain(|entry| entry.written.as_ref().is_none_or(|waiting| !waiting.is_closed()));
        while let Some(mut trail) = self.trail.take_if(|_| !self.pending.is_empty()) {
            let lines: Vec<String> =
                self.pending.iter().take(BATCH).map(|entry| entry.line.clone()).collect();
            let append = move || {
                let (whole, outcome) = trail.append(&lines);
                (trail, whole, outcome)
            };
            let Ok((trail, whole, outcome)) = tokio::task::spawn_blocking(append).await else {
                tracing::error!("the audit trail could not be written: its thread ended");
                return self.refuse();
            };
            self.trail = Some(trail);
            for entry in self.pending.drain(..whole) {
                if let Some(waiting) = entry.written {
                    let _ = waiting.send(true);
                }
            }
            if let Err(error) = outcome {
                if !self.failing {
                    tracing::error!(%error, "the audit trail could not be written: nothing new is granted until it can");
                }
                return self.refuse();
            }
            if self.failing {
                tracing::info!("the audit trail can be written again");
            }
            self.failing = false;
        }
    }

    /// Tells those who wait that it was not written, and forgets what will now not happen.
    fn refuse(&mut self) {
        self.failing = true;
        for entry in std::mem::take(&mut self.pending) {
            match entry.written {
                Some(waiting) => drop(waiting.send(false)),
                None => self.pending.push_back(entry),
            }
        }
    }

    /// Drops the newest of what is pending beyond the limit.
    fn bound(&mut self) {
        let over = self.pending.len().saturating_sub(QUEUE);
        self.pending.truncate(QUEUE);
        self.counters.dropped.fetch_add(over as u64, Ordering::Relaxed);
    }
}

impl Trail {
    /// Appends lines, each with its end. How many are whole in the file, whatever happened.
    fn append(&mut self, lines: &[String]) -> (usize, io::Result<()>) {
        let (whole, torn, outcome) = append(&mut self.file, self.torn, lines);
        self.torn = torn;
        (whole, outcome)
    }
}

/// After a torn line the next begins on one of its own. Answers how many lines are whole, whether the last
/// is torn, and what went wrong.
fn append(file: &mut impl Write, torn: bool, lines: &[String]) -> (usize, bool, io::Result<()>) {
    let fresh = if torn { "\n" } else { "" };
    let text: String = std::iter::once(fresh).chain(lines.iter().map(String::as_str)).collect();
    let (mut written, mut outcome) = (0, Ok(()));
    while written < text.len() {
        match file.write(&text.as_bytes()[written..]) {
            Ok(0) => {
                outcome = Err(io::ErrorKind::WriteZero.into());
                break;
            }
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    let Some(mut left) = written.checked_sub(fresh.len()) else { return (0, torn, outcome) };
    let mut whole = 0;
    for line in lines {
        let Some(rest) = left.checked_sub(line.len()) else { break };
        (left, whole) = (rest, whole + 1);
    }
    // A line that lacks nothing but its end is whole: the next begins with that.
    let ended = lines.get(whole).is_some_and(|line| line.len() == left + 1);
    (whole + usize::from(ended), left > 0, outcome)
}

pub(super) fn summarize(counters: &Counters, now: Timestamp) -> Vec<Entry> {
    let counts = counters.anonymous.iter().map(|count| count.swap(0, Ordering::Relaxed));
    let sums = ANONYMOUS_REASONS.iter().zip(counts).filter(|(_, count)| *count > 0);
    sums.map(|(reason, count)| {
        let event = Event::new(Kind::AnonymousDenials, Outcome::Denied).by(*reason).times(count);
        let id = random::reference().unwrap_or_default();
        Entry { line: event.line(&id, now), written: None }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, at most seven at once.
    struct Disk {
        room: usize,
        text: Vec<u8>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(7).min(self.room);
            if count == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.room -= count;
            self.text.extend(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn however_little_room_there_was_every_line_is_whole_once_there_is_more() {
        let lines: Vec<String> = (0..5).map(|nth| format!("line number {nth}\n")).collect();
        for room in 0..=lines.concat().len() + 3 {
            let mut disk = Disk { room, text: Vec::new() };
            let (first, torn, _) = append(&mut disk, false, &lines);
            disk.room = 7;
            let (second, torn, _) = append(&mut disk, torn, &lines[first..]);
            disk.room = usize::MAX;
            let (third, torn, outcome) = append(&mut disk, torn, &lines[first + second..]);
            assert!(outcome.is_ok() && !torn && first + second + third == lines.len(), "room for {room}");
            let text = String::from_utf8(disk.text).expect("UTF-8");
            let found: Vec<_> = text.lines().filter(|line| lines.contains(&format!("{line}\n"))).collect();
            assert_eq!(
                found,
                lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>(),
                "room for {room}"
            );
        }
    }

    #[test]
    fn a_line_that_a_killed_gateway_left_behind_is_not_written_on() {
        let path = std::env::temp_dir().join(format!("lanyard-torn-{}.jsonl", std::process::id()));
        for (before, after) in [("{\"id\"", "{\"id\"\nnext\n"), ("whole\n", "whole\nnext\n"), ("", "next\n")]
        {
            std::fs::write(&path, before).expect("a file");
            let mut trail = open(&path).expect("it opens");
            assert!(trail.append(&["next\n".into()]).1.is_ok());
            assert_eq!(std::fs::read_to_string(&path).expect("readable"), after);
        }
        assert!(std::fs::remove_file(path).is_ok());
    }
}
