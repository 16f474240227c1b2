//! Keeps what is known of the provider fresh: discovery at start and hourly, keys when a sign-in needs newer
//! ones. One task fetches, everybody else reads the last good state; nobody waits on a lock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, watch};

use super::{
    Known,
    backchannel::Backchannel,
    discovery::{self, DiscoveryError},
    keys::KeySet,
};
use crate::clock::Timestamp;

const REFRESH: Duration = Duration::from_secs(3600);
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);
/// How long a sign-in waits for newer keys.
const PATIENCE: Duration = Duration::from_secs(15);

/// The last good state, and the requests for newer keys.
pub(super) struct Refresher {
    state: watch::Sender<State>,
    /// How many requests there have been.
    asked: AtomicU64,
    /// When the latest was made.
    asked_at: AtomicU64,
    wake: Notify,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    /// The requests up to this number were answered by a fetch that began after them, or by the throttle.
    answered: u64,
}

impl Default for Refresher {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(State::default()),
            asked: AtomicU64::new(0),
            asked_at: AtomicU64::new(0),
            wake: Notify::new(),
        }
    }
}

impl Refresher {
    pub(super) fn known(&self) -> Option<Known> {
        self.state.borrow().known.clone()
    }

    /// The keys after a fetch that began after this call; any number of callers share one fetch. They are the
    /// old ones if the throttle forbids it or the provider fails. `None` if that takes too long.
    pub(super) async fn newer_keys(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        let mut updates = self.state.subscribe();
        self.asked_at.fetch_max(now.0, Ordering::Relaxed);
        let mine = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        self.wake.notify_one();
        let answered = updates.wait_for(|state| state.answered >= mine);
        let state = tokio::time::timeout(PATIENCE, answered).await.ok()?.ok()?;
        state.known.as_ref().map(|known| known.keys.clone())
    }

    /// Runs for ever.
    pub(super) async fn run(&self, backchannel: &Backchannel, issuer: &str, has_secret: bool) {
        let mut throttle = Throttle::default();
        let mut failures = 0;
        loop {
            let covers = self.asked.load(Ordering::Acquire);
            let wait = match discover(backchannel, issuer, has_secret).await {
                Ok(known) => {
                    tracing::info!(keys = known.keys.len(), "the identity provider was discovered");
                    self.publish(Some(known), covers);
                    failures = 0;
                    REFRESH
                }
                Err(error) => {
                    failures += 1;
                    let wait = backoff(failures);
                    tracing::warn!(%error, retry_in = wait.as_secs(), "the identity provider is not available");
                    wait
                }
            };
            self.answer_for(wait, &mut throttle, backchannel).await;
        }
    }

    /// Answers requests for newer keys until it is time to discover again.
    async fn answer_for(&self, wait: Duration, throttle: &mut Throttle, backchannel: &Backchannel) {
        let over = tokio::time::sleep(wait);
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return,
                () = self.wake.notified() => self.answer(throttle, backchannel).await,
            }
        }
    }

    async fn answer(&self, throttle: &mut Throttle, backchannel: &Backchannel) {
        let covers = self.asked.load(Ordering::Acquire);
        let Some(known) = self.known().filter(|_| self.state.borrow().answered < covers) else { return };
        if !throttle.allows(Timestamp(self.asked_at.load(Ordering::Relaxed))) {
            tracing::warn!("the provider's keys were asked for too often: not fetched again");
            return self.publish(None, covers);
        }
        match discovery::fetch_keys(backchannel, &known.endpoints).await {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "the provider's keys were fetched again");
                self.publish(Some(Known { keys: Arc::new(keys), ..known }), covers);
            }
            Err(error) => {
                tracing::warn!(%error, "the provider's keys could not be fetched again");
                self.publish(None, covers);
            }
        }
    }

    fn publish(&self, known: Option<Known>, covers: u64) {
        self.state.send_modify(|state| {
            state.answered = covers;
            if known.is_some() {
                state.known = known;
            }
        });
    }
}

async fn discover(
    backchannel: &Backchannel,
    issuer: &str,
    has_secret: bool,
) -> Result<Known, DiscoveryError> {
    let endpoints = discovery::discover(backchannel, issuer, has_secret).await?;
    let keys = discovery::fetch_keys(backchannel, &endpoints).await?;
    if keys.skipped > 0 || keys.is_empty() {
        tracing::warn!(usable = keys.len(), skipped = keys.skipped, "some keys are not understood");
    }
    Ok(Known { endpoints: Arc::new(endpoints), keys: Arc::new(keys) })
}

/// 1 s, 2 s, 4 s, … 60 s.
fn backoff(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.saturating_sub(1).min(6)).min(LONGEST_BACKOFF)
}

/// One fetch every 10 seconds in the long run, and four at once: a provider may rotate its keys twice in a
/// row, but one whose tokens never fit its keys must not be asked for them at every sign-in.
struct Throttle {
    left: u64,
    since: Timestamp,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { left: Self::BURST, since: Timestamp::default() }
    }
}

impl Throttle {
    const BURST: u64 = 4;
    const INTERVAL: Duration = Duration::from_secs(10);

    fn allows(&mut self, now: Timestamp) -> bool {
        let interval = Self::INTERVAL.as_millis() as u64;
        let earned = now.0.saturating_sub(self.since.0) / interval;
        if self.left.saturating_add(earned) >= Self::BURST {
            (self.left, self.since) = (Self::BURST, now);
        } else {
            self.left += earned;
            self.since = Timestamp(self.since.0 + earned * interval);
        }
        let allowed = self.left > 0;
        self.left -= u64::from(allowed);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_grows_to_a_minute_and_stays() {
        let waits: Vec<_> = [1, 2, 3, 6, 7, 8, 1000].map(|n| backoff(n).as_secs()).into();
        assert_eq!(waits, [1, 2, 4, 32, 60, 60, 60]);
    }

    #[test]
    fn a_burst_of_four_then_one_every_ten_seconds() {
        let mut throttle = Throttle::default();
        let start: u64 = 1_700_000_000_000;
        let mut allowed = |ms| throttle.allows(Timestamp(start + ms));
        assert_eq!([0, 1, 2, 3, 4, 9_000].map(&mut allowed), [true, true, true, true, false, false]);
        assert_eq!([10_000, 10_001, 19_999, 20_000].map(&mut allowed), [true, false, false, true]);
        assert_eq!([500_000; 5].map(&mut allowed), [true, true, true, true, false]);
    }

    #[test]
    fn a_clock_that_jumps_back_opens_nothing() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            throttle.allows(Timestamp(1_700_000_000_000));
        }
        assert!(!throttle.allows(Timestamp(1_600_000_000_000)));
    }
}
