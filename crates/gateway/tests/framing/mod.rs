//! A message over a bare connection, in the session of somebody who is signed in, and what becomes of it. For the
//! tests of messages with two readings.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::time::Duration;

use lanyard_testbed::{Person, Site, Stage, StageOptions, person::ADA};

/// How long a connection must stay open to count as open.
pub const QUIET: Duration = Duration::from_millis(150);
/// How long is waited for what must come.
pub const PATIENT: Duration = Duration::from_secs(5);

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

pub struct Attack {
    pub stage: Stage,
    pub rec: Site,
    cookie: String,
}

/// What may become of a message.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// Refused with this status, for this reason, and the connection ends.
    Refused(u16, &'static str),
    /// The connection ends without an answer; counted all the same.
    Dropped(&'static str),
    /// Served, with this body as the app gets it.
    Served(&'static [u8]),
    /// Served, and the connection ends.
    ServedLast(&'static [u8]),
}
pub use Fate::{Dropped, Refused, Served, ServedLast};

impl Attack {
    pub async fn prepare() -> Self {
        let stage = Stage::start(options()).await;
        let ada = Person::sign_in(&stage, ADA).await;
        let cookie = ada.enter(&stage, "rec").await;
        Self { rec: stage.dashboard("rec"), stage, cookie }
    }

    /// The lines that every request of Ada's page has.
    pub fn lines(&self) -> String {
        let (host, origin, cookie) = (&self.rec.host, self.rec.origin(), &self.cookie);
        format!("Host: {host}\r\nOrigin: {origin}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n")
    }

    /// What would be smuggled: a whole request that would be served.
    pub fn inner(&self) -> String {
        format!("GET /inner HTTP/1.1\r\n{}\r\n", self.lines())
    }

    /// Sends bytes and compares their fate.
    pub async fn meets(&self, case: &str, bytes: &[u8], fate: Fate) {
        let recorder = self.stage.recorder("rec");
        let before = recorder.seen().len();
        let reason = match fate {
            Refused(_, reason) | Dropped(reason) => reason,
            _ => "",
        };
        let refusals = self.stage.admin().refusals(reason).await;
        let mut exchange = self.rec.raw(bytes).await;
        let quiet = if matches!(fate, Served(_)) { QUIET } else { PATIENT };
        let (answers, closed) = exchange.answers(quiet).await;
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        let everything: String = answers.iter().map(|answer| answer.everything()).collect();
        let reached: Vec<_> = recorder.seen().split_off(before);
        let targets: Vec<_> = reached.iter().map(|seen| seen.target.as_str()).collect();
        match fate {
            Refused(status, _) => {
                assert_eq!(statuses, [status], "{case}:\n{everything}");
                assert!(!answers[0].text().trim().is_empty(), "{case} gets a sentence:\n{everything}");
                assert!(targets.is_empty(), "{case} reached the app: {targets:?}");
            }
            Dropped(_) => assert!(statuses.is_empty() && targets.is_empty(), "{case}:\n{everything}"),
            Served(body) | ServedLast(body) => {
                assert_eq!(
                    (&statuses[..], &targets[..]),
                    (&[200][..], &["/outer"][..]),
                    "{case}:\n{everything}"
                );
                assert_eq!(reached[0].body, body, "{case}");
            }
        }
        assert_eq!(closed, !matches!(fate, Served(_)), "{case} leaves the connection in this state");
        if !reason.is_empty() {
            self.stage.admin().has_refused(reason, refusals + 1).await;
        }
        assert_eq!(recorder.violations(), Vec::<String>::new(), "{case}");
    }

    /// A POST with these lines, and what follows the head.
    pub fn post(&self, lines: &str, rest: &str) -> Vec<u8> {
        format!("POST /outer HTTP/1.1\r\n{}{lines}\r\n\r\n{rest}", self.lines()).into_bytes()
    }
}

pub const NONE: &[u8] = b"";
pub const HELLO: &[u8] = b"hello";
pub const CHUNKED: &[u8] = b"5\r\nhello\r\n0\r\n\r\n";
