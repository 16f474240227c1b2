//! Every key that a configuration may have. The reader refuses all others, and a test holds that
//! docs/configuration.md describes exactly these.

pub const ROOT: &[&str] = &["portal", "identity", "roles", "dashboards", "server", "session", "limits"];

pub const PORTAL: &[&str] =
    &["url", "title", "contact", "accent", "logo", "logo_dark", "kept_frames", "apps", "signing_key"];

pub const IDENTITY: &[&str] = &[
    "issuer",
    "name",
    "client_id",
    "client_secret",
    "scopes",
    "groups",
    "strip_slash",
    "trust_email",
    "algorithms",
    "userinfo",
];

pub const DASHBOARD: &[&str] = &[
    "title",
    "section",
    "description",
    "icon",
    "app",
    "ca",
    "external",
    "roles",
    "public",
    "host",
    "host_header",
    "forward_groups",
    "pass_authorization",
    "forward_access_token",
    "csp",
    "start_path",
    "timeout",
    "health",
];

/// The keys of a dashboard that mean something only when Lanyard proxies it.
pub const APP_ONLY: &[&str] = &[
    "ca",
    "host",
    "host_header",
    "forward_groups",
    "pass_authorization",
    "forward_access_token",
    "csp",
    "start_path",
    "timeout",
    "health",
];

pub const SERVER: &[&str] = &["listen", "admin", "trusted_proxies", "shell", "state", "audit", "drain"];

pub const SESSION: &[&str] = &["absolute", "per_person", "total"];

pub const LIMITS: &[&str] =
    &["sign_ins", "header_bytes", "header_timeout", "idle_timeout", "websocket_idle_timeout", "connections"];
