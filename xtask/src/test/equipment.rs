//! What the browser tests need besides browser and shell: the programs that run the example apps, and identity
//! providers. The tests are told by the environment where each is.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    frameworks::Runtime,
    tools::{keycloak, nginx, npm, python},
    workspace::Workspace,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Equipment {
    Apps(Runtime),
    /// axe-core's file.
    Axe,
    Keycloak,
    /// panva's, from npm.
    OidcProvider,
    /// The Python that has it.
    Canaille,
    Nginx,
}

impl Equipment {
    pub(super) const ALL: [Self; 7] = [
        Self::Apps(Runtime::Python),
        Self::Apps(Runtime::R),
        Self::Axe,
        Self::Keycloak,
        Self::OidcProvider,
        Self::Canaille,
        Self::Nginx,
    ];

    pub(super) fn variable(self) -> &'static str {
        match self {
            Self::Apps(Runtime::Python) => "LANYARD_PYTHON",
            Self::Apps(Runtime::R) => "LANYARD_RSCRIPT",
            Self::Axe => "LANYARD_AXE",
            Self::Keycloak => "LANYARD_KEYCLOAK",
            Self::OidcProvider => "LANYARD_OIDC_PROVIDER",
            Self::Canaille => "LANYARD_CANAILLE",
            Self::Nginx => "LANYARD_NGINX",
        }
    }

    pub(super) fn provide(self, workspace: &Workspace) -> Result<PathBuf> {
        match self {
            Self::Apps(runtime) => runtime.provide(workspace),
            Self::Axe => npm::provide(workspace, "crates/testbed/axe")
                .map(|modules| modules.join("axe-core/axe.min.js")),
            Self::Keycloak => keycloak::provide(),
            Self::Canaille => python::provide_canaille(workspace),
            Self::Nginx => nginx::provide(),
            Self::OidcProvider => npm::provide(workspace, "crates/testbed/oidc-provider"),
        }
    }
}
