//! Every secret that a run hands out, and the search for them in everything that the run wrote down.

use std::{collections::HashMap, fmt, sync::Mutex};

/// Shorter values say nothing when they are found. Longer ones are looked up by as many of their first bytes,
/// so that a long text is read once, however many secrets there are.
const SHORTEST: usize = 12;

type Start = [u8; SHORTEST];

/// What was issued so far. Its Debug names kinds, never values.
#[derive(Default)]
pub struct NeverLog(Mutex<HashMap<Start, Vec<(&'static str, String)>>>);

impl NeverLog {
    /// Remembers a secret of this kind.
    pub fn note(&self, kind: &'static str, value: &str) {
        let Some(start) = value.as_bytes().first_chunk::<SHORTEST>() else { return };
        let mut all = self.0.lock().expect("not poisoned");
        let alike = all.entry(*start).or_default();
        if !alike.iter().any(|(_, known)| known == value) {
            alike.push((kind, value.into()));
        }
    }

    /// How many of a kind were issued.
    pub fn count(&self, kind: &str) -> usize {
        self.0.lock().expect("not poisoned").values().flatten().filter(|(of, _)| *of == kind).count()
    }

    /// The kinds of secrets that a text contains, with the line that does.
    pub fn found_in(&self, text: &str) -> Vec<String> {
        let all = self.0.lock().expect("not poisoned");
        let mut found = Vec::new();
        for line in text.lines() {
            for (at, start) in line.as_bytes().windows(SHORTEST).enumerate() {
                let alike = <&Start>::try_from(start).ok().and_then(|start| all.get(start));
                for (kind, value) in alike.into_iter().flatten() {
                    if line.as_bytes()[at..].starts_with(value.as_bytes()) {
                        found.push(format!("a {kind} in: {}", line.replace(value.as_str(), "<here>")));
                    }
                }
            }
        }
        found
    }
}

impl fmt::Debug for NeverLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> =
            self.0.lock().expect("not poisoned").values().flatten().map(|(kind, _)| *kind).collect();
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
