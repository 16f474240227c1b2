//! Whether the apps answer, asked for those who look at them: an app is checked only when somebody wants to
//! know, and at most once in a while, however many want to know at once. A check carries nothing of anybody.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderValue, Request, StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use lanyard_contract::{DashboardId, wire::AppState};
use tokio::{sync::watch, time::timeout};

use super::{
    upload::Upload,
    upstream::{self, Connector, UpstreamError},
};
use crate::{
    clock::Timestamp,
    config::{App, Config, HostHeader, Kind},
};

/// How long what was found holds.
const HOLDS: Duration = Duration::from_secs(5);
/// How long an app may take to answer. Shorter than [`HOLDS`], so that there is never more than one check.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is known of all apps. Bounded by the configuration.
pub struct Health {
    apps: HashMap<DashboardId, Known>,
    connector: Connector,
    /// Keeps no connection.
    client: Client<Connector, Upload>,
}

struct Known {
    check: Check,
    latest: Mutex<Option<Latest>>,
}

/// The check that is under way, or the last one.
struct Latest {
    begun: Timestamp,
    found: watch::Receiver<Option<AppState>>,
}

/// How an app is checked.
#[derive(Clone)]
enum Check {
    /// By a connection that is made and dropped: a request could make a session in the app.
    Connection(Uri),
    /// By a request, as `Host` sees it.
    Request(Uri, HeaderValue),
}

impl Health {
    pub fn new(config: &Config) -> Self {
        let apps = config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
            Kind::App(app) => {
                Some((app.id.clone(), Known { check: Check::of(app)?, latest: Mutex::default() }))
            }
            Kind::External { .. } => None,
        });
        let connector = upstream::connector();
        let client = upstream::client(connector.clone(), 0);
        Self { apps: apps.collect(), connector, client }
    }

    /// How the app behind a dashboard is; [`AppState::Down`] where there is none.
    pub async fn of(&self, id: &DashboardId, now: Timestamp) -> AppState {
        let Some(known) = self.apps.get(id) else { return AppState::Down };
        let mut found = known.latest(now, || self.begin(known.check.clone()));
        let found = found.wait_for(Option::is_some).await;
        found.ok().and_then(|found| *found).unwrap_or(AppState::Down)
    }

    /// In a task of its own: whoever asked first may leave, and the others go on waiting for the same check.
    fn begin(&self, check: Check) -> watch::Receiver<Option<AppState>> {
        let (tell, found) = watch::channel(None);
        let (connector, client) = (self.connector.clone(), self.client.clone());
        tokio::spawn(async move {
            let checked = timeout(PATIENCE, check.run(connector, client)).await;
            let state = match checked {
                Ok(Ok(status)) if !status.is_server_error() => AppState::Answers,
                Err(_) | Ok(Err(UpstreamError::TimedOut)) => AppState::Silent,
                Ok(_) => AppState::Down,
            };
            let _ = tell.send(Some(state));
        });
        found
    }
}

impl Known {
    /// The latest check, or a new one where that is too old. A clock that was set back makes it so, too.
    fn latest(
        &self,
        now: Timestamp,
        begin: impl FnOnce() -> watch::Receiver<Option<AppState>>,
    ) -> watch::Receiver<Option<AppState>> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        match &*latest {
            Some(known) if (known.begun..known.begun.plus(HOLDS)).contains(&now) => known.found.clone(),
            _ => {
                let found = begin();
                *latest = Some(Latest { begun: now, found: found.clone() });
                found
            }
        }
    }
}

impl Check {
    fn of(app: &App) -> Option<Self> {
        let path = app.health.as_deref();
        let target = format!("{}{}", app.upstream, path.unwrap_or("/")).parse().ok()?;
        if path.is_none() {
            return Some(Self::Connection(target));
        }
        let seen = if app.host_header == HostHeader::Preserve { &app.origin } else { &app.upstream };
        let host = HeaderValue::try_from(seen.authority.display(seen.scheme)).ok()?;
        Some(Self::Request(target, host))
    }

    /// The status of the answer. A connection that was made counts as a good one.
    async fn run(
        self,
        connector: Connector,
        client: Client<Connector, Upload>,
    ) -> Result<StatusCode, UpstreamError> {
        match self {
            Self::Connection(target) => upstream::connect(connector, target).await.map(|_| StatusCode::OK),
            Self::Request(target, host) => {
                let mut request = Request::new(Upload::none());
                *request.uri_mut() = target;
                request.headers_mut().insert(header::HOST, host);
                request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                Ok(client.request(request).await?.status())
            }
        }
    }
}
