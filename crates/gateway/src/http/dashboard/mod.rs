//! A dashboard's host: what may come in, who may see it, and then the app. Every answer of Lanyard's own
//! follows one table: what a caller may learn depends on what was asked for, never on what exists.

mod enter;
mod pages;
mod refusal;

use std::sync::Arc;

use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use lanyard_contract::{DashboardId, paths};

use super::{caller::Caller, gateway::Gateway};
use crate::{
    clock::Timestamp,
    config::Origin,
    dashboards::{
        admission::{Admission, admit},
        body::Body,
        proxy::ProxyError,
    },
    identity::session::{Shared, connections::Ending, cookies},
    policy::{Action, Denied, Permit, Question},
};

use refusal::Refusal;

#[cfg(any(test, feature = "fuzzing"))]
pub use enter::properties::entry;

/// One request at a dashboard's host.
pub(super) struct Visit<'a> {
    pub gateway: &'a Gateway,
    pub caller: &'a Caller,
    pub id: &'a DashboardId,
    /// The host that was asked, as an origin.
    pub origin: &'a Origin,
    pub now: Timestamp,
}

pub async fn serve(
    gateway: &Arc<Gateway>,
    caller: &Caller,
    id: &DashboardId,
    origin: &Origin,
    request: Request<Incoming>,
) -> Response<Body> {
    let visit = Visit { gateway, caller, id, origin, now: Timestamp::now() };
    // Taken now: the request itself is consumed on the way.
    let target = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    match visit.answer(request).await {
        Ok(response) => response,
        Err(refusal) => refusal.respond(&visit, &target),
    }
}

impl Visit<'_> {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Refusal> {
        let (parts, body) = request.into_parts();
        let admission = admit(&parts, self.origin, &self.gateway.config.portal.origin)?;
        let request = Request::from_parts(parts, body);
        if admission == Admission::Enter {
            return self.enter(request).await;
        }
        if paths::is_reserved(request.uri().path()) {
            return Err(Refusal::Reserved);
        }
        let bound = self.session(request.headers()).await;
        let action = if admission == Admission::WebSocket { Action::WebSocket } else { Action::Request };
        let entered = bound.as_ref().is_some_and(|(_, made_for)| made_for == self.id);
        let session = bound.as_ref().map(|(session, _)| session);
        let permit = self
            .authorize(session, entered, action)
            .await
            .map_err(|denied| Refusal::Denied(denied, admission))?;
        // What somebody sent by a form is not sent again: they read what the app says to it.
        let replaceable = admission == Admission::FrameDocument && request.method().is_safe();
        let proxy = &self.gateway.proxy;
        let recheck = recheck(permit.session().cloned());
        let answer = match action {
            Action::WebSocket => proxy.tunnel(&permit, self.caller.address, self.now, request, recheck).await,
            _ => proxy.forward(&permit, self.caller.address, self.now, request, recheck).await,
        };
        let answer = answer.map_err(|error| match error {
            ProxyError::Ended(Ending::SessionOver | Ending::Changed) => {
                Refusal::Denied(Denied::SignedOut, admission)
            }
            ProxyError::Ended(Ending::NotAllowed) => Refusal::Denied(Denied::NotFound, admission),
            ProxyError::Handshake | ProxyError::Upload => Refusal::Unsound(error),
            ProxyError::Random(error) => error.into(),
            error => Refusal::Upstream(error, admission, permit.app().title.clone()),
        })?;
        if replaceable && answer.status().is_server_error() {
            return Err(Refusal::Failed(answer.status(), permit.app().title.clone()));
        }
        Ok(answer)
    }

    /// The live session that the app cookie leads to, and the dashboard whose host the cookie was made for.
    async fn session(&self, headers: &HeaderMap) -> Option<(Shared, DashboardId)> {
        let cookie = cookies::digest(headers, cookies::APP)?;
        self.gateway.registry.sessions.by_app_cookie(cookie, self.now).await
    }

    async fn authorize(
        &self,
        session: Option<&Shared>,
        entered: bool,
        action: Action,
    ) -> Result<Permit, Denied> {
        let question = Question {
            session,
            dashboard: self.id,
            origin: Some(self.origin),
            entered,
            action,
            address: self.caller.address,
            now: self.now,
        };
        self.gateway.authority.authorize(question).await
    }
}

/// Asked again when a connection is registered, and after the app's first byte.
fn recheck(session: Option<Shared>) -> impl Fn() -> Option<Ending> + Send + Sync + 'static {
    move || session.as_ref().filter(|session| session.is_over(Timestamp::now())).map(|_| Ending::SessionOver)
}
