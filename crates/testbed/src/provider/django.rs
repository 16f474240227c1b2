//! The Django site of `examples/django/`, with a database of its own.

use std::{path::PathBuf, process::Command};

use crate::{
    Elsewhere, Ports, Site,
    folder::Folder,
    framework::{examples, program},
    process::Process,
    random,
};

/// The one who may use the admin.
pub const STAFF: &str = "grace";

/// A running site. It ends when it is dropped.
pub struct Django {
    site: Site,
    client_secret: String,
    /// Of [`STAFF`].
    pub password: String,
    variables: Vec<(&'static str, String)>,
    _process: Process,
    // After the process.
    _folder: Folder,
}

impl Django {
    /// With the portal as its client, and [`STAFF`] as its only person.
    pub async fn start(ports: Ports) -> Self {
        let folder = Folder::new();
        let site = Site::new("id.localhost", ports.provider());
        let (password, client_secret) = (random::text::<16>(), random::text::<32>());
        let variables = vec![
            ("SITE_URL", site.origin()),
            ("SITE_STATE", folder.path().display().to_string()),
            ("SITE_SECRET", random::text::<48>()),
            ("SITE_PASSWORD", password.clone()),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ];
        let people = format!(r#"[{{ "username": "{STAFF}", "is_staff": true, "is_superuser": true }}]"#);
        let people = folder.write("people.json", &people);
        let manage = |arguments: &[&str]| manage(&variables, arguments);
        manage(&["signing_key"]);
        manage(&["migrate", "--verbosity", "0"]);
        manage(&["people", &people.display().to_string(), "--password-env", "SITE_PASSWORD"]);
        let portal = format!("http://{}:{}", crate::settings::PORTAL, ports.portal);
        let application = format!(
            "createapplication confidential authorization-code --name Portal --client-id lanyard \
             --client-secret={client_secret} --algorithm RS256 --skip-authorization \
             --redirect-uris {portal}/callback --post-logout-redirect-uris {portal}/signed-out"
        );
        manage(&application.split(' ').collect::<Vec<_>>());
        let mut command = python(&variables);
        let bind = format!("127.0.0.1:{}", ports.provider());
        command.args(["-m", "gunicorn", "--bind", &bind, "--workers", "2", "--no-control-socket"]);
        command.args(["harbour.wsgi"]);
        let mut process = Process::spawn("Django", command, ports.provider(), folder.join("site.log"));
        process.listening().await;
        Self { site, client_secret, password, variables, _process: process, _folder: folder }
    }

    pub fn site(&self) -> &Site {
        &self.site
    }

    pub fn elsewhere(&self) -> Elsewhere {
        let issuer = format!("{}/o", self.site.origin());
        Elsewhere { name: "Harbour", issuer, client_secret: self.client_secret.clone() }
    }

    /// A command of the site's own `manage.py`.
    pub fn manage(&self, arguments: &[&str]) {
        manage(&self.variables, arguments);
    }
}

fn manage(variables: &[(&'static str, String)], arguments: &[&str]) {
    let mut command = python(variables);
    command.arg("manage.py").args(arguments);
    let output = command.output().expect("python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "manage.py {}:\n{said}", arguments[0]);
}

fn python(variables: &[(&'static str, String)]) -> Command {
    let folder: PathBuf = examples().join("django");
    let mut command = Command::new(program("python"));
    command.current_dir(folder).envs(variables.iter().map(|(name, value)| (*name, value)));
    command
}
