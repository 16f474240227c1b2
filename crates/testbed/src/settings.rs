//! What a stage plays: the demo's configuration file with a test's own lines in it, and the ports of everybody.

use std::fmt::Write as _;
use std::path::Path;

use crate::{
    options::{StageOptions, Upstream},
    ports,
};

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

    /// Where the gateway is that something else stands in front of.
    pub fn behind(self) -> u16 {
        self.portal + ports::BLOCK - 1
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
    let who = match &options.front {
        Some(lines) => {
            format!("[identity.trusted_headers]\nsecret = \"env:LANYARD_CLIENT_SECRET\"\n{lines}\n")
        }
        None => format!(
            "issuer = \"{issuer}\"\nclient_id = \"lanyard\"\nclient_secret = \"env:LANYARD_CLIENT_SECRET\"\n\
             groups = {groups}\n"
        ),
    };
    let listen = if options.behind { ports.behind() } else { portal };
    let mut text = format!(
        r#"
[portal]
url = "{scheme}://{PORTAL}:{portal}"
{apps}title = "Harbour analytics"
contact = "data-platform@harbour.example"
{branding}
[identity]
name = "{provider}"
{identity}
{who}
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
listen = ["127.0.0.1:{listen}", "[::1]:{listen}"]
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
