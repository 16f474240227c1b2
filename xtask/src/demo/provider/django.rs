//! The Django site of `examples/django/`, with a database of its own and somebody who may use its admin.

use std::process::Command;

use anyhow::Result;
use serde_json::json;

use super::{Start, prepare, write};
use crate::demo::{
    CLIENT_ID,
    children::{Children, Sign},
    people,
};

/// The one who may use the admin.
pub(super) const STAFF: &str = "grace";

pub(super) fn start(start: &Start<'_>, children: &mut Children) -> Result<()> {
    let people = start.folder.join("people.json");
    let staff = json!({ "username": STAFF, "is_staff": true, "is_superuser": true });
    let all: Vec<_> = people::PEOPLE.iter().map(people::Person::json).chain([staff]).collect();
    write(&people, &json!(all).to_string())?;

    let secret = crate::random::secret()?;
    let python = || {
        let mut command = Command::new(&start.program);
        command.current_dir(start.workspace.examples().join("django"));
        command
            .env("SITE_URL", start.ports.provider_origin())
            .env("SITE_STATE", &start.folder)
            .env("SITE_SECRET", &secret);
        command.env("SITE_PASSWORD", &start.password).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let manage = |what: &str, arguments: &[&str]| {
        let mut command = python();
        command.arg("manage.py").args(arguments);
        prepare(what, command)
    };
    manage("making Django's signing key", &["signing_key"])?;
    manage("making Django's database", &["migrate", "--verbosity", "0"])?;
    let file = people.display().to_string();
    manage("adding the people to Django", &["people", &file, "--password-env", "SITE_PASSWORD"])?;
    let (client_secret, callback) = (format!("--client-secret={}", start.secret), start.callback());
    let signed_out = start.signed_out();
    manage(
        "making the portal Django's client",
        &[
            "createapplication",
            "confidential",
            "authorization-code",
            "--name=Portal",
            "--client-id",
            CLIENT_ID,
            &client_secret,
            "--algorithm=RS256",
            "--skip-authorization",
            "--redirect-uris",
            &callback,
            "--post-logout-redirect-uris",
            &signed_out,
        ],
    )?;

    let mut site = python();
    site.args(["-m", "gunicorn", "--bind", &format!("127.0.0.1:{}", start.ports.provider)]);
    site.args(["--workers", "2", "--no-control-socket", "harbour.wsgi"]);
    let (host, path) = (start.ports.provider_host(), "/accounts/login/".to_owned());
    children.start("provider", site, Sign::Answer { port: start.ports.provider, host, path })?;
    children.wait_until_ready()
}
