//! The first sink: a file of JSON lines, appended to off the runtime's threads, so that a slow disk stalls
//! nobody but those who wait for their event.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use super::{ANONYMOUS_REASONS, Counters, Event, Kind, Outcome};
use crate::{clock::Timestamp, random};

/// How often anonymous denials are summed up.
const SUMMARY: Duration = Duration::from_secs(60);
/// Lines written with one call.
const BATCH: usize = 256;

pub(super) struct Entry {
    pub line: String,
    /// Told whether the line was written.
    pub written: Option<oneshot::Sender<bool>>,
}

pub(super) fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(super) fn start(file: File, mut entries: mpsc::Receiver<Entry>, counters: Arc<Counters>) {
    let file = Arc::new(file);
    tokio::spawn(async move {
        let mut batch = Vec::with_capacity(BATCH);
        let mut torn = false;
        let mut summary = tokio::time::interval(SUMMARY);
        summary.tick().await;
        loop {
            tokio::select! {
                received = entries.recv_many(&mut batch, BATCH) => {
                    if received == 0 {
                        break;
                    }
                }
                _ = summary.tick() => batch.extend(summarize(&counters, Timestamp::now())),
            }
            write(&file, &mut batch, &mut torn, &counters).await;
        }
    });
}

/// Writes the lines off the runtime's threads and tells those who wait. `torn` says that the last write may
/// have left half a line: the next begins a new one.
async fn write(file: &Arc<File>, batch: &mut Vec<Entry>, torn: &mut bool, counters: &Counters) {
    if batch.is_empty() {
        return;
    }
    let fresh = if *torn { "\n" } else { "" };
    let lines: String = std::iter::once(fresh).chain(batch.iter().map(|entry| entry.line.as_str())).collect();
    let file = file.clone();
    let outcome = tokio::task::spawn_blocking(move || (&*file).write_all(lines.as_bytes())).await;
    let written = match outcome {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, "the audit trail could not be written");
            false
        }
        Err(_) => false,
    };
    *torn = !written;
    for entry in batch.drain(..) {
        if !written {
            counters.dropped.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(waiting) = entry.written {
            let _ = waiting.send(written);
        }
    }
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
