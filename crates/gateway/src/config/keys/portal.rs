//! The keys of `[portal]`.

use super::{
    Key, Kind,
    Preset::{Required, Value, Words},
    kind::{COLOUR, FILE, ORIGIN, SECRET, TEXT, WILDCARD},
};

pub const PORTAL: &[Key] = &[
    Key::new(
        "url",
        ORIGIN,
        Required,
        "Where people open the portal, such as `\"https://dash.example\"`: scheme, host and port, nothing more.",
    ),
    Key::new("title", TEXT, Value("\"Dashboards\""), "What the portal is called."),
    Key::new("contact", TEXT, Words("none"), "Whom to ask for access: an address or a name."),
    Key::new(
        "accent",
        COLOUR,
        Words("a blue"),
        "The one colour of buttons, links and the focus; its lightness is corrected for each theme until it can be \
         read, text on it and it on the page.",
    ),
    Key::new(
        "logo",
        FILE,
        Words("none"),
        "A PNG or SVG of at most 256 KB beside the title, on light and dark pages. Of an SVG only what draws is \
         kept: no scripts, no links, nothing from elsewhere. A changed file takes a restart.",
    ),
    Key::new("logo_dark", FILE, Words("`logo`"), "Another one for dark pages."),
    Key::new(
        "kept_frames",
        Kind::Count(1, 20),
        Value("6"),
        "How many dashboards stay open in a window, the one that is shown among them; of more, the one not looked \
         at for longest begins anew when it is shown again.",
    ),
    Key::new(
        "apps",
        WILDCARD,
        Words("one name below the portal's host"),
        "Where dashboards without a `host` of their own live, with the portal's scheme; another registrable \
         domain keeps their scripts away from the portal's cookies.",
    ),
    Key::new(
        "signing_key",
        SECRET,
        Words("made once and kept in `server.state`"),
        "One or more Ed25519 keys as PKCS#8 in PEM: the first signs what apps are told about viewers, all are \
         published.",
    ),
];
