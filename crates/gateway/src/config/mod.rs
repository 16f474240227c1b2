//! What the configuration file means, after every check. No other module reads the file or the environment.
//! The types are plain data; how they are read, and what can be wrong, is in the files beside this one.

mod accent;
mod app;
pub mod authority;
mod dashboard;
mod duration;
mod hosts;
mod identity;
pub mod keys;
mod load;
mod logo;
pub mod nearest;
mod pointer;
mod portal;
mod problem;
#[cfg(any(test, feature = "fuzzing"))]
pub mod properties;
pub mod reference;
mod report;
mod roles;
pub mod schema;
mod secret;
mod section;
mod server;
mod syntax;
#[cfg(test)]
mod tests;
mod trust;
mod trusted_headers;
mod value;

use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use lanyard_contract::{DashboardId, RoleId, policy::Access, roles::RoleTable, wire::Accent};
use rustls::{RootCertStore, pki_types::ServerName};

pub use authority::{Authority, AuthorityError, Origin, Scheme};
pub use load::{load, rules};
pub use logo::{Logo, Picture};
pub use problem::{Problem, Problems, Severity};
pub use trusted_headers::{SignIn, TrustedHeaders};
pub use value::quoted;

#[derive(Debug, Clone)]
pub struct Config {
    pub portal: Portal,
    /// `[identity]`
    pub sign_in: SignIn,
    pub roles: RoleTable,
    /// In the order of the file, which is the order of the navigation.
    pub dashboards: Vec<Dashboard>,
    pub server: Server,
    pub session: Session,
    pub limits: Limits,
    /// Where secrets came from that are in files. What they hold is in its place.
    pub secret_files: Vec<PathBuf>,
}

impl Config {
    /// What an operator should hear although nothing is wrong with the file: today, that https ends at a proxy
    /// which nobody has named.
    pub fn advice(&self) -> Option<&'static str> {
        let tls_in_front = self.portal.origin.scheme == Scheme::Https;
        (tls_in_front && self.server.trusted_proxies.is_empty()).then_some(
            "https ends at a proxy in front of the gateway: unless [server] trusted_proxies names it, everybody \
             has its address, and one stranger's sign-ins use up everybody's",
        )
    }
}

/// What of a configuration decides who sees what. Whoever has only the file can have this, without its secrets.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Of the portal.
    pub origin: Origin,
    pub strip_slash: bool,
    /// In the order of the file, each with the groups that grant it.
    pub roles: Vec<(RoleId, Vec<String>)>,
    pub table: RoleTable,
    pub dashboards: Vec<Dashboard>,
}

/// `[portal]`
#[derive(Debug, Clone)]
pub struct Portal {
    /// `url`: the origin of the shell and its API.
    pub origin: Origin,
    pub title: String,
    pub contact: Option<String>,
    /// `accent`: readable in both themes. The shell's own where there is none.
    pub accent: Option<Accent>,
    /// `logo` and `logo_dark`.
    pub logo: Option<Logo>,
    /// `kept_frames`: how many dashboards stay open in one window. 6 by default.
    pub kept_frames: usize,
    /// `apps`: where dashboards without a host of their own live. `https://*.<portal host>` by default.
    pub apps: Wildcard,
    /// `signing_key`: a PKCS#8 PEM of one or more Ed25519 keys. The first signs, all are published.
    /// `None`: generated once and kept in `[server] state`.
    pub signing_key: Option<Secret>,
}

/// The origins `scheme://<label>.<suffix>[:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    pub scheme: Scheme,
    /// Everything after `*.`, with the port where it is not the scheme's own.
    pub suffix: Authority,
    /// Whether the wildcard is outside the portal's host. Cookies are then `SameSite=None; Partitioned`.
    pub cross_site: bool,
}

/// `[identity]` with a provider.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Exactly as the provider says it, without normalization.
    pub issuer: String,
    /// `name`: what people call the provider. The issuer's host by default.
    pub name: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// `scopes`: `openid` is always among them. Default: openid profile email.
    pub scopes: Vec<String>,
    /// `groups`: JSON Pointers (RFC 6901) into the ID token, then into userinfo.
    pub groups: Vec<String>,
    /// `strip_slash`: take one leading `/` off each group (Keycloak's full paths).
    pub strip_slash: bool,
    /// `trust_email`: pass the address on although the provider does not say that it verified it.
    pub trust_email: bool,
    pub algorithms: Vec<Algorithm>,
    /// `userinfo`: ask the userinfo endpoint after the ID token has been judged. Default: yes.
    pub userinfo: bool,
}

/// Signature algorithms for ID tokens (RFC 7518, section 3.1; RFC 8037). `none` and HMAC do not exist here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

/// `[dashboards.<id>]`
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub id: DashboardId,
    pub title: String,
    pub section: Option<String>,
    pub description: Option<String>,
    /// `icon`: one of [`lanyard_contract::icons::ICONS`].
    pub icon: Option<&'static str>,
    pub access: Access,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub enum Kind {
    App(Arc<App>),
    /// `external`: a URL that is framed and enforces itself.
    External {
        url: String,
        origin: Origin,
    },
}

/// A proxied dashboard.
#[derive(Debug, Clone)]
pub struct App {
    pub id: DashboardId,
    pub title: String,
    /// Where viewers find it: `<id>.<suffix>` of the wildcard, or `host`.
    pub origin: Origin,
    /// Whether `origin` comes from `host` instead of the wildcard.
    pub own_host: bool,
    /// `app`: where it listens.
    pub upstream: Origin,
    /// Whom it must prove to be, where that is https.
    pub trust: Option<Trust>,
    /// `host_header`: `rewrite` (default), `preserve`, `drop`.
    pub host_header: HostHeader,
    /// `forward_groups`: groups that the app is told about besides those that its rule names.
    pub forward_groups: Vec<String>,
    /// Computed: the groups granting one of the rule's roles, and `forward_groups`.
    pub visible_groups: Vec<String>,
    /// Computed: the roles that the rule names.
    pub visible_roles: Vec<RoleId>,
    pub pass_authorization: bool,
    pub forward_access_token: bool,
    /// `csp`: overrides the default content policy of the dashboard; `frame-ancestors` is always ours.
    pub csp: Option<String>,
    /// `start_path`: where the frame opens. `/` by default.
    pub start_path: String,
    /// `timeout`: how long the upstream may take to begin its answer. 60 s by default.
    pub timeout: Duration,
    /// `health`: what is asked of the app to learn whether it answers. Without it, it is only connected to.
    pub health: Option<String>,
}

/// What an app at an https address has to show.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Computed: the host in `app`.
    pub name: ServerName<'static>,
    /// `ca`: these and no others. Mozilla's by default.
    pub roots: Arc<RootCertStore>,
}

/// What the upstream sees as `Host` and `Origin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HostHeader {
    /// Its own authority.
    #[default]
    Rewrite,
    /// The dashboard's public one.
    Preserve,
    /// `Host` its own, `Origin` left out.
    Drop,
}

/// `[server]`
#[derive(Debug, Clone)]
pub struct Server {
    /// Default: 127.0.0.1:8080 and [::1]:8080.
    pub listen: Vec<SocketAddr>,
    /// `admin`: health and metrics. Default: 127.0.0.1:9090.
    pub admin: SocketAddr,
    /// `trusted_proxies`: peers whose `X-Forwarded-For` is believed, as addresses. None by default.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// `shell`: the folder with the built shell. `dist` beside the configuration by default.
    pub shell: PathBuf,
    /// `state`: the folder for what must survive a restart. `lanyard-state` beside the configuration.
    pub state: PathBuf,
    /// `audit`: the JSON-lines file. `audit.jsonl` in `state` by default.
    pub audit: PathBuf,
    /// `drain`: how long open requests may go on after SIGTERM. 10 s by default.
    pub drain: Duration,
}

/// `[session]`
#[derive(Debug, Clone)]
pub struct Session {
    /// `absolute`: the longest a session lives, whatever happens. 8 h by default.
    pub absolute: Duration,
    /// `per_person`: sessions of one person at a time; the oldest ends. 20 by default.
    pub per_person: usize,
    /// `total`: sessions at a time. 100 000 by default.
    pub total: usize,
}

/// `[limits]`
#[derive(Debug, Clone)]
pub struct Limits {
    /// `sign_ins`: sign-ins begun or finished a minute and network; other calls without a session may be ten
    /// times as many. 300 by default.
    pub sign_ins: u32,
    /// `header_bytes`: of one request. 64 KB by default.
    pub header_bytes: usize,
    /// `header_timeout`: for one request's header to arrive. 10 s by default.
    pub header_timeout: Duration,
    /// `idle_timeout`: a connection without a byte in either direction. 10 min by default.
    pub idle_timeout: Duration,
    /// `websocket_idle_timeout`: the same for a WebSocket. 1 h by default.
    pub websocket_idle_timeout: Duration,
    /// `connections`: open client connections at a time. 20 000 by default.
    pub connections: usize,
}

/// A secret from `env:` or `file:`. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: String) -> Self {
        Self(value)
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
