//! The real Keycloak, with the realm of `examples/keycloak/` and whatever else its own administrators' interface
//! is asked for. Its database is in memory and goes with it.

use std::{path::PathBuf, process::Command, time::Duration};

use serde_json::{Value, json};

use crate::{
    Answer, Elsewhere, Ports, Request, Site, folder::Folder, framework::examples, process::Process, random,
    settings::PORTAL,
};

const ADMINISTRATOR: &str = "admin";
/// The realm of the example.
pub const REALM: &str = "harbour";

/// A running server. It ends when it is dropped.
pub struct Keycloak {
    site: Site,
    /// Of the administrator, and of everybody in the realms.
    pub password: String,
    client_secret: String,
    process: Process,
    // After the process.
    _folder: Folder,
}

impl Keycloak {
    /// Without any realm but the administrator's.
    pub async fn start() -> Self {
        let folder = Folder::new();
        let site = Site::new("id.localhost", Ports::reserve().provider());
        let password = random::text::<16>();
        let mut command = Command::new(installed().join("bin/kc.sh"));
        command.args(["start", "--optimized", "--http-enabled=true", "--http-host=127.0.0.1"]);
        command.arg(format!("--http-port={}", site.port)).arg(format!("--hostname={}", site.origin()));
        command.env("KC_BOOTSTRAP_ADMIN_USERNAME", ADMINISTRATOR);
        command.env("KC_BOOTSTRAP_ADMIN_PASSWORD", &password);
        // The second option: compiled quickly instead of well, because it does not live long.
        command.env("JAVA_OPTS_APPEND", "-Xmx700m -XX:TieredStopAtLevel=1");
        let mut process = Process::spawn("Keycloak", command, site.port, folder.join("keycloak.log"));
        process.listening_within(Duration::from_secs(240)).await;
        Self { site, password, client_secret: random::text::<32>(), process, _folder: folder }
    }

    /// The example's realm, with these portals as the one client's, and a password for everybody in it.
    pub async fn import_example(&self, portals: &[Ports]) {
        let file = examples().join("keycloak/realm.json");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let mut realm: Value = serde_json::from_str(&text).expect("the realm is JSON");
        let portals = portals.iter().map(|ports| format!("http://{PORTAL}:{}", ports.portal));
        let portals: Vec<String> = portals.collect();
        let at = |page: &str| portals.iter().map(|portal| format!("{portal}/{page}")).collect::<Vec<_>>();
        let client = &mut realm["clients"][0];
        assert_eq!(client["clientId"], "lanyard");
        client["secret"] = self.client_secret.as_str().into();
        client["redirectUris"] = at("callback").into();
        client["attributes"]["post.logout.redirect.uris"] = at("signed-out").join("##").into();
        self.import(realm).await;
    }

    /// A realm, with a password for everybody in it.
    pub async fn import(&self, mut realm: Value) {
        for person in realm["users"].as_array_mut().into_iter().flatten() {
            let credential = json!({ "type": "password", "value": self.password, "temporary": false });
            person["credentials"] = json!([credential]);
        }
        self.ask("POST", "", Some(realm)).await;
    }

    /// Asks the administrators' interface, below `/admin/realms`.
    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let request = self.site.request(method, &format!("/admin/realms{path}"));
        let answer = self.as_administrator(match &body {
            Some(body) => request.json(body),
            None => request,
        });
        let answer = answer.await;
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// What SAML's metadata in XML says of a service, as a client that a realm can be given.
    pub async fn client_of_metadata(&self, realm: &str, metadata: Vec<u8>) -> Value {
        let request = self.site.post(&format!("/admin/realms/{realm}/client-description-converter"));
        self.as_administrator(request.body("application/xml", metadata)).await.json()
    }

    async fn as_administrator(&self, request: Request) -> Answer {
        let token = self.site.post("/realms/master/protocol/openid-connect/token").form(&[
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", ADMINISTRATOR),
            ("password", &self.password),
        ]);
        let token = token.send().await.expect(200).json();
        let token = token["access_token"].as_str().expect("a token").to_owned();
        let answer = request.header("Authorization", format!("Bearer {token}")).send().await;
        assert!(answer.status < 300, "Keycloak refuses:\n{}", answer.everything());
        answer
    }

    /// The id of the only one of these with that property.
    pub async fn id(&self, kind: &str, property: &str, value: &str) -> String {
        let found = self.ask("GET", &format!("/{REALM}/{kind}"), None).await;
        let all = found.as_array().expect("a list");
        let one = all.iter().find(|one| one[property] == value);
        let one = one.unwrap_or_else(|| panic!("there is no {property} '{value}' among the {kind}"));
        one["id"].as_str().expect("an id").to_owned()
    }

    pub fn site(&self) -> &Site {
        &self.site
    }

    pub fn elsewhere(&self) -> Elsewhere {
        let issuer = format!("{}/realms/{REALM}", self.site.origin());
        Elsewhere { name: "Harbour ID", issuer, client_secret: self.client_secret.clone() }
    }
}

impl Drop for Keycloak {
    fn drop(&mut self) {
        // Its script is what was started; Java is the script's child.
        self.process.end();
    }
}

fn installed() -> PathBuf {
    std::env::var_os("LANYARD_KEYCLOAK").map(PathBuf::from).unwrap_or_else(|| {
        panic!("LANYARD_KEYCLOAK does not name Keycloak's folder: `cargo xtask test` installs it and says so")
    })
}
