//! The demo's configuration, as a text for the port that was chosen, with its dashboards in it. The gateway
//! judges it like any other; `cargo xtask test` has it checked.

use std::path::Path;

use super::{
    CLIENT_ID, SECRET,
    apps::{App, Program, ROLES},
    ports::Ports,
    provider::Provider,
};

pub(super) fn text(apps: &[App], provider: Provider, ports: Ports, shell: &Path, state: &Path) -> String {
    let Ports { portal: port, admin, .. } = ports;
    let roles: String = ROLES.iter().map(|(role, group)| format!("{role} = [{}]\n", quoted(group))).collect();
    let dashboards: String = apps.iter().zip(ports.apps()).map(|(app, port)| dashboard(app, port)).collect();
    format!(
        r#"# Written by `cargo xtask demo`; changes are lost at its next start.
[portal]
url = "{url}"
title = "Harbour analytics"
contact = "data-platform@harbour.example"

[identity]
issuer = "{issuer}"
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
        url = ports.portal_origin(),
        issuer = [&ports.provider_origin(), provider.path()].concat(),
        secret = SECRET,
        shell = quoted(&shell.display().to_string()),
        state = quoted(&state.display().to_string()),
    )
}

fn dashboard(app: &App, port: u16) -> String {
    let list = |key: &str, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        format!("{key} = [{}]\n", names.join(", "))
    };
    let access = if app.roles.is_empty() { "public = true\n".to_owned() } else { list("roles", app.roles) };
    let forwarded = if app.forward_groups.is_empty() {
        String::new()
    } else {
        list("forward_groups", app.forward_groups)
    };
    let health = match &app.program {
        Program::Real(framework) => format!("health = {}\n", quoted(&framework.health)),
        Program::SampleApp | Program::StatusPage => String::new(),
    };
    format!(
        "\n[dashboards.{}]\ntitle = {}\nicon = {}\nsection = {}\ndescription = {}\napp = \"http://localhost:{port}\"\n\
         {access}{forwarded}{health}",
        app.id,
        quoted(&app.title),
        quoted(app.icon),
        quoted(app.section),
        quoted(&app.description),
    )
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::apps;

    #[test]
    fn the_configuration_moves_with_the_port() {
        let text = text(
            &apps::story(),
            Provider::Development,
            Ports::from(9000, 4),
            Path::new("/built/shell"),
            Path::new("/odd \"folder\""),
        );
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
        let mut apps = apps::story();
        apps[1].forward_groups = &["Finance Leads"];
        let text = text(&apps, Provider::Django, Ports::from(8080, 4), Path::new("/s"), Path::new("/t"));
        assert!(text.contains(
            "[dashboards.finance]\ntitle = \"Finance Team KPI\"\nicon = \"wallet\"\nsection = \"KPI\"\n\
             description = \"Revenue, orders and margin, day by day.\"\n\
             app = \"http://localhost:8084\"\nroles = [\"manager\", \"finance\"]\n\
             forward_groups = [\"Finance Leads\"]\n"
        ));
        assert!(text.contains("issuer = \"http://id.localhost:8081/o\"\n"), "{text}");
        assert_eq!(text.matches("forward_groups").count(), 1);
        assert_eq!(text.matches("public = true").count(), 1);
        assert!(text.ends_with("app = \"http://localhost:8086\"\npublic = true\n"));
        for role in apps.iter().flat_map(|app| app.roles) {
            assert!(ROLES.iter().any(|(defined, _)| defined == role), "{role}");
        }
    }
}
