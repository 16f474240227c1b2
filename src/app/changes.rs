//! Says aloud what changed in what somebody may open, and that they are no longer signed in. What the page then
//! shows is up to the page.

use lanyard_contract::wire::SessionAnswer;
use leptos::prelude::*;

use crate::{
    identity::{
        Session,
        session::{Turn, turn},
    },
    policy::visible,
    ui::{announce::Announcer, words},
};

/// Begins to listen, for as long as the calling owner lives.
pub(super) fn announce(session: Session, announcer: Announcer) {
    Effect::new(move |before: Option<Option<SessionAnswer>>| {
        let now = session.answer();
        if let (Some(Some(before)), Some(now)) = (&before, &now) {
            let said = said(before, now);
            if !said.is_empty() {
                announcer.say(said);
            }
        }
        now
    });
}

fn said(before: &SessionAnswer, now: &SessionAnswer) -> String {
    match turn(Some(before), now) {
        Turn::Ended => words::SIGNED_OUT.to_owned(),
        // Who has just signed in sees all of it for the first time.
        Turn::Same if before.identity.is_some() == now.identity.is_some() => {
            let added = missing(now, before).map(words::added);
            added.chain(missing(before, now).map(words::removed)).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

/// The titles of what one answer has open and the other has not.
fn missing<'a>(one: &'a SessionAnswer, other: &'a SessionAnswer) -> impl Iterator<Item = &'a str> {
    visible(one)
        .filter(|known| visible(other).all(|other| other.id != known.id))
        .map(|known| known.title.as_str())
}
