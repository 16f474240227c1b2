//! The words of the portal's API, as JSON. Field names are the wire's; both sides compile against them.
//! Times are seconds since 1970-01-01 UTC. Unknown fields are ignored, so that an older shell still reads.

pub mod hint;
mod sign_in;

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

pub use self::sign_in::{SessionRequest, SignInAnswer, SignInRequest};
use crate::{DashboardId, RoleId, policy::Access};

/// The header that everything which changes state must carry. Its presence cannot be forged cross-origin
/// without a preflight, which the portal never answers.
pub const REQUEST_HEADER: &str = "x-lanyard-request";

/// On every answer of the API: the build of the shell that this gateway serves now. A page of another build is
/// out of date.
pub const BUILD_HEADER: &str = "x-lanyard-build";

/// The name of the `meta` element of the shell's page whose content is its build.
pub const BUILD_META: &str = "lanyard-build";

/// `GET /api/config`: what the shell needs before anybody is signed in. The same for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalConfig {
    pub title: String,
    /// Whom to ask for access: an address or a name, shown as text.
    pub contact: Option<String>,
    pub provider: Provider,
    pub accent: Option<Accent>,
    pub logo: Option<Logo>,
    /// How many frames stay alive: at least one.
    pub kept_frames: usize,
}

/// The portal's own accent, for each theme, with a lightness at which text on it has a contrast of 4.5:1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accent {
    pub light: Tone,
    pub dark: Tone,
}

/// Two colours as CSS writes them, such as `oklch(0.5 0.15 262)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tone {
    pub accent: String,
    /// Of text on `accent`.
    pub text: String,
}

/// Paths of the portal, one a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    pub light: String,
    pub dark: String,
}

/// The identity provider, as far as a browser needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// What people call it: `[identity] name`, else the issuer's host.
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub scopes: Vec<String>,
    pub redirect_uri: String,
    /// `None` while the provider has not answered discovery yet: signing in must wait. Where a proxy in front signs
    /// people in, nobody goes there.
    pub authorization_endpoint: Option<String>,
}

/// `GET /api/session` and the answer to `POST /api/session`: who this is and what they may see, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionAnswer {
    pub identity: Option<Identity>,
    pub roles: BTreeSet<RoleId>,
    /// In the order of the navigation.
    pub dashboards: Vec<Dashboard>,
    /// When the session ends, whatever happens: seconds since 1970-01-01 UTC, rounded up.
    pub expires: Option<u64>,
    /// Nobody is signed in, and a proxy in front names somebody who has not left: `POST /api/sign-in` signs them in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vouched: bool,
}

/// The signed-in person, to themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Tells two people apart in this browser, and nothing else: made of issuer, subject and a key of the gateway.
    pub key: String,
    /// What to call them: name, preferred user name, e-mail address or subject, the first that there is.
    pub name: String,
    pub email: Option<String>,
    pub groups: Vec<String>,
}

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    pub id: DashboardId,
    pub title: String,
    pub section: Option<String>,
    pub description: Option<String>,
    /// The name of one of the shell's icons.
    pub icon: Option<String>,
    /// The rule, as far as it concerns this person: see [`crate::policy::project`].
    pub access: Access,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", try_from = "Tagged")]
pub enum Kind {
    /// Proxied, on an origin of its own: entered with a ticket, or framed as it is when public.
    App { origin: String },
    /// Framed, enforces itself.
    External { url: String },
}

/// [`Kind`] as it is read: serde's own way to read a tagged enum buffers any JSON there is, and that code is
/// 3 KB of every first visit.
#[derive(Deserialize)]
struct Tagged {
    kind: String,
    origin: Option<String>,
    url: Option<String>,
}

impl TryFrom<Tagged> for Kind {
    type Error = &'static str;

    fn try_from(read: Tagged) -> Result<Self, Self::Error> {
        match (read.kind.as_str(), read.origin, read.url) {
            ("app", Some(origin), _) => Ok(Self::App { origin }),
            ("external", _, Some(url)) => Ok(Self::External { url }),
            _ => Err("not a kind of dashboard"),
        }
    }
}

/// `POST /api/dashboards/{id}/ticket`: the key to a frame. Submit `ticket` and `path` by POST to `action`.
#[derive(Clone, Serialize, Deserialize)]
pub struct TicketAnswer {
    pub ticket: String,
    /// `https://<dashboard host>/_lanyard/enter`
    pub action: String,
}

/// `GET /api/dashboards/{id}/state`: how a dashboard is while somebody looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateAnswer {
    pub app: AppState,
    pub socket: SocketState,
}

/// `GET /api/states`: how the apps are, of all dashboards that this person sees. Those that nobody has asked
/// after for a while are not in it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatesAnswer {
    pub apps: Vec<StateOf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateOf {
    pub id: DashboardId,
    pub app: AppState,
}

/// `GET /api/sessions`: where this person is signed in, the youngest first. `DELETE /api/sessions/{id}` ends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsAnswer {
    pub sessions: Vec<OpenSession>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSession {
    /// Names it to the API, and opens nothing.
    pub id: String,
    pub begun: u64,
    pub expires: u64,
    /// Such as `Firefox on Linux`, as far as it said.
    pub browser: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Whether the app behind a dashboard is there, within the last few seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppState {
    Answers,
    /// It said nothing in time: busy is not down.
    Silent,
    Down,
}

/// What became of the WebSocket that this session had open to a dashboard last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketState {
    /// There was none, the page left it, or the gateway ended it.
    None,
    Open,
    /// The app, the idle limit or an error ended it, and no newer one is open.
    Cut,
}

/// `DELETE /api/session`.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignOutAnswer {
    /// Where the provider's own session ends, when it has such an address.
    pub logout_url: Option<String>,
}

/// Every refusal of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: ProblemCode,
    /// One sentence for people.
    pub message: String,
    /// Finds this very refusal in the gateway's log.
    pub reference: String,
}

/// What the shell does next depends on this, never on the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// Forbidden or unknown: deliberately one and the same.
    NotFound,
    /// The request itself is wrong.
    BadRequest,
    /// It came from a page that may not send it.
    Forbidden,
    /// The sign-in cookie is gone or of another browser: the sign-in took too long or began elsewhere.
    SignInExpired,
    /// The provider, or what it said, was not accepted.
    SignInRefused,
    /// Groups over the provider's limit, or malformed.
    GroupsUnreadable,
    /// The provider does not answer.
    ProviderUnreachable,
    TooManyRequests,
    /// Something of ours is full or broken.
    Unavailable,
    #[serde(other)]
    Unknown,
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_open_ended() {
        assert_eq!(ProblemCode::SignInExpired.to_string(), "sign-in-expired");
        let newer = r#"{"code":"from-a-newer-gateway","message":"m","reference":"r"}"#;
        assert_eq!(serde_json::from_str::<Problem>(newer).map(|p| p.code).ok(), Some(ProblemCode::Unknown));
    }

    #[test]
    fn kinds_and_rules_read_as_they_are_written() {
        let json = r#"{"id":"status","title":"Service status","section":null,"description":null,"icon":null,
            "access":"public","kind":{"kind":"app","origin":"http://status.lanyard.localhost:8080"}}"#;
        let dashboard: Dashboard = serde_json::from_str(json).expect("a dashboard");
        assert_eq!(dashboard.access, Access::Public);
        let again = serde_json::to_string(&dashboard).expect("JSON");
        assert_eq!(serde_json::from_str::<Dashboard>(&again).ok(), Some(dashboard));
    }
}
