//! An idle limit without a clock: four ticks in a row during which nothing moved. It fires between once and
//! one and a quarter times the limit, and costs nothing for each byte that moves.

use std::{
    future::Future as _,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Sleep, sleep};

const TICKS: u8 = 4;
/// Longer limits are none.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

pub(super) struct Idle {
    tick: Duration,
    quiet: u8,
    sleep: Pin<Box<Sleep>>,
}

impl Idle {
    pub fn new(limit: Duration) -> Self {
        let tick = limit.min(LONGEST) / u32::from(TICKS);
        Self { tick, quiet: 0, sleep: Box::pin(sleep(tick)) }
    }

    /// Something moved.
    pub fn touch(&mut self) {
        self.quiet = 0;
    }

    /// Ready when nothing has moved for the limit.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.sleep.as_mut().poll(cx));
            self.quiet += 1;
            // The tick that was running when something moved was no whole one.
            if self.quiet > TICKS {
                return Poll::Ready(());
            }
            let next = self.sleep.deadline() + self.tick;
            self.sleep.as_mut().reset(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn it_fires_when_nothing_moves_and_not_while_something_does() {
        let limit = Duration::from_millis(400);
        let mut idle = Idle::new(limit);
        for _ in 0..6 {
            let moved = tokio::time::timeout(limit / 2, poll_fn(|cx| idle.poll(cx))).await;
            assert!(moved.is_err(), "fired while something moved");
            idle.touch();
        }
        let quiet = tokio::time::timeout(limit * 20, poll_fn(|cx| idle.poll(cx))).await;
        assert!(quiet.is_ok(), "did not fire");
    }
}
