//! Canaille, an identity provider for small organisations, with a database of its own: it signs ID tokens with
//! RS512 here, and is run and filled by its own commands.

use std::{path::PathBuf, process::Command};

use crate::{Elsewhere, Ports, Site, folder::Folder, process::Process, random, settings::PORTAL};

/// A running provider. It ends when it is dropped.
pub struct Canaille {
    site: Site,
    /// Of everybody.
    pub password: String,
    client_secret: String,
    _process: Process,
    // After the process.
    folder: Folder,
}

impl Canaille {
    /// With the portals as its one client, these people, and the first of them alone in a group of this name.
    pub async fn start(portals: &[Ports], people: &[&str], group: &str) -> Self {
        let folder = Folder::new();
        let site = Site::new("id.localhost", portals[0].provider());
        let (password, client_secret) = (random::text::<16>(), random::text::<32>());
        let key = said(&mut command(&folder, &["jwk", "create", "rsa", "--format", "toml"]));
        let database = folder.join("canaille.sqlite");
        let config = format!(
            "SECRET_KEY = \"{}\"\nSERVER_NAME = \"{}\"\nPREFERRED_URL_SCHEME = \"http\"\n\
             SESSION_COOKIE_SECURE = false\n\
             [CANAILLE]\nNAME = \"Harbour\"\nDATABASE = \"sql\"\n\
             [CANAILLE_SQL]\nDATABASE_URI = \"sqlite:///{}\"\n\
             [CANAILLE_OIDC]\nACTIVE_JWKS = [{}]\n",
            random::text::<32>(),
            site.host,
            database.display(),
            key.trim(),
        );
        folder.write("canaille.toml", &config);
        let run = |line: &str| said(&mut command(&folder, &line.split(' ').collect::<Vec<_>>()));
        run("install");
        for name in people {
            run(&format!(
                "create user --user-name {name} --family-name {name} --formatted-name {name} \
                 --emails {name}@harbour.example --password={password}"
            ));
        }
        said(&mut command(&folder, &["create", "group", "--display-name", group, "--members", people[0]]));
        let pages = portals.iter().map(|ports| {
            let portal = format!("http://{PORTAL}:{}", ports.portal);
            format!("--redirect-uris {portal}/callback --post-logout-redirect-uris {portal}/signed-out")
        });
        let pages: Vec<_> = pages.collect();
        run(&format!(
            "create client --client-id lanyard --client-secret={client_secret} --client-name Portal \
             --client-uri http://{PORTAL}:{} {} --grant-types authorization_code --response-types code \
             --token-endpoint-auth-method client_secret_basic --id-token-signed-response-alg RS512 \
             --scope openid --scope profile --scope email --scope groups",
            portals[0].portal,
            pages.join(" ")
        ));
        // Without it, tokens are for nobody.
        run("set client lanyard --audience lanyard");
        // Without workers it is one process, which ends when it is dropped.
        let bind = format!("127.0.0.1:{}", site.port);
        let mut server = command(&folder, &["run", "--workers", "0", "--bind", &bind]);
        server.env("AUTHLIB_INSECURE_TRANSPORT", "1");
        let mut process = Process::spawn("Canaille", server, site.port, folder.join("canaille.log"));
        process.listening().await;
        Self { site, password, client_secret, _process: process, folder }
    }

    /// From now on this person alone is in the group.
    pub fn hand_over(&self, group: &str, name: &str) {
        said(&mut command(&self.folder, &["set", "group", group, "--members", name]));
    }

    pub fn site(&self) -> &Site {
        &self.site
    }

    pub fn elsewhere(&self) -> Elsewhere {
        let issuer = self.site.origin();
        Elsewhere { name: "Harbour ID", issuer, client_secret: self.client_secret.clone() }
    }
}

/// One of its own commands, with the configuration if there is one already.
fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(installed());
    command.args(["-m", "canaille.commands"]).args(arguments).current_dir(folder.path());
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let config = folder.join("canaille.toml");
    if config.is_file() {
        command.env("CANAILLE_CONFIG", config);
    }
    command
}

fn said(command: &mut Command) -> String {
    let output = command.output().expect("python runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "canaille:\n{complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn installed() -> PathBuf {
    std::env::var_os("LANYARD_CANAILLE").map(PathBuf::from).unwrap_or_else(|| {
        panic!("LANYARD_CANAILLE does not name the Python that has it: `cargo xtask test` installs it and says so")
    })
}
