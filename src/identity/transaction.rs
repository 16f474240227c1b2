//! A sign-in under way: the PKCE verifier and the page to return to, kept in this tab under the flow's
//! `state`. Taken out once, within ten minutes, or not at all.

use std::fmt;

use lanyard_contract::paths::LocalPath;

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

impl Transaction {
    /// Three words: none of them can hold a space.
    pub fn encode(&self) -> String {
        [self.started.to_string().as_str(), self.return_to.as_str(), &self.verifier].join(" ")
    }

    /// Reads what was kept. The path is validated again: storage is not where trust comes from.
    pub fn decode(kept: &str) -> Option<Self> {
        let mut words = kept.splitn(3, ' ');
        Some(Self {
            started: words.next()?.parse().ok()?,
            return_to: LocalPath::parse(words.next()?).ok()?,
            verifier: words.next()?.to_owned(),
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
    key(state).is_some_and(|key| storage::put(&key, &transaction.encode()))
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
        assert_eq!(Transaction::decode(&transaction().encode()), Some(transaction()));
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
        for path in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", ""] {
            let kept = format!("1000 {path} v");
            assert_eq!(Transaction::decode(&kept), None, "{path}");
        }
        for kept in ["", "1000", "1000 /", "x / v", "-1 / v"] {
            assert_eq!(Transaction::decode(kept), None, "{kept}");
        }
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
