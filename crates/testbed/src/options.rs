//! What a test adds to the demo's stage, and leaves out of it.

use std::path::PathBuf;

/// An upstream that records, as a dashboard of its own.
#[derive(Debug, Clone)]
pub struct Upstream {
    pub id: &'static str,
    pub public: bool,
    /// More lines of its table in the configuration.
    pub toml: String,
    /// Nothing is started there: the test does it.
    pub bare: bool,
}

/// A provider that the test has started by itself.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// What the sign-in pages call it.
    pub name: &'static str,
    pub issuer: String,
    /// The portal's own at this provider; its client id is `lanyard`.
    pub client_secret: String,
}

/// What is different from the demo.
#[derive(Debug, Clone, Default)]
pub struct StageOptions {
    /// More tables of the configuration.
    pub toml: String,
    /// More lines of `[server]`.
    pub server: String,
    /// More lines of `[portal]`.
    pub portal: String,
    /// More lines of `[identity]`.
    pub identity: String,
    /// Who signs people in, instead of the development provider.
    pub provider: Option<Elsewhere>,
    /// Who signs people in is a proxy in front: more lines of `[identity.trusted_headers]`.
    pub front: Option<String>,
    /// The gateway listens elsewhere, and the test starts what listens at the portal's port.
    pub behind: bool,
    /// Who can sign in at the development provider, instead of the demo's people: its file of them.
    pub people: Option<PathBuf>,
    /// Where groups are, instead of the demo's `["/groups"]`.
    pub groups: Option<&'static str>,
    /// More lines of `[roles]`.
    pub roles: String,
    pub upstreams: Vec<Upstream>,
    /// Without the three sample apps and the status page: their dashboards are configured, and down.
    pub without_apps: bool,
    /// The portal is reached by https; the gateway itself stands behind a terminator, and speaks http.
    pub https: bool,
    /// Whose names the dashboards' hosts are below, instead of the portal's host.
    pub apps: Option<&'static str>,
    /// The gateway's state, with the audit trail, is on a file system of its own of this size, such as `64k`.
    pub small_disk: Option<&'static str>,
    /// The gateway serves a copy of the shell, which [`crate::Stage::update_the_shell`] replaces.
    pub own_shell: bool,
    /// The gateway logs what it does by default, instead of everything.
    pub default_log: bool,
}

impl StageOptions {
    pub fn toml(mut self, text: &str) -> Self {
        self.toml.push_str(text);
        self.toml.push('\n');
        self
    }

    pub fn server(mut self, line: &str) -> Self {
        self.server.push_str(line);
        self.server.push('\n');
        self
    }

    pub fn portal(mut self, line: &str) -> Self {
        self.portal.push_str(line);
        self.portal.push('\n');
        self
    }

    pub fn identity(mut self, line: &str) -> Self {
        self.identity.push_str(line);
        self.identity.push('\n');
        self
    }

    pub fn provider(mut self, provider: Elsewhere) -> Self {
        self.provider = Some(provider);
        self
    }

    pub fn front(mut self, toml: impl Into<String>) -> Self {
        self.front = Some(toml.into());
        self
    }

    pub fn behind(mut self) -> Self {
        self.behind = true;
        self
    }

    pub fn people(mut self, file: PathBuf) -> Self {
        self.people = Some(file);
        self
    }

    pub fn groups(mut self, pointers: &'static str) -> Self {
        self.groups = Some(pointers);
        self
    }

    pub fn role(mut self, line: &str) -> Self {
        self.roles.push_str(line);
        self.roles.push('\n');
        self
    }

    /// A recording upstream that managers and the finance team see.
    pub fn upstream(self, id: &'static str) -> Self {
        self.upstream_with(id, "")
    }

    pub fn upstream_with(mut self, id: &'static str, toml: &str) -> Self {
        self.upstreams.push(Upstream { id, public: false, toml: toml.into(), bare: false });
        self
    }

    /// A recording upstream that is open to everybody.
    pub fn public_upstream(mut self, id: &'static str) -> Self {
        self.upstreams.push(Upstream { id, public: true, toml: String::new(), bare: false });
        self
    }

    /// A dashboard open to everybody, behind which the test starts a [`crate::Script`] or nothing.
    pub fn bare_upstream(mut self, id: &'static str, toml: &str) -> Self {
        self.upstreams.push(Upstream { id, public: true, toml: toml.into(), bare: true });
        self
    }

    /// The same, for managers and the finance team.
    pub fn bare_upstream_for_roles(mut self, id: &'static str, toml: &str) -> Self {
        self.upstreams.push(Upstream { id, public: false, toml: toml.into(), bare: true });
        self
    }

    pub fn without_apps(mut self) -> Self {
        self.without_apps = true;
        self
    }

    pub fn https(mut self) -> Self {
        self.https = true;
        self
    }

    pub fn apps(mut self, host: &'static str) -> Self {
        self.apps = Some(host);
        self
    }

    pub fn small_disk(mut self, size: &'static str) -> Self {
        self.small_disk = Some(size);
        self
    }

    pub fn own_shell(mut self) -> Self {
        self.own_shell = true;
        self
    }

    pub fn default_log(mut self) -> Self {
        self.default_log = true;
        self
    }
}
