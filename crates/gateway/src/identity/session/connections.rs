//! Every open connection, under its session and dashboard, so that ending a session ends them too.
//! A connection is registered first and its right decided second: what ends in between is not missed.
//! Of a session's WebSockets it remembers at which dashboards the last one was cut off, and no more.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
};

use dashmap::DashMap;
use lanyard_contract::{DashboardId, wire::SocketState};
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
    fn is_over(&self) -> bool {
        self.code.load(Ordering::Acquire) != 0
    }

    fn end(&self, ending: Ending) {
        if self.code.compare_exchange(0, ending.code(), Ordering::AcqRel, Ordering::Acquire).is_ok() {
            self.notify.notify_waiters();
        }
    }
}

struct Entry {
    dashboard: DashboardId,
    signal: Arc<Signal>,
    /// Whether it is a WebSocket that the browser knows to be open.
    socket: bool,
}

/// The connections of one session.
#[derive(Default)]
struct Lines {
    open: HashMap<u64, Entry>,
    /// Where the last WebSocket was cut off: never more than there are dashboards.
    cut: HashSet<DashboardId>,
}

impl Lines {
    fn end(&mut self, ending: Ending) {
        self.open.values().for_each(|entry| entry.signal.end(ending));
        self.cut.clear();
    }

    fn is_empty(&self) -> bool {
        self.open.is_empty() && self.cut.is_empty()
    }
}

/// All open connections of this process.
#[derive(Default)]
pub struct Connections {
    /// `None` holds the connections of public dashboards.
    by_session: DashMap<Option<SessionId>, Lines>,
    next: AtomicU64,
}

impl Connections {
    /// Registers a connection. It leaves the register when the answer is dropped.
    pub fn register(self: &Arc<Self>, session: Option<SessionId>, dashboard: DashboardId) -> Connection {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let signal = Arc::new(Signal::default());
        let entry = Entry { dashboard, signal: signal.clone(), socket: false };
        self.by_session.entry(session).or_default().open.insert(number, entry);
        Connection { all: self.clone(), session, number, signal }
    }

    /// Ends every connection of a session, and forgets how others ended.
    pub fn end_session(&self, session: SessionId, ending: Ending) {
        if let Some(mut lines) = self.by_session.get_mut(&Some(session)) {
            lines.end(ending);
        }
        self.let_go(Some(session));
    }

    /// Ends every connection there is.
    pub fn end_all(&self, ending: Ending) {
        for mut lines in self.by_session.iter_mut() {
            lines.end(ending);
        }
    }

    /// What became of the last WebSocket of a session to a dashboard.
    pub fn socket(&self, session: SessionId, dashboard: &DashboardId) -> SocketState {
        let Some(lines) = self.by_session.get(&Some(session)) else { return SocketState::None };
        let open = |entry: &Entry| entry.socket && entry.dashboard == *dashboard && !entry.signal.is_over();
        if lines.cut.contains(dashboard) {
            SocketState::Cut
        } else if lines.open.values().any(open) {
            SocketState::Open
        } else {
            SocketState::None
        }
    }

    /// A session begins anew at a dashboard: what was cut off there was of a page that is gone.
    pub fn enters(&self, session: SessionId, dashboard: &DashboardId) {
        if let Some(mut lines) = self.by_session.get_mut(&Some(session)) {
            lines.cut.remove(dashboard);
        }
        self.let_go(Some(session));
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.by_session.iter().map(|lines| lines.open.len()).sum()
    }

    fn let_go(&self, session: Option<SessionId>) {
        self.by_session.remove_if(&session, |_, lines| lines.is_empty());
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
    /// From now on it is an open WebSocket. Whatever was cut off before it no longer matters.
    pub fn opened(&self) {
        let Some(mut lines) = self.all.by_session.get_mut(&self.session) else { return };
        let Lines { open, cut } = &mut *lines;
        if let Some(entry) = open.get_mut(&self.number) {
            entry.socket = true;
            cut.remove(&entry.dashboard);
        }
    }

    /// Neither the page nor the gateway ended this WebSocket. Remembered unless a newer one is open, and never
    /// of nobody's session.
    pub fn cut(&self) {
        let Some(mut lines) = self.all.by_session.get_mut(&self.session) else { return };
        let Lines { open, cut } = &mut *lines;
        // A session that ends does so under the same lock, and leaves nothing behind.
        let (Some(_), false, Some(own)) = (self.session, self.signal.is_over(), open.get(&self.number))
        else {
            return;
        };
        let newer = |(number, entry): (&u64, &Entry)| {
            *number > self.number && entry.socket && entry.dashboard == own.dashboard
        };
        if own.socket && !open.iter().any(newer) {
            cut.insert(own.dashboard.clone());
        }
    }

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
        if let Some(mut lines) = self.all.by_session.get_mut(&self.session) {
            lines.open.remove(&self.number);
        }
        self.all.let_go(self.session);
    }
}

#[cfg(test)]
#[path = "connections_tests.rs"]
mod tests;
