//! The demo's configuration, as a text for the port that was chosen, and the apps in it. The gateway judges it
//! like any other; `cargo xtask test` has it checked.

use std::path::Path;

use super::ports::Ports;

pub(super) const CLIENT_ID: &str = "lanyard";

/// One dashboard of the demo and the program behind it.
pub(crate) struct App {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) section: &'static str,
    pub(super) description: &'static str,
    /// The roles that see it; none: everybody does.
    pub(super) roles: &'static [&'static str],
    pub(super) program: &'static str,
    /// Its port, counted from the first app's.
    pub(super) offset: u16,
}

pub(super) const APPS: [App; 4] = [
    App {
        id: "data-science",
        title: "Data Science Team KPI",
        section: "KPI",
        description: "Models in production, and how well they hold.",
        roles: &["manager", "data-science"],
        program: "sample-app",
        offset: 0,
    },
    App {
        id: "finance",
        title: "Finance Team KPI",
        section: "KPI",
        description: "Revenue, orders and margin, day by day.",
        roles: &["manager", "finance"],
        program: "sample-app",
        offset: 1,
    },
    App {
        id: "forecast",
        title: "Finance forecast",
        section: "Planning",
        description: "Where the year is heading.",
        roles: &["manager", "finance-lead"],
        program: "sample-app",
        offset: 2,
    },
    App {
        id: "status",
        title: "Service status",
        section: "Operations",
        description: "What is running, for everybody.",
        roles: &[],
        program: "status-page",
        offset: 3,
    },
];

/// A role and the group that grants it.
pub(super) const ROLES: [(&str, &str); 4] = [
    ("manager", "Manager"),
    ("data-science", "Data Science Team"),
    ("finance", "Finance Team"),
    ("finance-lead", "Finance Leads"),
];

pub(super) fn portal(ports: Ports) -> String {
    format!("http://lanyard.localhost:{}", ports.portal)
}

/// Where viewers find an app.
pub(super) fn origin(app: &App, ports: Ports) -> String {
    format!("http://{}.lanyard.localhost:{}", app.id, ports.portal)
}

pub(super) fn text(ports: Ports, shell: &Path, state: &Path) -> String {
    let Ports { portal: port, provider, admin, .. } = ports;
    let roles: String = ROLES.iter().map(|(role, group)| format!("{role} = [{}]\n", quoted(group))).collect();
    let dashboards: String = APPS.iter().map(|app| dashboard(app, ports)).collect();
    format!(
        r#"# Written by `cargo xtask demo`; changes are lost at its next start.
[portal]
url = "{url}"
title = "Harbour analytics"
contact = "data-platform@harbour.example"

[identity]
issuer = "http://id.localhost:{provider}"
name = "Harbour ID"
client_id = "{CLIENT_ID}"
client_secret = "env:{secret}"
groups = ["/groups"]

[server]
listen = ["127.0.0.1:{port}", "[::1]:{port}"]
admin = "127.0.0.1:{admin}"
shell = {shell}
state = {state}
drain = "2s"

[roles]
{roles}{dashboards}"#,
        url = portal(ports),
        secret = super::SECRET,
        shell = quoted(&shell.display().to_string()),
        state = quoted(&state.display().to_string()),
    )
}

fn dashboard(app: &App, ports: Ports) -> String {
    let roles: Vec<String> = app.roles.iter().map(|role| quoted(role)).collect();
    let access =
        if roles.is_empty() { "public = true".to_owned() } else { format!("roles = [{}]", roles.join(", ")) };
    format!(
        "\n[dashboards.{}]\ntitle = {}\nsection = {}\ndescription = {}\napp = \"http://127.0.0.1:{}\"\n{access}\n",
        app.id,
        quoted(app.title),
        quoted(app.section),
        quoted(app.description),
        ports.app(app.offset),
    )
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_moves_with_the_port() {
        let text = text(Ports::from(9000), Path::new("/built/shell"), Path::new("/odd \"folder\""));
        for line in [
            "url = \"http://lanyard.localhost:9000\"",
            "issuer = \"http://id.localhost:9001\"",
            "listen = [\"127.0.0.1:9000\", \"[::1]:9000\"]",
            "admin = \"127.0.0.1:9002\"",
            "shell = \"/built/shell\"",
            "state = \"/odd \\\"folder\\\"\"",
            "client_secret = \"env:LANYARD_CLIENT_SECRET\"",
            "finance-lead = [\"Finance Leads\"]",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("8080"));
    }

    #[test]
    fn only_the_status_page_is_public_and_every_role_exists() {
        let text = text(Ports::from(8080), Path::new("/s"), Path::new("/t"));
        assert!(text.contains(
            "[dashboards.finance]\ntitle = \"Finance Team KPI\"\nsection = \"KPI\"\n\
             description = \"Revenue, orders and margin, day by day.\"\n\
             app = \"http://127.0.0.1:8084\"\nroles = [\"manager\", \"finance\"]\n"
        ));
        assert_eq!(text.matches("public = true").count(), 1);
        assert!(text.ends_with("app = \"http://127.0.0.1:8086\"\npublic = true\n"));
        for role in APPS.iter().flat_map(|app| app.roles) {
            assert!(ROLES.iter().any(|(defined, _)| defined == role), "{role}");
        }
    }
}
