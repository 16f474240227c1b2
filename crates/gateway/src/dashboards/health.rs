//! Whether the apps answer, asked for those who look at them: an app is checked only when somebody wants to
//! know, and at most once in a while, however many want to know at once. Who looks at one app waits for it; who
//! looks over all of them is told what is known, and few are checked at a time. A check carries nothing of anybody.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderValue, Request, StatusCode, Uri, header, uri};
use lanyard_contract::{
    DashboardId,
    wire::{AppState, StateOf},
};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use super::{prepared::Prepared, proxy::Proxy, upload::Upload, upstream::UpstreamError};
use crate::{
    clock::Timestamp,
    config::{Config, HostHeader, Kind},
};

/// How long what was found holds.
const HOLDS: Duration = Duration::from_secs(5);
/// How long an app may take to answer. Shorter than [`HOLDS`], so that there is never more than one check.
const PATIENCE: Duration = Duration::from_secs(3);
/// How old a check may be before those who look over all apps have another one made.
const GLANCE: Duration = Duration::from_secs(15);
/// How old a finding may be that they are still told.
const REMEMBERED: Duration = Duration::from_secs(30);
/// So many apps at a time are checked for them. The others wait in a queue.
const AT_A_TIME: usize = 16;

/// What is known of all apps. Bounded by the configuration.
pub struct Health {
    apps: HashMap<DashboardId, Arc<Known>>,
    checker: Checker,
}

/// What a check needs.
#[derive(Clone)]
struct Checker {
    proxy: Arc<Proxy>,
    room: Arc<Semaphore>,
    /// When a check that has waited begins.
    clock: fn() -> Timestamp,
}

struct Known {
    id: DashboardId,
    /// What is asked for. Without it a connection is made and dropped: a request could make a session in the app.
    path: Option<String>,
    checks: Mutex<Checks>,
}

#[derive(Default)]
struct Checks {
    /// The check that is under way, or the last one.
    latest: Option<Check>,
    /// What the one before it found.
    before: Option<(Timestamp, AppState)>,
    /// Whether a check waits for its turn.
    queued: bool,
}

struct Check {
    begun: Timestamp,
    found: watch::Receiver<Option<AppState>>,
}

impl Health {
    pub fn new(config: &Config, proxy: Arc<Proxy>, clock: fn() -> Timestamp) -> Self {
        let apps = config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
            Kind::App(app) => {
                let known = Known { id: app.id.clone(), path: app.health.clone(), checks: Mutex::default() };
                Some((app.id.clone(), Arc::new(known)))
            }
            Kind::External { .. } => None,
        });
        let room = Arc::new(Semaphore::new(AT_A_TIME));
        Self { apps: apps.collect(), checker: Checker { proxy, room, clock } }
    }

    /// How the app behind a dashboard is; [`AppState::Down`] where there is none.
    pub async fn of(&self, id: &DashboardId, now: Timestamp) -> AppState {
        let Some(known) = self.apps.get(id) else { return AppState::Down };
        self.checker.latest(known, now).await
    }

    /// What is known of these dashboards' apps, without waiting for any. What is unknown or old is checked for
    /// the next one who asks.
    pub fn glance<'a>(
        &self,
        dashboards: impl IntoIterator<Item = &'a DashboardId>,
        now: Timestamp,
    ) -> Vec<StateOf> {
        let known = dashboards.into_iter().filter_map(|id| self.apps.get(id));
        let told = known.filter_map(|known| {
            let mut checks = known.checks();
            if !checks.queued && !checks.is_younger(GLANCE, now) {
                checks.queued = true;
                self.checker.queue(known.clone());
            }
            Some(StateOf { id: known.id.clone(), app: checks.found(now)? })
        });
        told.collect()
    }
}

impl Checker {
    /// What the latest check finds, or a new one where that is too old. A clock that was set back makes it so, too.
    async fn latest(&self, known: &Arc<Known>, now: Timestamp) -> AppState {
        let mut found = {
            let mut checks = known.checks();
            match checks.latest.as_ref().filter(|_| checks.is_younger(HOLDS, now)) {
                Some(latest) => latest.found.clone(),
                None => checks.replace(now, self.begin(known.clone())),
            }
        };
        let found = found.wait_for(Option::is_some).await;
        found.ok().and_then(|found| *found).unwrap_or(AppState::Down)
    }

    /// In a task of its own: whoever asked first may leave, and the others go on waiting for the same check.
    fn begin(&self, known: Arc<Known>) -> watch::Receiver<Option<AppState>> {
        let (tell, found) = watch::channel(None);
        let proxy = self.proxy.clone();
        tokio::spawn(async move {
            let checked = timeout(PATIENCE, check(&proxy, &known.id, known.path.as_deref())).await;
            let state = match checked {
                Ok(Ok(status)) if !status.is_server_error() => AppState::Answers,
                Err(_) | Ok(Err(UpstreamError::TimedOut)) => AppState::Silent,
                Ok(_) => AppState::Down,
            };
            let _ = tell.send(Some(state));
        });
        found
    }

    /// Checks an app when it is its turn. Somebody may have had it checked by then.
    fn queue(&self, known: Arc<Known>) {
        let checker = self.clone();
        tokio::spawn(async move {
            let turn = checker.room.acquire().await;
            checker.latest(&known, (checker.clock)()).await;
            known.checks().queued = false;
            drop(turn);
        });
    }
}

impl Known {
    fn checks(&self) -> MutexGuard<'_, Checks> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checks {
    /// Whether the latest check began no longer ago.
    fn is_younger(&self, age: Duration, now: Timestamp) -> bool {
        self.latest.as_ref().is_some_and(|latest| is_within(latest.begun, age, now))
    }

    fn replace(
        &mut self,
        begun: Timestamp,
        found: watch::Receiver<Option<AppState>>,
    ) -> watch::Receiver<Option<AppState>> {
        self.before = self.finding();
        self.latest = Some(Check { begun, found: found.clone() });
        found
    }

    /// The youngest finding that there is.
    fn finding(&self) -> Option<(Timestamp, AppState)> {
        let latest = self.latest.as_ref().and_then(|latest| Some((latest.begun, (*latest.found.borrow())?)));
        latest.or(self.before)
    }

    fn found(&self, now: Timestamp) -> Option<AppState> {
        self.finding().filter(|(begun, _)| is_within(*begun, REMEMBERED, now)).map(|(_, app)| app)
    }
}

fn is_within(begun: Timestamp, age: Duration, now: Timestamp) -> bool {
    (begun..begun.plus(age)).contains(&now)
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
