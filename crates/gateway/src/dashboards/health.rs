//! Whether the apps answer, asked for those who look at them: an app is checked only when somebody wants to
//! know, and at most once in a while, however many want to know at once. A check carries nothing of anybody.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderValue, Request, StatusCode, Uri, header, uri};
use lanyard_contract::{DashboardId, wire::AppState};
use tokio::{sync::watch, time::timeout};

use super::{prepared::Prepared, proxy::Proxy, upload::Upload, upstream::UpstreamError};
use crate::{
    clock::Timestamp,
    config::{Config, HostHeader, Kind},
};

/// How long what was found holds.
const HOLDS: Duration = Duration::from_secs(5);
/// How long an app may take to answer. Shorter than [`HOLDS`], so that there is never more than one check.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is known of all apps. Bounded by the configuration.
pub struct Health {
    apps: HashMap<DashboardId, Known>,
    proxy: Arc<Proxy>,
}

struct Known {
    /// What is asked for. Without it a connection is made and dropped: a request could make a session in the app.
    path: Option<String>,
    latest: Mutex<Option<Latest>>,
}

/// The check that is under way, or the last one.
struct Latest {
    begun: Timestamp,
    found: watch::Receiver<Option<AppState>>,
}

impl Health {
    pub fn new(config: &Config, proxy: Arc<Proxy>) -> Self {
        let apps = config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
            Kind::App(app) => {
                Some((app.id.clone(), Known { path: app.health.clone(), latest: Mutex::default() }))
            }
            Kind::External { .. } => None,
        });
        Self { apps: apps.collect(), proxy }
    }

    /// How the app behind a dashboard is; [`AppState::Down`] where there is none.
    pub async fn of(&self, id: &DashboardId, now: Timestamp) -> AppState {
        let Some(known) = self.apps.get(id) else { return AppState::Down };
        let mut found = known.latest(now, || self.begin(id.clone(), known.path.clone()));
        let found = found.wait_for(Option::is_some).await;
        found.ok().and_then(|found| *found).unwrap_or(AppState::Down)
    }

    /// In a task of its own: whoever asked first may leave, and the others go on waiting for the same check.
    fn begin(&self, id: DashboardId, path: Option<String>) -> watch::Receiver<Option<AppState>> {
        let (tell, found) = watch::channel(None);
        let proxy = self.proxy.clone();
        tokio::spawn(async move {
            let checked = timeout(PATIENCE, check(&proxy, &id, path.as_deref())).await;
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

/// The status of the answer. A connection that was made counts as a good one.
async fn check(proxy: &Proxy, id: &DashboardId, path: Option<&str>) -> Result<StatusCode, UpstreamError> {
    let to = proxy.dashboards.get(id).ok_or(UpstreamError::Refused)?;
    let address = address(to, path.unwrap_or("/")).ok_or(UpstreamError::Refused)?;
    if path.is_none() {
        return proxy.connect(to, address).await.map(|()| StatusCode::OK);
    }
    let mut request = Request::new(Upload::none());
    *request.uri_mut() = address;
    let host = if to.host_header == HostHeader::Preserve { &to.public_host } else { &to.upstream_host };
    request.headers_mut().insert(header::HOST, host.clone());
    request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(proxy.ask_apart(to, request).await?.status())
}

fn address(to: &Prepared, path: &str) -> Option<Uri> {
    let mut parts = uri::Parts::default();
    parts.scheme = Some(to.upstream_scheme.clone());
    parts.authority = Some(to.upstream_authority.clone()?);
    parts.path_and_query = Some(path.parse().ok()?);
    Uri::from_parts(parts).ok()
}
