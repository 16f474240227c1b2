//! `lanyard doctor`: looks at a running set-up as an operator would, from the machine of the gateway, and says what
//! is wrong with its remedy. Each check is a file here and a row of [`CHECKS`]. It changes nothing, signs nobody in
//! unless asked, and what it prints holds no secret.

mod algorithms;
mod answers;
mod bokeh_sessions;
mod certificate;
mod client;
mod clocks;
mod framework;
mod framing;
mod groups;
mod listening;
mod names;
mod production;
mod provider;
mod sign_in;
mod websocket;

use std::{fmt, sync::Arc};

use futures_util::future::{BoxFuture, join, join_all};

use crate::{
    clock::Timestamp,
    config::{App, Config, Dashboard, Identity, Kind},
    dashboards::{
        probe::{Page, first_page},
        upstream::UpstreamError,
    },
    identity::oidc::{
        DiscoveryError,
        backchannel::Backchannel,
        inspection::{self, Inspected},
    },
};

/// What is looked at, in the order of the report.
const CHECKS: [Check; 14] = [
    names::check,
    certificate::check,
    provider::check,
    algorithms::check,
    clocks::check,
    client::check,
    groups::check,
    sign_in::check,
    answers::check,
    bokeh_sessions::check,
    framing::check,
    websocket::check,
    listening::check,
    production::check,
];

type Check = for<'a> fn(&'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>>;

/// What is to be looked at.
pub struct Question<'a> {
    pub config: &'a Config,
    /// A token or claims that somebody has pasted. Never printed.
    pub token: Option<String>,
    /// The port of this machine to which somebody who signs in comes back.
    pub sign_in: Option<u16>,
    /// Tells the operator what to do meanwhile.
    pub say: fn(&str),
    /// Whether it is to hold what a security checklist asks.
    pub production: bool,
    pub clock: fn() -> Timestamp,
}

/// What the checks look at.
struct Setup<'a> {
    asked: &'a Question<'a>,
    config: &'a Config,
    backchannel: &'a Backchannel,
    /// In the order of the file.
    apps: Vec<Visited>,
    /// `None` where a proxy in front signs people in.
    provider: Option<Asked<'a>>,
}

/// An identity provider, and what it says of itself.
struct Asked<'a> {
    identity: &'a Identity,
    inspected: Result<Inspected, DiscoveryError>,
}

impl Setup<'_> {
    /// The provider that people sign in at, if it could be discovered.
    fn discovered(&self) -> Option<(&Identity, &Inspected)> {
        let asked = self.provider.as_ref()?;
        Some((asked.identity, asked.inspected.as_ref().ok()?))
    }
}

/// An app, and what it begins with. It is asked once, however many checks there are: some make a session each time.
struct Visited {
    app: Arc<App>,
    page: Result<Page, UpstreamError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Fine,
    /// What cannot be told from here, or is for somebody to look over.
    Note,
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
    fn new(about: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, about: about.to_owned(), message: message.into() }
    }

    fn of(app: &App, severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, about: format!("dashboards.{}", app.id), message: message.into() }
    }

    fn on(dashboard: &Dashboard, severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, about: format!("dashboards.{}", dashboard.id), message: message.into() }
    }
}

/// `warning: dashboards.finance: answers 500 at /; …`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Fine => "ok",
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{severity}: {}: {}", self.about, self.message)
    }
}

/// Makes every check.
pub async fn examine(question: &Question<'_>) -> Vec<Finding> {
    let config = question.config;
    let apps = config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
        Kind::App(app) => Some(app),
        Kind::External { .. } => None,
    });
    let visits = apps.map(async |app| {
        let page = first_page(app, &config.portal.origin).await;
        Visited { app: app.clone(), page }
    });
    let backchannel = Backchannel::new();
    let inspecting = async {
        let identity = config.sign_in.provider()?;
        Some(Asked { identity, inspected: inspection::inspect(&backchannel, identity, question.clock).await })
    };
    let (apps, provider) = join(join_all(visits), inspecting).await;
    let setup = Setup { asked: question, config, backchannel: &backchannel, apps, provider };
    join_all(CHECKS.iter().map(|check| check(&setup))).await.concat()
}
