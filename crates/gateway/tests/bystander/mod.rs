//! Somebody who is signed in and goes on working while others attack: every answer must be what it always is.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use lanyard_testbed::{Person, Stage};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

/// Nobody waits longer for a page, on a machine that has other things to do as well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Half of the answers come sooner.
const USUAL: Duration = Duration::from_millis(250);

/// So many requests, however short the attack.
const ENOUGH: usize = 6;

pub struct Bystander {
    over: Arc<AtomicBool>,
    task: JoinHandle<Seen>,
}

/// What they saw.
pub struct Seen {
    /// How long each answer took, the quickest first.
    took: Vec<Duration>,
}

impl Bystander {
    /// Signs in, enters the dashboard `rec`, and asks for a page of it and for the session again and again.
    pub async fn begin(stage: &Arc<Stage>, name: &'static str) -> Self {
        let person = Person::sign_in(stage, name).await;
        let cookie = person.enter(stage, "rec").await;
        let (stage, over) = (stage.clone(), Arc::new(AtomicBool::new(false)));
        let until = over.clone();
        let task = tokio::spawn(async move {
            let mut took = Vec::new();
            let page = stage.dashboard("rec").get("/page").fetch().cookie(&cookie);
            let session = person.api(&stage, "GET", "/api/session");
            while !until.load(Ordering::Relaxed) || took.len() < ENOUGH {
                for request in [page.clone(), session.clone()] {
                    let begun = now();
                    let answer = timeout(PATIENCE, request.send()).await.expect("an answer within 5 s");
                    answer.expect(200);
                    took.push(begun.elapsed());
                }
                sleep(Duration::from_millis(50)).await;
            }
            assert!(person.sees(&stage).await.contains(&"rec".to_owned()), "and is still signed in");
            took.sort_unstable();
            Seen { took }
        });
        Self { over, task }
    }

    /// Fails if anything went wrong for them.
    pub async fn end(self) -> Seen {
        self.over.store(true, Ordering::Relaxed);
        let seen = self.task.await.expect("nothing went wrong for the bystander");
        assert!(seen.half() < USUAL, "{seen}");
        seen
    }
}

#[allow(clippy::disallowed_methods, reason = "a figure to print, not a decision")]
fn now() -> Instant {
    Instant::now()
}

impl Seen {
    fn half(&self) -> Duration {
        self.took[self.took.len() / 2]
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slowest = self.took.last().copied().unwrap_or_default().as_millis();
        let (requests, half) = (self.took.len(), self.half().as_millis());
        write!(f, "{requests} requests of a bystander, half within {half} ms, the slowest {slowest} ms")
    }
}
