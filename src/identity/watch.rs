//! The occasions to ask the gateway again who this is: another tab signed in or out, the page comes back
//! into view or out of the back/forward cache, the session's time is up. It asks; it decides nothing.

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{BroadcastChannel, PageTransitionEvent};

use super::session::{Session, Standing, Why};
use crate::{
    clock,
    waiting::{Alarm, when_seen},
};

const CHANNEL: &str = "lanyard";

/// How long an answer is good enough for a page that comes back into view, in seconds.
const FRESH: u64 = 5;

/// How often time is compared with the session's end at the most, and how long after it at the least.
const LONGEST_NAP: u64 = 3_600;
const SHORTEST_NAP: u64 = 30;

/// Hides the whole page (see base.css) while nobody knows whose it is.
const VEIL: &str = "veiled";

/// This browser's other tabs, as a context: the one channel that both listens and speaks, so that no tab
/// hears itself.
#[derive(Clone, Copy)]
pub struct OtherTabs(StoredValue<Option<BroadcastChannel>, LocalStorage>);

impl OtherTabs {
    pub fn new() -> Self {
        Self(StoredValue::new_local(BroadcastChannel::new(CHANNEL).ok()))
    }

    /// Says that somebody signed in or out. They ask for themselves.
    pub fn tell(self) {
        self.0.with_value(|channel| {
            if let Some(channel) = channel {
                let _ = channel.post_message(&JsValue::from_str("session"));
            }
        });
    }
}

impl Default for OtherTabs {
    fn default() -> Self {
        Self::new()
    }
}

/// Begins to watch, for as long as the calling owner lives.
pub fn begin(session: Session, tabs: OtherTabs) {
    other_tabs(session, tabs);
    coming_back(session);
    expiry(session);
}

fn other_tabs(session: Session, tabs: OtherTabs) {
    let Some(channel) = tabs.0.get_value() else { return };
    let heard = Closure::<dyn FnMut()>::new(move || ask(session, Why::OtherWindow));
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    let kept = StoredValue::new_local((channel, heard));
    on_cleanup(move || {
        kept.with_value(|(channel, _)| {
            channel.set_onmessage(None);
            channel.close();
        });
    });
}

fn coming_back(session: Session) {
    let visible = when_seen(move || ask_if_stale(session));
    let focused = window_event_listener(ev::focus, move |_| ask_if_stale(session));
    let left = window_event_listener_untyped("pagehide", |_| veil(true));
    let back = window_event_listener_untyped("pageshow", move |event| {
        let kept = event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted);
        if kept { revive(session) } else { veil(false) }
    });
    on_cleanup(move || {
        visible.remove();
        focused.remove();
        left.remove();
        back.remove();
    });
}

/// A page from the back/forward cache shows nothing until it is known to be still this person's.
fn revive(session: Session) {
    let before = session.person_untracked();
    let unknown = session.answer_untracked().is_none();
    spawn_local(async move {
        let answered = session.refresh(Why::Unsaid).await.is_ok();
        if answered && !unknown && session.person_untracked() == before {
            veil(false);
        } else {
            let _ = window().location().reload();
        }
    });
}

fn veil(on: bool) {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().toggle_with_force(VEIL, on);
    }
}

fn ask(session: Session, why: Why) {
    spawn_local(async move {
        let _ = session.refresh(why).await;
    });
}

fn ask_if_stale(session: Session) {
    if session.person_untracked().is_some() && !session.asked_within(FRESH) {
        ask(session, Why::Unsaid);
    }
}

/// Sleeps until the session's end and asks then; the gateway's clock decides. Without an answer, time is up.
fn expiry(session: Session) {
    let alarm = Alarm::new();
    Effect::new(move |_| {
        let expires = match session.standing() {
            Standing::Known(answer) => answer.expires,
            _ => None,
        };
        match expires {
            Some(expires) => sleep(session, expires, alarm),
            None => alarm.stop(),
        }
    });
}

fn sleep(session: Session, expires: u64, alarm: Alarm) {
    let left = expires.saturating_sub(clock::now());
    let nap = if left == 0 { SHORTEST_NAP } else { left.min(LONGEST_NAP) };
    let woken = move || {
        if clock::now() < expires {
            return sleep(session, expires, alarm);
        }
        spawn_local(async move {
            let answered = session.refresh(Why::Expired).await.is_ok();
            if !answered {
                session.end_here(Why::Expired);
            } else if session.answer_untracked().and_then(|answer| answer.expires) == Some(expires) {
                sleep(session, expires, alarm);
            }
        });
    };
    alarm.set(Some(Duration::from_secs(nap)), woken);
}
