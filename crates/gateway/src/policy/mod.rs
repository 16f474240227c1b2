//! May this session use this dashboard? `authorize` decides, writes the audit event and mints the permit.

use std::sync::Arc;

use crate::{config::App, identity::session};

/// Proof that a request runs under a grant. Only `authorize` makes one.
pub struct Permit {
    app: Arc<App>,
    session: Option<session::Shared>,
    grant: Arc<str>,
}

impl Permit {
    /// The dashboard that it is for.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Whose it is. Always `None` on a public dashboard, also when the viewer is signed in.
    pub fn session(&self) -> Option<&session::Shared> {
        self.session.as_ref()
    }

    /// The audit event of the grant.
    pub fn grant(&self) -> &Arc<str> {
        &self.grant
    }
}

#[cfg(test)]
impl Permit {
    /// For tests of what lies behind a permit.
    pub(crate) fn for_tests(app: Arc<App>, session: Option<session::Shared>) -> Self {
        Self { app, session, grant: "grant".into() }
    }
}
