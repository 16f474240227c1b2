//! The session as a context: what the gateway last said about who is looking, asked for again whenever
//! something may have changed. It only mirrors; the gateway's word is the only one that counts.

use lanyard_contract::{
    policy::Access,
    wire::{SessionAnswer, SignInRequest},
};
use leptos::prelude::*;

use super::storage;
use crate::{
    api::{self, ApiError},
    clock,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Not asked yet, or on the way out: nothing is drawn.
    Unknown,
    Known(SessionAnswer),
    Silent(ApiError),
}

/// That somebody was signed in here and no longer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Seconds since 1970-01-01 UTC.
    pub at: u64,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its absolute end came.
    Expired,
    OtherWindow,
    /// By the gateway, for reasons it keeps to itself.
    Unsaid,
}

/// What a new answer means for what is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Same,
    Ended,
    /// Nothing of the person before may stay.
    OtherPerson,
}

pub fn turn(before: Option<&SessionAnswer>, after: &SessionAnswer) -> Turn {
    match (before.and_then(|known| known.identity.as_ref()), &after.identity) {
        (Some(_), None) => Turn::Ended,
        (Some(old), Some(new)) if old.key != new.key => Turn::OtherPerson,
        _ => Turn::Same,
    }
}

/// The session as it is for nobody: what is public stays.
pub fn anonymous(session: &SessionAnswer) -> SessionAnswer {
    let public = session.dashboards.iter().filter(|known| known.access == Access::Public);
    SessionAnswer {
        identity: None,
        roles: Default::default(),
        dashboards: public.cloned().collect(),
        expires: None,
        vouched: false,
    }
}

/// What another window says so soon after an end, in seconds, is why it came.
const AT_ONCE: u64 = 10;

#[derive(Clone, Copy)]
pub struct Session {
    standing: RwSignal<Standing>,
    ended: RwSignal<Option<Ended>>,
    /// Questions asked so far, and the youngest one answered: an answer that was overtaken is dropped.
    asked: StoredValue<(u64, u64)>,
    last: StoredValue<u64>,
}

impl Session {
    pub fn new() -> Self {
        Self {
            standing: RwSignal::new(Standing::Unknown),
            ended: RwSignal::new(None),
            asked: StoredValue::new((0, 0)),
            last: StoredValue::new(0),
        }
    }

    /// A session that is known already.
    pub fn with(answer: SessionAnswer) -> Self {
        let session = Self::new();
        session.absorb(answer, Why::Unsaid);
        session
    }

    pub fn standing(self) -> Standing {
        self.standing.get()
    }

    pub fn ended(self) -> Option<Ended> {
        self.ended.get()
    }

    pub fn answer(self) -> Option<SessionAnswer> {
        self.standing.with(known)
    }

    pub fn answer_untracked(self) -> Option<SessionAnswer> {
        self.standing.with_untracked(known)
    }

    /// Which person this is, for everything that must not outlive them.
    pub fn person(self) -> Option<String> {
        self.standing.with(person)
    }

    pub fn person_untracked(self) -> Option<String> {
        self.standing.with_untracked(person)
    }

    /// Asks the gateway. When it does not answer, what was known stays on the screen.
    pub async fn refresh(self, why: Why) -> Result<(), ApiError> {
        let mut mine = 0;
        self.asked.update_value(|(asked, _)| {
            *asked += 1;
            mine = *asked;
        });
        self.last.set_value(clock::now());
        let mut answer = api::session().await;
        // A proxy in front names somebody: nothing is left to ask them.
        if answer.as_ref().is_ok_and(|answer| answer.vouched)
            && api::begin_sign_in(&SignInRequest::default()).await.is_ok()
        {
            answer = api::session().await;
        }
        // Overtaken, or the page that asked has gone.
        if self.asked.try_get_value().is_none_or(|(_, answered)| mine < answered) {
            return Ok(());
        }
        self.asked.update_value(|(_, answered)| *answered = mine);
        match answer {
            Ok(answer) => {
                self.absorb(answer, why);
                Ok(())
            }
            Err(error) => {
                if self.answer_untracked().is_none() {
                    self.standing.set(Standing::Silent(error.clone()));
                }
                Err(error)
            }
        }
    }

    /// Whether the gateway has been asked within so many seconds.
    pub fn asked_within(self, seconds: u64) -> bool {
        clock::now() < self.last.get_value().saturating_add(seconds)
    }

    pub fn absorb(self, answer: SessionAnswer, why: Why) {
        let before = self.answer_untracked();
        self.learn_why(&answer, why);
        match turn(before.as_ref(), &answer) {
            Turn::Ended => self.note_end(cause(before.as_ref(), why, clock::now())),
            Turn::OtherPerson => storage::clear(),
            Turn::Same => {}
        }
        if answer.identity.is_some() {
            self.ended.set(None);
        }
        if before.as_ref() != Some(&answer) {
            self.standing.set(Standing::Known(answer));
        }
    }

    /// Ends what is on the screen without the gateway's word: when it is out of reach and time is up.
    pub fn end_here(self, why: Why) {
        if let Some(answer) = self.answer_untracked() {
            self.absorb(anonymous(&answer), why);
        }
    }

    /// Takes everything off the screen.
    pub fn forget(self) {
        storage::clear();
        self.ended.set(None);
        self.standing.set(Standing::Unknown);
    }

    /// Another window may say what it did after the gateway has said what became of it.
    fn learn_why(self, answer: &SessionAnswer, why: Why) {
        let ended =
            self.ended.get_untracked().filter(|ended| ended.why == Why::Unsaid && why == Why::OtherWindow);
        if let (Some(ended), None) = (ended, &answer.identity)
            && clock::now() <= ended.at.saturating_add(AT_ONCE)
        {
            self.ended.set(Some(Ended { why, ..ended }));
        }
    }

    fn note_end(self, why: Why) {
        storage::clear();
        self.ended.set(Some(Ended { at: clock::now(), why }));
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

fn known(standing: &Standing) -> Option<SessionAnswer> {
    match standing {
        Standing::Known(answer) => Some(answer.clone()),
        _ => None,
    }
}

fn person(standing: &Standing) -> Option<String> {
    match standing {
        Standing::Known(answer) => answer.identity.as_ref().map(|identity| identity.key.clone()),
        _ => None,
    }
}

/// Whoever asked first, for whatever reason: what ends when its time is up, ends because of that. `expires` is a
/// whole second, up to one later than the end itself.
fn cause(before: Option<&SessionAnswer>, why: Why, now: u64) -> Why {
    let due = before.and_then(|known| known.expires).is_some_and(|expires| expires <= now + 1);
    if due { Why::Expired } else { why }
}

#[cfg(test)]
mod tests {
    use lanyard_contract::wire::Identity;

    use super::*;

    fn of(key: Option<&str>) -> SessionAnswer {
        SessionAnswer {
            identity: key.map(|key| Identity {
                key: key.into(),
                name: "n".into(),
                email: None,
                groups: Vec::new(),
            }),
            roles: Default::default(),
            dashboards: Vec::new(),
            expires: None,
            vouched: false,
        }
    }

    #[test]
    fn a_session_ends_only_for_somebody_who_had_one() {
        assert_eq!(turn(Some(&of(Some("a"))), &of(None)), Turn::Ended);
        assert_eq!(turn(Some(&of(None)), &of(None)), Turn::Same);
        assert_eq!(turn(None, &of(None)), Turn::Same);
    }

    #[test]
    fn what_ends_when_its_time_is_up_ends_because_of_that() {
        let known = SessionAnswer { expires: Some(100), ..of(Some("a")) };
        assert_eq!(cause(Some(&known), Why::Unsaid, 100), Why::Expired);
        assert_eq!(cause(Some(&known), Why::Unsaid, 99), Why::Expired, "99.3 is written as 100");
        assert_eq!(cause(Some(&known), Why::OtherWindow, 98), Why::OtherWindow);
        assert_eq!(cause(None, Why::Unsaid, 100), Why::Unsaid);
    }

    #[test]
    fn another_key_is_another_person() {
        assert_eq!(turn(Some(&of(Some("a"))), &of(Some("b"))), Turn::OtherPerson);
        assert_eq!(turn(Some(&of(Some("a"))), &of(Some("a"))), Turn::Same);
        assert_eq!(turn(None, &of(Some("a"))), Turn::Same);
    }
}
