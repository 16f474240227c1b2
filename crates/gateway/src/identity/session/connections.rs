//! Every open connection, under its session and dashboard, so that ending a session ends them too.
//! A connection is registered first and its right decided second: what ends in between is not missed.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
};

use dashmap::DashMap;
use lanyard_contract::DashboardId;
use tokio::sync::Notify;

use super::SessionId;

/// Why an open connection is closed. The numbers are WebSocket close codes (RFC 6455, section 7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Ending {
    /// The gateway is shutting down.
    GoingAway = 1001,
    SessionOver = 4401,
    NotAllowed = 4403,
    /// Still allowed, but what the app was told about the viewer is no longer true.
    Changed = 4409,
}

impl Ending {
    pub fn code(self) -> u16 {
        self as u16
    }

    /// The close frame's reason: at most 123 bytes.
    pub fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "the gateway is restarting",
            Self::SessionOver => "the session is over",
            Self::NotAllowed => "no longer allowed",
            Self::Changed => "what the app knew about the viewer has changed",
        }
    }

    fn from_code(code: u16) -> Option<Self> {
        [Self::GoingAway, Self::SessionOver, Self::NotAllowed, Self::Changed]
            .into_iter()
            .find(|e| e.code() == code)
    }
}

/// What a connection waits on.
#[derive(Default)]
struct Signal {
    /// 0 while the connection may stay open.
    code: AtomicU16,
    notify: Notify,
}

impl Signal {
    fn end(&self, ending: Ending) {
        if self.code.compare_exchange(0, ending.code(), Ordering::AcqRel, Ordering::Acquire).is_ok() {
            self.notify.notify_waiters();
        }
    }
}

type Entries = HashMap<u64, (DashboardId, Arc<Signal>)>;

/// All open connections of this process.
#[derive(Default)]
pub struct Connections {
    /// `None` holds the connections of public dashboards.
    by_session: DashMap<Option<SessionId>, Entries>,
    next: AtomicU64,
}

impl Connections {
    /// Registers a connection. It leaves the register when the answer is dropped.
    pub fn register(self: &Arc<Self>, session: Option<SessionId>, dashboard: DashboardId) -> Connection {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let signal = Arc::new(Signal::default());
        self.by_session.entry(session).or_default().insert(number, (dashboard, signal.clone()));
        Connection { all: self.clone(), session, number, signal }
    }

    /// Ends every connection of a session.
    pub fn end_session(&self, session: SessionId, ending: Ending) {
        if let Some(entries) = self.by_session.get(&Some(session)) {
            entries.values().for_each(|(_, signal)| signal.end(ending));
        }
    }

    /// Ends every connection there is.
    pub fn end_all(&self, ending: Ending) {
        for entries in &self.by_session {
            entries.values().for_each(|(_, signal)| signal.end(ending));
        }
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.by_session.iter().map(|entries| entries.len()).sum()
    }
}

/// One registered connection.
pub struct Connection {
    all: Arc<Connections>,
    session: Option<SessionId>,
    number: u64,
    signal: Arc<Signal>,
}

impl Connection {
    /// Why this connection must close, if it must.
    pub fn ending(&self) -> Option<Ending> {
        Ending::from_code(self.signal.code.load(Ordering::Acquire))
    }

    /// Waits until it must.
    pub async fn ended(&self) -> Ending {
        loop {
            let notified = self.signal.notify.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if let Some(ending) = self.ending() {
                return ending;
            }
            notified.await;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(mut entries) = self.all.by_session.get_mut(&self.session) {
            entries.remove(&self.number);
        }
        self.all.by_session.remove_if(&self.session, |_, entries| entries.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Digest256;

    #[tokio::test]
    async fn ending_a_session_reaches_its_connections_and_no_others() {
        let all = Arc::new(Connections::default());
        let [one, two] = [1, 2].map(|n| SessionId(Digest256([n; 32])));
        let dashboard: DashboardId = "finance".parse().expect("an id");
        let mine = all.register(Some(one), dashboard.clone());
        let other = all.register(Some(two), dashboard);
        all.end_session(one, Ending::SessionOver);
        assert_eq!(mine.ended().await, Ending::SessionOver);
        assert_eq!(other.ending(), None);
        drop(mine);
        assert_eq!(all.count(), 1);
    }
}
