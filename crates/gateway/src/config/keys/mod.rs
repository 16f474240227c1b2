//! Every key that a configuration may have: its name, what it takes, its default and a sentence about it. The reader
//! refuses what is not here; the reference in docs/ and the schema for editors are written from it. A new key is one
//! entry in the file of its section, and its reading.

mod dashboard;
mod identity;
mod kind;
mod portal;
mod server;

pub use dashboard::DASHBOARD;
pub use identity::{IDENTITY, TRUSTED_HEADERS};
pub use kind::{Form, GROUP, ID, Kind};
pub use portal::PORTAL;
pub use server::{LIMITS, SERVER, SESSION};

use Preset::{Required, Words};

/// One key, and what people have to know of it.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub preset: Preset,
    /// One sentence or two, in Markdown.
    pub sentence: &'static str,
    /// Whether it means something only for a dashboard that Lanyard proxies.
    pub app_only: bool,
}

/// What counts where the file does not say.
#[derive(Debug)]
pub enum Preset {
    /// The file must say.
    Required,
    /// As it would stand in the file.
    Value(&'static str),
    /// In words: nothing that could be written.
    Words(&'static str),
}

impl Key {
    const fn new(name: &'static str, kind: Kind, preset: Preset, sentence: &'static str) -> Self {
        Self { name, kind, preset, sentence, app_only: false }
    }

    const fn app_only(self) -> Self {
        Self { app_only: true, ..self }
    }
}

/// The sections of the file.
pub const ROOT: &[Key] = &[
    Key::new("portal", Kind::Table(PORTAL), Required, "Where the portal is, and what it is called."),
    Key::new(
        "identity",
        Kind::Table(IDENTITY),
        Required,
        "The identity provider, and what of its tokens counts; or a proxy in front.",
    ),
    Key::new(
        "roles",
        Kind::Roles,
        Words("none"),
        "Each key is the name of a role, each value the list of groups that grant it.",
    ),
    Key::new(
        "dashboards",
        Kind::Dashboards,
        Words("none"),
        "The dashboards by their ids, in the order of the navigation.",
    ),
    Key::new("server", Kind::Table(SERVER), Words("none"), "Where the gateway listens, and what it keeps."),
    Key::new("session", Kind::Table(SESSION), Words("none"), "How long and how many sessions live."),
    Key::new("limits", Kind::Table(LIMITS), Words("none"), "Where the gateway stops."),
];
