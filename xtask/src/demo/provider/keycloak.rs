//! Keycloak with the realm of `examples/keycloak/`, put into it by its own command line. Its database is in memory.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Provider, Start, prepare, read, write};
use crate::demo::{
    CLIENT_ID,
    children::{Children, Sign},
    probe::answers,
};

pub(super) const ADMINISTRATOR: &str = "admin";

pub(super) fn start(start: &Start<'_>, children: &mut Children) -> Result<()> {
    let example = read(&start.workspace.examples().join("keycloak/realm.json"))?;
    let realm = start.folder.join("realm.json");
    write(&realm, &for_the_demo(&example, start)?)?;

    let mut server = Command::new(start.program.join("bin/kc.sh"));
    server.args(["start", "--optimized", "--http-enabled=true", "--http-host=127.0.0.1"]);
    server.arg(format!("--http-port={}", start.ports.provider));
    server.arg(format!("--hostname={}", start.ports.provider_origin()));
    server
        .env("KC_BOOTSTRAP_ADMIN_USERNAME", ADMINISTRATOR)
        .env("KC_BOOTSTRAP_ADMIN_PASSWORD", &start.password);
    // Compiled quickly instead of well, because it does not live long.
    server.env("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
    let host = start.ports.provider_host();
    let path = "/realms/master".to_owned();
    children.start("provider", server, Sign::Answer { port: start.ports.provider, host, path })?;
    children.wait_until_ready()?;

    let account = start.folder.join("account").display().to_string();
    let admin = |what: &str, arguments: &[&str]| {
        let mut command = Command::new(start.program.join("bin/kcadm.sh"));
        // Beside the state and not in the user's own folder, where it would outlive the demo.
        command.args(arguments).args(["--config", &account]).env("KC_CLI_PASSWORD", &start.password);
        prepare(what, command)
    };
    let server = format!("http://127.0.0.1:{}", start.ports.provider);
    let sign_in =
        ["config", "credentials", "--server", &server, "--realm", "master", "--user", ADMINISTRATOR];
    admin("signing in at Keycloak", &sign_in)?;
    admin("making Keycloak's realm", &["create", "realms", "-f", &realm.display().to_string()])?;
    let path = format!("{}/.well-known/openid-configuration", Provider::Keycloak.path());
    if !answers(start.ports.provider, &start.ports.provider_host(), &path) {
        bail!("Keycloak does not know its new realm: see its log in {}", start.folder.display());
    }
    Ok(())
}

/// The example's realm, with this portal as its client and a password for everybody.
fn for_the_demo(example: &str, start: &Start<'_>) -> Result<String> {
    let mut realm: Value = serde_json::from_str(example).context("examples/keycloak/realm.json")?;
    let clients = realm.get_mut("clients").and_then(Value::as_array_mut).into_iter().flatten();
    let client = clients.into_iter().find(|client| client["clientId"] == CLIENT_ID);
    let client = client.context("examples/keycloak/realm.json has no client of the portal")?;
    client["secret"] = start.secret.into();
    client["rootUrl"] = start.ports.portal_origin().into();
    client["redirectUris"] = json!([start.callback()]);
    client["attributes"]["post.logout.redirect.uris"] = start.signed_out().into();
    let groups = client["protocolMappers"].as_array_mut().into_iter().flatten();
    for mapper in groups.filter(|mapper| mapper["name"] == "groups") {
        // The apps know "Finance Leads" by its own name, whatever the provider.
        mapper["config"]["full.path"] = "false".into();
    }
    let credential = json!([{ "type": "password", "value": start.password, "temporary": false }]);
    for person in realm["users"].as_array_mut().into_iter().flatten() {
        person["credentials"] = credential.clone();
    }
    Ok(realm.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{demo::ports::Ports, workspace::Workspace};

    #[test]
    fn the_realm_is_the_examples_with_this_portal_and_passwords() {
        let workspace = Workspace::find().unwrap();
        let example = read(&workspace.examples().join("keycloak/realm.json")).unwrap();
        let start = Start {
            workspace: &workspace,
            ports: Ports::from(9000, 4),
            program: PathBuf::new(),
            folder: PathBuf::new(),
            secret: "between the two",
            password: "harbour-1".to_owned(),
        };
        let realm = for_the_demo(&example, &start).unwrap();
        assert!(!realm.contains("dash.example"), "{realm}");
        let realm: Value = serde_json::from_str(&realm).unwrap();
        assert_eq!(realm["clients"][0]["redirectUris"], json!(["http://lanyard.localhost:9000/callback"]));
        assert_eq!(realm["clients"][0]["secret"], "between the two");
        let people = realm["users"].as_array().unwrap();
        assert_eq!(people.len(), crate::demo::people::PEOPLE.len());
        assert!(people.iter().all(|person| person["credentials"][0]["value"] == "harbour-1"));
        assert!(for_the_demo("{}", &start).is_err() && for_the_demo("{", &start).is_err());
    }
}
