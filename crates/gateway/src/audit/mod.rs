//! The audit trail: one event for each decision, none for each request. New grants wait until their event is
//! stored; everything else goes through a bounded queue and never waits. Knows nothing of what it records.

mod event;
mod sink;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

pub use event::{Event, Kind, Outcome, Subject};

use crate::{
    clock::Timestamp,
    random::{self, NoRandomness},
};

/// Events waiting to be written, as long as it takes. Beyond it, those that need not be stored first are
/// counted and dropped.
const QUEUE: usize = 10_000;

/// How long an event may take to be stored.
const PATIENCE: Duration = Duration::from_secs(5);

/// The event could not be stored, so what depends on it must not happen.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub enum AuditError {
    #[error("the audit trail could not be written")]
    Unwritable,
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The audit file could not be opened when the gateway started.
#[derive(Debug, thiserror::Error)]
#[error("the audit file {path} cannot be opened for appending: {source}")]
pub struct OpenError {
    path: String,
    source: std::io::Error,
}

/// Anonymous denials are counted by these reasons and written once a minute.
pub const ANONYMOUS_REASONS: [&str; 5] =
    ["not-signed-in", "not-admitted", "rate-limited", "sign-in-refused", "not-through-the-proxy"];

/// Where events go. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    queue: mpsc::Sender<sink::Entry>,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    dropped: AtomicU64,
    anonymous: [AtomicU64; ANONYMOUS_REASONS.len()],
}

impl Audit {
    /// Opens the file for appending and starts writing.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let trail =
            sink::open(path).map_err(|source| OpenError { path: path.display().to_string(), source })?;
        let (queue, entries) = mpsc::channel(QUEUE);
        let counters = Arc::new(Counters::default());
        sink::start(trail, entries, counters.clone());
        Ok(Self { queue, counters })
    }

    /// Stores an event and waits until it is on its way to the disk. Answers the event's id.
    pub async fn store(&self, event: Event, now: Timestamp) -> Result<Arc<str>, AuditError> {
        let id = random::reference()?;
        let (written, answer) = oneshot::channel();
        let line = event.line(&id, now);
        let entry = sink::Entry { line, written: Some(written) };
        let stored = async { self.queue.send(entry).await.is_ok() && answer.await == Ok(true) };
        // A disk that hangs refuses like one that is full.
        match timeout(PATIENCE, stored).await {
            Ok(true) => Ok(id.into()),
            _ => Err(AuditError::Unwritable),
        }
    }

    /// Counts an event that is one too many to be written.
    pub fn suppressed(&self) {
        self.counters.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Hands an event over without waiting. When the queue is full it is counted and dropped.
    pub fn note(&self, event: Event, now: Timestamp) {
        let id = random::reference().unwrap_or_default();
        let line = event.line(&id, now);
        if self.queue.try_send(sink::Entry { line, written: None }).is_err() {
            self.suppressed();
        }
    }

    /// Counts a denial of somebody who is not signed in. `reason` is one of [`ANONYMOUS_REASONS`].
    pub fn anonymous(&self, reason: &str) {
        if let Some(at) = ANONYMOUS_REASONS.iter().position(|known| *known == reason) {
            self.counters.anonymous[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything noted and counted so far is written.
    pub async fn flush(&self, now: Timestamp) -> Result<(), AuditError> {
        let summary: String =
            sink::summarize(&self.counters, now).into_iter().map(|entry| entry.line).collect();
        let (written, answer) = oneshot::channel();
        let entry = sink::Entry { line: summary, written: Some(written) };
        self.queue.send(entry).await.map_err(|_| AuditError::Unwritable)?;
        match answer.await {
            Ok(true) => Ok(()),
            _ => Err(AuditError::Unwritable),
        }
    }

    /// How many events were dropped since the start.
    pub fn dropped(&self) -> u64 {
        self.counters.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event::new(Kind::Grant, Outcome::Allowed).at("finance").by("role finance")
    }

    fn file(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("lanyard-audit-{}-{name}.jsonl", std::process::id()))
    }

    #[tokio::test]
    async fn a_stored_event_is_a_line_in_the_file_before_the_caller_goes_on() {
        let path = file("stored");
        let audit = Audit::open(&path).expect("a file");
        let id = audit.store(event(), Timestamp(0)).await.expect("stored");
        let text = std::fs::read_to_string(&path).expect("readable");
        let line: serde_json::Value = serde_json::from_str(text.trim()).expect("JSON");
        assert_eq!((line["id"].as_str(), line["dashboard"].as_str()), (Some(&*id), Some("finance")));
        assert!(std::fs::remove_file(path).is_ok());
    }

    #[tokio::test]
    async fn a_trail_that_cannot_be_written_refuses_the_event() {
        let audit = Audit::open(Path::new("/dev/full")).expect("a device");
        assert!(matches!(audit.store(event(), Timestamp(0)).await, Err(AuditError::Unwritable)));
        audit.note(event(), Timestamp(0));
    }

    #[tokio::test]
    async fn what_was_noted_and_counted_is_written_before_the_end() {
        let path = file("closing");
        let audit = Audit::open(&path).expect("a file");
        audit.note(event(), Timestamp(0));
        (0..3).for_each(|_| audit.anonymous("not-signed-in"));
        assert!(audit.flush(Timestamp(0)).await.is_ok());
        let text = std::fs::read_to_string(&path).expect("readable");
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains(r#""count":3"#), "{text}");
        assert!(std::fs::remove_file(path).is_ok());
    }
}
