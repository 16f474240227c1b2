//! `lanyard doctor`: looks at a running set-up as an operator would, from the machine of the gateway, and says what
//! is wrong with its remedy. Each check is a file here and a row of [`CHECKS`]. It changes nothing, signs nobody in,
//! and what it prints holds no secret.

mod answers;
mod bokeh_sessions;

use std::{fmt, sync::Arc};

use futures_util::future::{BoxFuture, join_all};

use crate::{
    config::{App, Config, Kind},
    dashboards::{
        probe::{Page, first_page},
        upstream::UpstreamError,
    },
};

/// What is looked at, in the order of the report.
const CHECKS: [Check; 2] = [answers::check, bokeh_sessions::check];

type Check = fn(&Setup) -> BoxFuture<'_, Vec<Finding>>;

/// What the checks look at.
struct Setup {
    /// In the order of the file.
    apps: Vec<Visited>,
}

/// An app, and what it begins with. It is asked once, however many checks there are: some make a session each time.
struct Visited {
    app: Arc<App>,
    page: Result<Page, UpstreamError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Fine,
    Warning,
    Error,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    /// The table of the configuration, such as `dashboards.finance`.
    pub about: String,
    /// What was found and, where something is wrong, what to do.
    pub message: String,
}

impl Finding {
    fn of(app: &App, severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, about: format!("dashboards.{}", app.id), message: message.into() }
    }
}

/// `warning: dashboards.finance: answers 500 at /; …`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Fine => "ok",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{severity}: {}: {}", self.about, self.message)
    }
}

/// Makes every check.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let apps = config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
        Kind::App(app) => Some(app),
        Kind::External { .. } => None,
    });
    let visits = apps.map(async |app| {
        let page = first_page(app, &config.portal.origin).await;
        Visited { app: app.clone(), page }
    });
    let setup = Setup { apps: join_all(visits).await };
    join_all(CHECKS.iter().map(|check| check(&setup))).await.concat()
}
