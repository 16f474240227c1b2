//! What the portal remembers of a person in this browser: theme, rail, closed sections, what they opened last.
//! Nobody signed in has no memory. It is always read anew, so that no tab overwrites what another one knows,
//! and what it names is found only among what this person may see now.

mod marks;
mod shelf;

use lanyard_contract::DashboardId;
use leptos::{ev, prelude::*};

use self::marks::{Marks, Salt};
use crate::{identity::Session, policy};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    /// The next one, in a circle.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// As documents write it; `None` is whatever the system has.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

const THEME: &str = "theme";
const RAIL: &str = "rail";
const FOLDED: &str = "folded";
const CLOSED: &str = "closed";
const RECENT: &str = "recent";

/// The memory of whoever is signed in, as a context.
#[derive(Clone, Copy)]
pub struct Memory {
    session: Session,
    /// Whose, and what.
    known: Memo<(Option<Salt>, Marks)>,
    /// Told when there is something new on the shelf.
    changed: Trigger,
    /// What the browser refused to keep, for as long as this page stands.
    unkept: StoredValue<Option<(Option<Salt>, Marks)>>,
    recents: Memo<Vec<DashboardId>>,
}

impl Memory {
    /// Listens to the other tabs for as long as the calling owner lives.
    pub fn new(session: Session) -> Self {
        let changed = Trigger::new();
        let unkept = StoredValue::new(None);
        let person = Memo::new(move |_| session.person());
        let known = Memo::new(move |_| {
            changed.track();
            let salt = person.get().map(|key| Salt::new(&key));
            let marks = read(&salt, unkept);
            (salt, marks)
        });
        let recents = Memo::new(move |_| known.with(|(salt, marks)| resolve(session, salt.as_ref(), marks)));
        let elsewhere = window_event_listener(ev::storage, move |_| changed.notify());
        on_cleanup(move || elsewhere.remove());
        Self { session, known, changed, unkept, recents }
    }

    pub fn theme(self) -> Theme {
        let kept = |theme: &Theme| theme.name().is_some_and(|name| self.has(THEME, name));
        [Theme::Light, Theme::Dark].into_iter().find(kept).unwrap_or(Theme::System)
    }

    pub fn set_theme(self, theme: Theme) {
        self.change(|salt, marks| {
            for one in [Theme::Light, Theme::Dark].into_iter().filter_map(Theme::name) {
                marks.set(salt.mark(THEME, one), theme.name() == Some(one));
            }
        });
    }

    /// Whether the rail shows nothing but icons.
    pub fn folded(self) -> bool {
        self.has(RAIL, FOLDED)
    }

    pub fn fold(self, on: bool) {
        self.change(|salt, marks| marks.set(salt.mark(RAIL, FOLDED), on));
    }

    pub fn closed(self, section: &str) -> bool {
        self.has(CLOSED, section)
    }

    pub fn close(self, section: &str, on: bool) {
        self.change(|salt, marks| marks.set(salt.mark(CLOSED, section), on));
    }

    /// The dashboards opened last, the youngest first: those that are still open to this person.
    pub fn recents(self) -> Vec<DashboardId> {
        self.recents.get()
    }

    pub fn opened(self, id: &DashboardId) {
        // There is nobody to remember it for.
        if self.session.person_untracked().is_some() {
            self.change(|salt, marks| marks.opened(salt.mark(RECENT, id.as_str())));
        }
    }

    fn has(self, kind: &str, word: &str) -> bool {
        self.known.with(|(salt, marks)| marks.has(&salted(salt.as_ref()).mark(kind, word)))
    }

    /// Changes what is on the shelf now, not what this tab has read from it.
    fn change(self, change: impl FnOnce(&Salt, &mut Marks)) {
        let salt = self.session.person_untracked().map(|key| Salt::new(&key));
        let before = read(&salt, self.unkept);
        let mut marks = before.clone();
        change(&salted(salt.as_ref()), &mut marks);
        if marks == before {
            return;
        }
        let kept = salt.as_ref().is_some_and(|salt| shelf::write(&shelf::place(salt), &marks.encode()));
        self.unkept.set_value((!kept).then_some((salt, marks)));
        self.changed.notify();
    }
}

/// Without a person nothing leaves the page, and any salt will do.
fn salted(salt: Option<&Salt>) -> Salt {
    salt.cloned().unwrap_or_else(|| Salt::new(""))
}

fn read(salt: &Option<Salt>, unkept: StoredValue<Option<(Option<Salt>, Marks)>>) -> Marks {
    let here = unkept.with_value(|unkept| match unkept {
        Some((whose, marks)) if whose == salt => Some(marks.clone()),
        _ => None,
    });
    let kept = || shelf::read(&shelf::place(salt.as_ref()?)).map(|kept| Marks::decode(&kept));
    here.or_else(kept).unwrap_or_default()
}

fn resolve(session: Session, salt: Option<&Salt>, marks: &Marks) -> Vec<DashboardId> {
    let (Some(answer), Some(salt)) = (session.answer(), salt) else { return Vec::new() };
    if marks.recents().is_empty() {
        return Vec::new();
    }
    let visible: Vec<(String, &DashboardId)> =
        policy::visible(&answer).map(|known| (salt.mark(RECENT, known.id.as_str()), &known.id)).collect();
    let find = |mark: &String| visible.iter().find(|(known, _)| known == mark).map(|(_, id)| (*id).clone());
    marks.recents().iter().filter_map(find).collect()
}
