//! Tickets in this process's memory: thirty seconds, one use, bounded in number.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use dashmap::DashMap;

use super::store::{Answer, Full, Ticket, Tickets};
use crate::{clock::Timestamp, random::Digest256};

/// How long a ticket opens its frame.
pub const LIFETIME: Duration = Duration::from_secs(30);

/// Tickets kept at a time, used ones included until they expire.
const TOTAL: usize = 100_000;

/// All live tickets of one process.
#[derive(Default)]
pub struct MemoryTickets {
    live: DashMap<Digest256, Ticket>,
    /// In the order they were put, which is the order in which they expire.
    by_expiry: Mutex<VecDeque<(Timestamp, Digest256)>>,
}

impl MemoryTickets {
    fn put_now(&self, digest: Digest256, ticket: Ticket, now: Timestamp) -> Result<(), Full> {
        let mut queue = self.by_expiry.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((_, expired)) = queue.pop_front_if(|(expires, _)| *expires <= now) {
            self.live.remove(&expired);
        }
        if queue.len() >= TOTAL {
            return Err(Full);
        }
        queue.push_back((ticket.expires, digest));
        self.live.insert(digest, ticket);
        Ok(())
    }
}

impl Tickets for MemoryTickets {
    fn put(&self, digest: Digest256, ticket: Ticket, now: Timestamp) -> Answer<'_, Result<(), Full>> {
        let kept = self.put_now(digest, ticket, now);
        Box::pin(std::future::ready(kept))
    }

    fn take(&self, digest: Digest256, now: Timestamp) -> Answer<'_, Option<Ticket>> {
        let taken = self.live.remove(&digest).map(|(_, ticket)| ticket).filter(|ticket| now < ticket.expires);
        Box::pin(std::future::ready(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::session::SessionId;

    fn ticket(expires: u64) -> Ticket {
        let dashboard = "finance".parse().expect("an id in a test");
        Ticket { session: SessionId(Digest256([1; 32])), dashboard, expires: Timestamp(expires) }
    }

    #[tokio::test]
    async fn a_ticket_is_taken_once_and_in_time() {
        let tickets = MemoryTickets::default();
        let digest = Digest256([9; 32]);
        assert!(tickets.put(digest, ticket(100), Timestamp(0)).await.is_ok());
        assert_eq!(tickets.take(digest, Timestamp(99)).await, Some(ticket(100)));
        assert_eq!(tickets.take(digest, Timestamp(99)).await, None);
        assert!(tickets.put(digest, ticket(100), Timestamp(0)).await.is_ok());
        assert_eq!(tickets.take(digest, Timestamp(100)).await, None);
    }

    #[tokio::test]
    async fn expired_tickets_leave_the_memory() {
        let tickets = MemoryTickets::default();
        for number in 0..10 {
            assert!(tickets.put(Digest256([number; 32]), ticket(100), Timestamp(0)).await.is_ok());
        }
        assert!(tickets.put(Digest256([99; 32]), ticket(300), Timestamp(200)).await.is_ok());
        assert_eq!(tickets.live.len(), 1);
    }
}
