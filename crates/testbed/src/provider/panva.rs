//! panva's `oidc-provider`, an OpenID Certified provider, as `crates/testbed/oidc-provider/` sets it up: it wants
//! requests pushed (RFC 9126), and names itself in its answers (RFC 9207).

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{Elsewhere, Ports, Site, folder::Folder, process::Process, random, settings::PORTAL};

/// A running provider. It ends when it is dropped.
pub struct OidcProvider {
    site: Site,
    client_secret: String,
    _process: Process,
    // After the process.
    folder: Folder,
}

impl OidcProvider {
    /// With the portal as its client, and these people's claims by their subject.
    pub async fn start(ports: Ports, people: &Value) -> Self {
        let folder = Folder::new();
        let site = Site::new("id.localhost", ports.provider());
        let client_secret = random::text::<32>();
        let people = folder.write("people.json", &people.to_string());
        let modules = installed();
        let mut command = Command::new(node(&modules));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc-provider/server.mjs"));
        command.env("NODE_MODULES", modules).env("PEOPLE", people);
        command.env("ISSUER", site.origin()).env("PORT", site.port.to_string());
        command.env("PORTAL", format!("http://{PORTAL}:{}", ports.portal));
        command.env("CLIENT_SECRET", &client_secret);
        let mut process = Process::spawn("oidc-provider", command, site.port, folder.join("provider.log"));
        process.listening().await;
        Self { site, client_secret, _process: process, folder }
    }

    /// What it says of people from now on.
    pub fn say(&self, people: &Value) {
        self.folder.write("people.json", &people.to_string());
    }

    pub fn site(&self) -> &Site {
        &self.site
    }

    pub fn elsewhere(&self) -> Elsewhere {
        let issuer = self.site.origin();
        Elsewhere { name: "Harbour ID", issuer, client_secret: self.client_secret.clone() }
    }
}

fn installed() -> PathBuf {
    std::env::var_os("LANYARD_OIDC_PROVIDER").map(PathBuf::from).unwrap_or_else(|| {
        panic!(
            "LANYARD_OIDC_PROVIDER does not name the folder node_modules that has it: `cargo xtask test` does"
        )
    })
}

/// The Node of the lock, where there is one for this machine: a distribution's own may be too old.
fn node(modules: &Path) -> PathBuf {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let own = modules.join(format!("node-{}-{architecture}/bin/node", std::env::consts::OS));
    if own.is_file() { own } else { "node".into() }
}
