//! Who has left by themselves, and from which session: a proxy in front that still vouches for them must not bring
//! them back unasked. Holds digests only, and nothing that opens anything.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::SessionId;
use crate::identity::Person;

/// So many are remembered: the last ones.
const MOST: usize = 4096;

#[derive(Default)]
pub struct Departed(Mutex<VecDeque<(SessionId, [u8; 32])>>);

impl Departed {
    pub fn note(&self, id: SessionId, person: &Person) {
        let mut all = self.all();
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back((id, fingerprint(person)));
    }

    /// Whether this person has ended this session.
    pub fn contains(&self, id: SessionId, person: &Person) -> bool {
        self.all().contains(&(id, fingerprint(person)))
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<(SessionId, [u8; 32])>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fingerprint(person: &Person) -> [u8; 32] {
    person.fingerprint("departed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Digest256;

    fn person(subject: &str) -> Person {
        Person {
            issuer: "trusted-headers".into(),
            subject: subject.into(),
            name: None,
            preferred_username: None,
            email: None,
            email_verified: false,
            groups: Vec::new(),
        }
    }

    #[test]
    fn the_last_ones_are_known_each_by_session_and_person() {
        let departed = Departed::default();
        let id = |nth: usize| SessionId(Digest256::of(&nth.to_be_bytes()));
        let (carla, other) = (person("carla"), person("dov"));
        (0..=MOST).for_each(|nth| departed.note(id(nth), &carla));
        assert!(!departed.contains(id(0), &carla) && departed.contains(id(1), &carla));
        assert!(departed.contains(id(MOST), &carla) && !departed.contains(id(MOST), &other));
    }
}
