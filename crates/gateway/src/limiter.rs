//! Token buckets in a table of fixed size: however many callers there are, the memory is the same.
//! Callers that fall into one bucket share it: one attacker slows down 1/4096 of the others, and an attacker
//! with thousands of networks all of them, which no table of any size would stop.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, PoisonError},
};

use crate::clock::Timestamp;

const BUCKETS: usize = 4096;

#[derive(Clone, Copy)]
struct Bucket {
    /// In thousandths of a call.
    tokens: u64,
    filled: Timestamp,
}

/// So many calls a minute for each key, and as many at once.
pub struct Limiter {
    per_minute: u64,
    /// Keyed with randomness of this process, so that nobody can choose whom they share a bucket with.
    hasher: RandomState,
    buckets: Vec<Mutex<Bucket>>,
}

impl Limiter {
    pub fn new(per_minute: u32) -> Self {
        let full = Bucket { tokens: u64::from(per_minute) * 1000, filled: Timestamp(0) };
        let buckets = (0..BUCKETS).map(|_| Mutex::new(full)).collect();
        Self { per_minute: per_minute.into(), hasher: RandomState::new(), buckets }
    }

    /// Whether one more call may pass now.
    pub fn admit(&self, key: &impl Hash, now: Timestamp) -> bool {
        let at = self.hasher.hash_one(key) as usize % BUCKETS;
        let Some(bucket) = self.buckets.get(at) else { return false };
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = now.0.saturating_sub(bucket.filled.0);
        // A call costs 1000; a minute of 60 000 ms brings 1000 a call.
        let gained = elapsed.saturating_mul(self.per_minute) / 60;
        if gained > 0 {
            bucket.tokens = bucket.tokens.saturating_add(gained).min(self.per_minute * 1000);
            bucket.filled = now;
        }
        let admitted = bucket.tokens >= 1000;
        if admitted {
            bucket.tokens -= 1000;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_a_minute_then_one_at_a_time() {
        let limiter = Limiter::new(60);
        let start = Timestamp(1_000_000);
        assert_eq!((0..100).filter(|_| limiter.admit(&1, start)).count(), 60);
        assert!(!limiter.admit(&1, Timestamp(start.0 + 900)));
        assert!(limiter.admit(&1, Timestamp(start.0 + 1_900)));
        assert_eq!((0..100).filter(|_| limiter.admit(&1, Timestamp(start.0 + 600_000))).count(), 60);
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let limiter = Limiter::new(1);
        assert!(limiter.admit(&1, Timestamp(60_000)));
        assert!(!limiter.admit(&1, Timestamp(0)));
    }

    #[test]
    fn callers_do_not_pay_for_each_other() {
        let limiter = Limiter::new(1);
        let admitted = (0..100).filter(|caller| limiter.admit(caller, Timestamp(60_000))).count();
        assert!(admitted > 90, "{admitted}");
    }
}
