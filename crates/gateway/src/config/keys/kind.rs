//! What the values of keys look like: for people, and as patterns for editors. A pattern lets pass whatever the
//! reader takes and may let pass more: the reader has the last word.

use super::Key;

#[derive(Debug)]
pub enum Kind {
    Flag,
    /// A whole number from … to.
    Count(u64, u64),
    /// From … to, as they are written.
    Duration(&'static str, &'static str),
    Choice(&'static [&'static str]),
    Text(Form),
    List(&'static Kind),
    /// A list that may not be empty.
    NonEmpty(&'static Kind),
    Table(&'static [Key]),
    /// `[roles]`, whose keys are the file's own.
    Roles,
    /// `[dashboards.<id>]`
    Dashboards,
}

/// A text of a certain form. Patterns are those that all dialects of regular expressions share.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    pub one: &'static str,
    pub many: &'static str,
    pub pattern: &'static str,
    /// In characters.
    pub longest: Option<u64>,
}

/// So many words fit into a cell of the reference.
const LISTED: usize = 9;

impl Kind {
    /// What it is called in the reference.
    pub fn name(&self) -> String {
        match self {
            Self::Flag => "true or false".to_owned(),
            Self::Count(least, most) => format!("{} to {}", grouped(*least), grouped(*most)),
            Self::Duration(_, most) => {
                let unit = most.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("duration, up to {} {unit}", most.trim_end_matches(unit))
            }
            Self::Choice(words) if words.len() > LISTED => format!("one of {} names", words.len()),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
                match words.split_last() {
                    Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
                    _ => words.concat(),
                }
            }
            Self::Text(form) => form.one.to_owned(),
            Self::List(Self::Text(form)) | Self::NonEmpty(Self::Text(form)) => {
                format!("list of {}", form.many)
            }
            Self::List(_) | Self::NonEmpty(_) => "list of texts".to_owned(),
            Self::Table(_) | Self::Roles | Self::Dashboards => "table".to_owned(),
        }
    }
}

/// A number as people read it: `10 000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

const fn form(one: &'static str, many: &'static str, pattern: &'static str) -> Form {
    Form { one, many, pattern, longest: None }
}

const fn short(one: &'static str, many: &'static str, pattern: &'static str) -> Form {
    Form { one, many, pattern, longest: Some(500) }
}

/// Not blank, and without control characters.
const PLAIN: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^ \x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";
const HTTP: &str = r"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\s]+/?$";

/// Of dashboards and roles.
pub const ID: &str = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
pub const GROUP: Kind = Kind::Text(short(
    "group",
    "groups",
    r"^[^,\x00-\x1f\x7f-\x9f]*[^, \x00-\x1f\x7f-\x9f][^,\x00-\x1f\x7f-\x9f]*$",
));

pub(super) const TEXT: Kind = Kind::Text(short("text", "texts", PLAIN));
/// Without spaces.
pub(super) const WORD: Kind = Kind::Text(form("text", "texts", "^[!-~]+$"));
/// RFC 6749, section 3.3.
pub(super) const SCOPE: Kind = Kind::Text(form("text", "texts", r"^[!#-\[\]-~]+$"));
pub(super) const FILE: Kind = Kind::Text(short("path", "paths", PLAIN));
/// Of characters that every server takes for itself.
pub(super) const HEADER: Kind = Kind::Text(form("header", "headers", "^[A-Za-z0-9-]+$"));
pub(super) const COOKIE: Kind = Kind::Text(form("name", "names", "^[!-:<>-~]+$"));
pub(super) const SECRET: Kind = Kind::Text(form("secret", "secrets", "^(env|file):"));
pub(super) const ORIGIN: Kind = Kind::Text(form("origin", "origins", HTTP));
pub(super) const COLOUR: Kind = Kind::Text(form(
    r##"`"#rgb"`, `"#rrggbb"` or `"oklch(L C H)"`"##,
    "colours",
    r"^\s*(#|[Oo][Kk][Ll][Cc][Hh]\()",
));
pub(super) const WILDCARD: Kind = Kind::Text(form(
    r#"`"https://*.host[:port]"`"#,
    "wildcards",
    r"^[Hh][Tt][Tt][Pp][Ss]?://\*\.[^/?#@\s]+/?$",
));
pub(super) const APP: Kind =
    Kind::Text(form(r#"`"http://host:port"` or `"https://host[:port]"`"#, "origins", HTTP));
pub(super) const ISSUER: Kind = Kind::Text(form("URL", "URLs", r"^https?://[^?#@\s\\]+$"));
pub(super) const PAGE: Kind = Kind::Text(form("URL", "URLs", "^[Hh][Tt][Tt][Pp][Ss]?:[!-~]+$"));
pub(super) const HOST: Kind = Kind::Text(form("host or `host:port`", "hosts", r"^[^/?#@\s]+$"));
pub(super) const ROLE: Kind = Kind::Text(form("role", "roles", ID));
/// RFC 6901, section 3.
pub(super) const POINTER: Kind = Kind::Text(form("JSON Pointer", "JSON Pointers", "^/([^~]|~[01])*$"));
pub(super) const POLICY: Kind = Kind::Text(form("text", "texts", "^[ -~]*$"));
/// On one host: `//` would begin another.
pub(super) const PATH: Kind =
    Kind::Text(Form { longest: Some(2_000), ..form("path", "paths", r"^/([!-.0-\[\]-~][!-\[\]-~]*)?$") });
/// The same without `#`.
pub(super) const HEALTH: Kind = Kind::Text(Form {
    longest: Some(2_000),
    ..form("path", "paths", r#"^/([!"$-.0-\[\]-~][!"$-\[\]-~]*)?$"#)
});
pub(super) const SOCKET: Kind = Kind::Text(form("address", "addresses", r"^(\[[^\]\s]+\]|[0-9.]+):[0-9]+$"));
pub(super) const IP: Kind = Kind::Text(form("IP address", "IP addresses", "^[0-9A-Fa-f:.]+$"));
