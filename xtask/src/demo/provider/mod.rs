//! The demo's identity provider: the development one, the Django site of `examples/django/`, or Keycloak with the
//! realm of `examples/keycloak/`. Each knows the portal as its one client, and the demo's people. Whatever is changed
//! there is lost when the demo ends.

mod development;
mod django;
mod keycloak;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{children::Children, ports::Ports};
use crate::{
    process, random,
    tools::{self, python},
    workspace::Workspace,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    Development,
    Django,
    Keycloak,
}

/// What a provider is started with.
pub(super) struct Start<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) ports: Ports,
    /// Its own program, as [`Provider::install`] gave it.
    pub(super) program: PathBuf,
    /// Where it may write.
    pub(super) folder: PathBuf,
    /// The client's, shared with the gateway.
    pub(super) secret: &'a str,
    /// Of everybody, where people are asked for one.
    pub(super) password: String,
}

impl Provider {
    /// The program that it runs by, installed when it is missing.
    pub(super) fn install(self, workspace: &Workspace) -> Result<PathBuf> {
        match self {
            Self::Development => Ok(workspace.binaries.join("lanyard-dev-idp")),
            Self::Django => python::provide(workspace),
            Self::Keycloak => tools::keycloak::provide(),
        }
    }

    /// The issuer's path.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Development => "",
            Self::Django => "/o",
            Self::Keycloak => "/realms/harbour",
        }
    }

    /// Starts it and waits until it has everybody in it.
    pub(super) fn start(self, start: &Start<'_>, children: &mut Children) -> Result<()> {
        // What an earlier demo left.
        if start.folder.exists() {
            fs::remove_dir_all(&start.folder).with_context(|| start.folder.display().to_string())?;
        }
        fs::create_dir_all(&start.folder).with_context(|| start.folder.display().to_string())?;
        match self {
            Self::Development => development::start(start, children),
            Self::Django => django::start(start, children),
            Self::Keycloak => keycloak::start(start, children),
        }
    }

    /// How one signs in, where it asks for more than a click; and where groups are changed.
    pub(super) fn lines(self, ports: Ports, password: &str) -> Vec<String> {
        let (admin, staff) = match self {
            Self::Development => return Vec::new(),
            Self::Django => ("/admin/", django::STAFF),
            Self::Keycloak => ("/admin/master/console/#/harbour/groups", keycloak::ADMINISTRATOR),
        };
        Vec::from([
            format!("They sign in as ada, ben, carla, dov and elif, with the password {password}"),
            format!(
                "Groups are changed by {staff}, with the same password, at {}{admin}",
                ports.provider_origin()
            ),
        ])
    }
}

/// Easy to type, and good for one run on this machine.
pub(super) fn password() -> Result<String> {
    let random = random::secret()?;
    Ok(format!("harbour-{}", random.get(..8).context("a short secret")?))
}

impl Start<'_> {
    fn callback(&self) -> String {
        format!("{}/callback", self.ports.portal_origin())
    }

    fn signed_out(&self) -> String {
        format!("{}/signed-out", self.ports.portal_origin())
    }
}

/// A command that must succeed before the provider can be used.
fn prepare(what: &str, command: Command) -> Result<()> {
    let outcome = process::run(what, command)?;
    if !outcome.success {
        bail!("{what} failed ({})", tools::reason(&outcome.lines));
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| file.display().to_string())
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| file.display().to_string())
}
