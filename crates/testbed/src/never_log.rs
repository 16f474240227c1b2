//! Every secret that a run hands out, and the search for them in everything that the run wrote down.

use std::{fmt, sync::Mutex};

/// Shorter values say nothing when they are found.
const SHORTEST: usize = 12;

/// What was issued so far. Its Debug names kinds, never values.
#[derive(Default)]
pub struct NeverLog(Mutex<Vec<(&'static str, String)>>);

impl NeverLog {
    /// Remembers a secret of this kind.
    pub fn note(&self, kind: &'static str, value: &str) {
        let mut all = self.0.lock().expect("not poisoned");
        if value.len() >= SHORTEST && !all.iter().any(|(_, known)| known == value) {
            all.push((kind, value.into()));
        }
    }

    /// How many of a kind were issued.
    pub fn count(&self, kind: &str) -> usize {
        self.0.lock().expect("not poisoned").iter().filter(|(of, _)| *of == kind).count()
    }

    /// The kinds of secrets that a text contains, with the line that does.
    pub fn found_in(&self, text: &str) -> Vec<String> {
        let all = self.0.lock().expect("not poisoned");
        let mut found = Vec::new();
        for (kind, value) in all.iter() {
            if let Some(line) = text.lines().find(|line| line.contains(value.as_str())) {
                found.push(format!("a {kind} in: {}", line.replace(value.as_str(), "<here>")));
            }
        }
        found
    }
}

impl fmt::Debug for NeverLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.0.lock().expect("not poisoned").iter().map(|(kind, _)| *kind).collect();
        f.debug_tuple("NeverLog").field(&kinds).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_text_is_found_and_not_repeated() {
        let secrets = NeverLog::default();
        secrets.note("ticket", "dGlja2V0LXRpY2tldA");
        let found = secrets.found_in("first\nGET /?ticket=dGlja2V0LXRpY2tldA HTTP/1.1\n");
        assert_eq!(found, ["a ticket in: GET /?ticket=<here> HTTP/1.1"]);
        assert!(secrets.found_in("nothing here").is_empty());
        assert!(!format!("{secrets:?}").contains("dGlja2V0"));
    }
}
