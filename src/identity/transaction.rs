//! A sign-in under way: the PKCE verifier and the page to return to, kept in this tab under the flow's
//! `state`. Taken out once, within ten minutes, or not at all.

use std::fmt;

use lanyard_contract::paths::LocalPath;
use serde::{Deserialize, Serialize};

use super::storage;

/// How long a person has at the provider, in seconds. The gateway's sign-in cookie lives as long.
pub const LIFETIME: u64 = 600;

const PREFIX: &str = "lanyard.sign-in.";

/// Longer than any `state` that is made here.
const LONGEST_STATE: usize = 128;

#[derive(Clone, PartialEq, Eq)]
pub struct Transaction {
    pub verifier: String,
    pub return_to: LocalPath,
    /// Seconds since 1970-01-01 UTC.
    pub started: u64,
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("return_to", &self.return_to)
            .field("started", &self.started)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    verifier: String,
    return_to: String,
    started: u64,
}

impl Transaction {
    pub fn encode(&self) -> Option<String> {
        let stored = Stored {
            verifier: self.verifier.clone(),
            return_to: self.return_to.as_str().to_owned(),
            started: self.started,
        };
        serde_json::to_string(&stored).ok()
    }

    /// Reads what was kept. The path is validated again: storage is not where trust comes from.
    pub fn decode(kept: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(kept).ok()?;
        Some(Self {
            verifier: stored.verifier,
            return_to: LocalPath::parse(&stored.return_to).ok()?,
            started: stored.started,
        })
    }

    /// A transaction from the future has been tampered with, or the clock has.
    pub fn is_live(&self, now: u64) -> bool {
        (self.started..self.started.saturating_add(LIFETIME)).contains(&now)
    }
}

/// The key of a `state`, or `None` for what no flow of ours ever had as one.
fn key(state: &str) -> Option<String> {
    let plausible = !state.is_empty()
        && state.len() <= LONGEST_STATE
        && state.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    plausible.then(|| [PREFIX, state].concat())
}

/// Keeps a transaction under its state and drops those that nobody can use any more.
pub fn keep(state: &str, transaction: &Transaction) -> bool {
    for stale in storage::keys(PREFIX) {
        let live = storage::get(&stale).and_then(|kept| Transaction::decode(&kept));
        if !live.is_some_and(|kept| kept.is_live(transaction.started)) {
            storage::take(&stale);
        }
    }
    match (key(state), transaction.encode()) {
        (Some(key), Some(kept)) => storage::put(&key, &kept),
        _ => false,
    }
}

/// Takes the live transaction of a state out of storage. Whatever was there is gone afterwards.
pub fn take(state: &str, now: u64) -> Option<Transaction> {
    Transaction::decode(&storage::take(&key(state)?)?).filter(|kept| kept.is_live(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction() -> Transaction {
        Transaction {
            verifier: "v".into(),
            return_to: LocalPath::parse("/d/finance/q3?year=2026").expect("a local path"),
            started: 1_000,
        }
    }

    #[test]
    fn what_is_kept_is_what_comes_back() {
        let kept = transaction().encode().expect("JSON");
        assert_eq!(Transaction::decode(&kept), Some(transaction()));
    }

    #[test]
    fn a_transaction_lives_ten_minutes() {
        assert!(transaction().is_live(1_000));
        assert!(transaction().is_live(1_599));
        assert!(!transaction().is_live(1_600));
        assert!(!transaction().is_live(999));
    }

    #[test]
    fn a_return_path_that_leaves_the_portal_is_no_transaction() {
        for path in ["//evil.example", "https://evil.example", "/\\\\evil.example", "javascript:alert(1)", ""]
        {
            let kept = format!(r#"{{"verifier":"v","return_to":"{path}","started":1000}}"#);
            assert_eq!(Transaction::decode(&kept), None, "{path}");
        }
        assert_eq!(Transaction::decode("{}"), None);
    }

    #[test]
    fn only_what_looks_like_a_state_is_looked_up() {
        assert!(key("Zm9v_-0").is_some());
        for state in ["", "a b", "a/b", "ä", &"x".repeat(129)] {
            assert_eq!(key(state), None, "{state}");
        }
    }

    #[test]
    fn the_verifier_is_not_printed() {
        let transaction = Transaction { verifier: "a-secret".into(), ..transaction() };
        assert!(!format!("{transaction:?}").contains("a-secret"));
    }
}
