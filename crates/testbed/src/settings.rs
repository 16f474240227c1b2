//! What a stage plays: the demo's configuration file, and what a test adds to it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::ports;

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

/// The portal's host, without its port.
pub const PORTAL: &str = "lanyard.localhost";

/// Which port of the block is whose.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub portal: u16,
}

impl Ports {
    /// A block that nobody else gets.
    pub fn reserve() -> Self {
        Self { portal: ports::block() }
    }

    pub fn provider(self) -> u16 {
        self.portal + 1
    }

    pub fn admin(self) -> u16 {
        self.portal + 2
    }

    /// The three sample apps, then the status page, then the recording upstreams.
    pub fn app(self, nth: usize) -> u16 {
        self.portal + 3 + nth as u16
    }

    pub fn upstream(self, nth: usize) -> u16 {
        self.app(4 + nth)
    }
}

/// The demo's proxied dashboards: id, title, roles.
pub const APPS: [(&str, &str, &str); 3] = [
    ("data-science", "Data Science Team KPI", r#"["manager", "data-science"]"#),
    ("finance", "Finance Team KPI", r#"["manager", "finance"]"#),
    ("forecast", "Finance forecast", r#"["manager", "finance-lead"]"#),
];

/// The configuration file.
pub fn file(options: &StageOptions, ports: Ports, folder: &Path, shell: &Path) -> String {
    let (portal, admin) = (ports.portal, ports.admin());
    let state = folder.join("state");
    let StageOptions { toml, server, portal: branding, identity, roles, .. } = options;
    let groups = options.groups.unwrap_or(r#"["/groups"]"#);
    let development = format!("http://id.localhost:{}", ports.provider());
    let (provider, issuer) = match &options.provider {
        Some(elsewhere) => (elsewhere.name, &elsewhere.issuer),
        None => ("Harbour ID", &development),
    };
    let scheme = if options.https { "https" } else { "http" };
    let apps =
        options.apps.map(|host| format!("apps = \"{scheme}://*.{host}:{portal}\"\n")).unwrap_or_default();
    let mut text = format!(
        r#"
[portal]
url = "{scheme}://{PORTAL}:{portal}"
{apps}title = "Harbour analytics"
contact = "data-platform@harbour.example"
{branding}
[identity]
issuer = "{issuer}"
name = "{provider}"
client_id = "lanyard"
client_secret = "env:LANYARD_CLIENT_SECRET"
groups = {groups}
{identity}
[roles]
{roles}
manager = ["Manager"]
data-science = ["Data Science Team"]
finance = ["Finance Team"]
finance-lead = ["Finance Leads"]
"#
    );
    for (nth, (id, title, roles)) in APPS.iter().enumerate() {
        let app = ports.app(nth);
        let _ = write!(
            text,
            "\n[dashboards.{id}]\ntitle = \"{title}\"\nsection = \"KPI\"\napp = \"http://127.0.0.1:{app}\"\nroles = {roles}\n"
        );
    }
    let app = ports.app(3);
    let _ = write!(
        text,
        "\n[dashboards.status]\ntitle = \"Service status\"\napp = \"http://127.0.0.1:{app}\"\npublic = true\n"
    );
    for (nth, Upstream { id, public, toml, .. }) in options.upstreams.iter().enumerate() {
        let app = ports.upstream(nth);
        let rule = if *public { "public = true" } else { r#"roles = ["manager", "finance"]"# };
        let _ = write!(
            text,
            "\n[dashboards.{id}]\ntitle = \"Recorder {id}\"\napp = \"http://127.0.0.1:{app}\"\n{rule}\n{toml}\n"
        );
    }
    let _ = write!(
        text,
        r#"
[server]
listen = ["127.0.0.1:{portal}", "[::1]:{portal}"]
admin = "127.0.0.1:{admin}"
shell = "{}"
state = "{}"
{server}
{toml}
"#,
        shell.display(),
        state.display()
    );
    text
}
