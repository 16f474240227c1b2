//! What is kept of one person, as marks: short hashes, salted with the person's key, of what they chose. Who
//! does not know the key reads nothing from them, and they are understood only by hashing what may be meant.

use sha2::{Digest, Sha256};

/// Dashboards opened last.
const RECENTS: usize = 8;

/// Choices: the oldest go, so that sections long gone do not pile up.
const CHOICES: usize = 100;

/// Bytes of a hash: enough that no two sections of a portal share one.
const BYTES: usize = 9;

/// Between the choices and what was opened last.
const THEN: char = '|';

/// Makes the marks of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salt(String);

impl Salt {
    pub fn new(key: &str) -> Self {
        Self(key.to_owned())
    }

    /// `kind` keeps a section from being taken for a dashboard of the same name.
    pub fn mark(&self, kind: &str, word: &str) -> String {
        let mut hash = Sha256::new();
        for part in [self.0.as_str(), kind, word] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or_default();
        let hash = hash.finalize();
        hash.iter().take(BYTES).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    choices: Vec<String>,
    /// The youngest first.
    recents: Vec<String>,
}

impl Marks {
    pub fn has(&self, mark: &str) -> bool {
        self.choices.iter().any(|known| known == mark)
    }

    pub fn set(&mut self, mark: String, on: bool) {
        self.choices.retain(|known| *known != mark);
        if on {
            self.choices.push(mark);
        }
        let surplus = self.choices.len().saturating_sub(CHOICES);
        self.choices.drain(..surplus);
    }

    pub fn recents(&self) -> &[String] {
        &self.recents
    }

    pub fn opened(&mut self, mark: String) {
        self.recents.retain(|known| *known != mark);
        self.recents.insert(0, mark);
        self.recents.truncate(RECENTS);
    }

    pub fn encode(&self) -> String {
        [&self.choices.join(" "), "|", &self.recents.join(" ")].concat()
    }

    /// Whatever else stands there is nothing.
    pub fn decode(kept: &str) -> Self {
        let (choices, recents) = kept.split_once(THEN).unwrap_or_default();
        Self { choices: read(choices, CHOICES), recents: read(recents, RECENTS) }
    }
}

fn read(marks: &str, most: usize) -> Vec<String> {
    let is_mark = |mark: &&str| mark.len() == BYTES * 2 && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
    marks.split(' ').filter(is_mark).take(most).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_one_person_one_kind_and_one_word() {
        let ada = Salt::new("a");
        assert_eq!(ada.mark("closed", "KPI"), ada.mark("closed", "KPI"));
        for other in [
            ada.mark("closed", "KPIs"),
            ada.mark("recent", "KPI"),
            Salt::new("b").mark("closed", "KPI"),
            // Not the same bytes one after the other.
            Salt::new("ac").mark("losed", "KPI"),
        ] {
            assert_ne!(ada.mark("closed", "KPI"), other);
        }
        assert!(!ada.mark("closed", "KPI").to_lowercase().contains("kpi"));
    }

    #[test]
    fn what_is_kept_is_read_again_and_bounded() {
        let salt = Salt::new("a");
        let mut marks = Marks::default();
        for n in 0..CHOICES + 5 {
            marks.set(salt.mark("closed", &n.to_string()), true);
            marks.opened(salt.mark("recent", &n.to_string()));
        }
        marks.opened(salt.mark("recent", "100"));
        assert_eq!(Marks::decode(&marks.encode()), marks);
        assert_eq!((marks.choices.len(), marks.recents.len()), (CHOICES, RECENTS));
        assert_eq!(marks.recents[0], salt.mark("recent", "100"));
        assert!(!marks.has(&salt.mark("closed", "4")) && marks.has(&salt.mark("closed", "5")));
        marks.set(salt.mark("closed", "5"), false);
        assert!(!marks.has(&salt.mark("closed", "5")));
    }

    #[test]
    fn what_somebody_else_wrote_there_is_nothing() {
        for kept in ["", "|", "null", "finance|finance", "{}|[]", "||||", "zz0000000000000000|é"] {
            assert_eq!(Marks::decode(kept), Marks::default(), "{kept}");
        }
    }
}
