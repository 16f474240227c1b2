//! How an app is told who is looking: plain headers, and a short-lived signed assertion beside them. HTTP
//! requests of one session at one dashboard share an introduction, which is renewed at half its life; every
//! WebSocket gets one of its own. Verifies nothing: that is the app's part.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use dashmap::DashMap;
use http::{HeaderMap, HeaderName, HeaderValue};
use lanyard_contract::DashboardId;
use serde_json::json;

use super::{identity_headers, signing_key::Keys};
use crate::{
    clock::Timestamp,
    config::{App, Config},
    identity::session::{Session, SessionId, Shared},
    random::{self, NoRandomness},
};

/// How long an assertion is valid.
pub const LIFETIME: Duration = Duration::from_secs(120);
/// The longest assertion, in bytes. Bokeh's handshake carries it on inside a token of its own.
const LONGEST: usize = 4_096;
const HEADER: HeaderName = HeaderName::from_static("x-lanyard-assertion");

/// What an app is told about one viewer, ready to be set. Its Debug says nothing.
pub struct Introduction {
    headers: Vec<(HeaderName, HeaderValue)>,
    connection: String,
    renew: Timestamp,
    /// A session that changed is another one under the same name.
    session: Weak<Session>,
}

impl Introduction {
    /// Sets every header, in place of any of its name.
    pub(super) fn set(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
    }

    /// `cid`: the connection that the assertion was minted for.
    pub fn connection(&self) -> &str {
        &self.connection
    }
}

/// Makes introductions, and remembers those of HTTP requests.
pub struct Introductions {
    keys: Keys,
    issuer: String,
    trust_email: bool,
    most: usize,
    by_session: DashMap<SessionId, Vec<(DashboardId, Arc<Introduction>)>>,
}

impl Introductions {
    pub fn new(config: &Config, keys: Keys) -> Self {
        Self {
            keys,
            issuer: config.portal.origin.to_string(),
            trust_email: config.sign_in.provider().is_some_and(|identity| identity.trust_email),
            most: config.session.total,
            by_session: DashMap::new(),
        }
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// For an HTTP request: the one of this session at this dashboard, renewed at half its life.
    pub fn shared(
        &self,
        app: &App,
        session: &Shared,
        now: Timestamp,
    ) -> Result<Arc<Introduction>, NoRandomness> {
        let current = |known: &Introduction| {
            now < known.renew && std::ptr::eq(known.session.as_ptr(), Arc::as_ptr(session))
        };
        if let Some(known) = self.by_session.get(&session.id)
            && let Some((_, known)) = known.iter().find(|(id, known)| *id == app.id && current(known))
        {
            return Ok(known.clone());
        }
        let fresh = Arc::new(self.fresh(app, session, now)?);
        self.make_room(now);
        if self.by_session.len() < self.most {
            let mut known = self.by_session.entry(session.id).or_default();
            known.retain(|(id, _)| *id != app.id);
            known.push((app.id.clone(), fresh.clone()));
        }
        Ok(fresh)
    }

    /// For one WebSocket, with a `cid` of its own.
    pub fn fresh(&self, app: &App, session: &Shared, now: Timestamp) -> Result<Introduction, NoRandomness> {
        let connection = random::reference()?;
        let mut headers = identity_headers::of(app, session, self.trust_email);
        match self.mint(app, session, &connection, now)? {
            Some(token) => headers.extend(identity_headers::line(HEADER, &token, app)),
            None => tracing::warn!(dashboard = %app.id, "assertion left out: over {LONGEST} bytes"),
        }
        let renew = now.plus(LIFETIME / 2);
        Ok(Introduction { headers, connection, renew, session: Arc::downgrade(session) })
    }

    /// Forgets what was remembered of a session that is over.
    pub fn forget(&self, session: SessionId) {
        self.by_session.remove(&session);
    }

    /// What a request still under way remembered after its session had ended goes when there is no room.
    fn make_room(&self, now: Timestamp) {
        if self.by_session.len() >= self.most {
            self.by_session.retain(|_, known| {
                known.retain(|(_, known)| now < known.renew && known.session.strong_count() > 0);
                !known.is_empty()
            });
        }
    }

    /// Over the limit the groups go first, claim and all: an empty list would say that there are none. `None`
    /// when that is not enough.
    fn mint(
        &self,
        app: &App,
        session: &Session,
        connection: &str,
        now: Timestamp,
    ) -> Result<Option<String>, NoRandomness> {
        let person = &session.person;
        let mut claims = json!({
            "iss": self.issuer,
            "aud": app.origin.to_string(),
            "sub": person.subject,
            "idp": person.issuer,
            "groups": identity_headers::groups(app, &person.groups),
            "roles": identity_headers::roles(app, &session.roles),
            "cid": connection,
            "iat": now.as_secs(),
            "exp": now.as_secs() + LIFETIME.as_secs(),
            "jti": random::reference()?,
        });
        if let Some(name) = person.name.as_deref().filter(|name| !name.is_empty()) {
            claims["name"] = name.into();
        }
        if let Some(email) = identity_headers::email(session, self.trust_email) {
            claims["email"] = email.into();
        }
        let token = self.keys.sign(&claims);
        if token.len() <= LONGEST {
            return Ok(Some(token));
        }
        tracing::warn!(dashboard = %app.id, "groups left out of the assertion: over {LONGEST} bytes");
        if let Some(claims) = claims.as_object_mut() {
            claims.remove("groups");
        }
        Ok(Some(self.keys.sign(&claims)).filter(|token| token.len() <= LONGEST))
    }

    #[cfg(test)]
    pub(super) fn for_tests(pem: &str, most: usize) -> Self {
        Self {
            keys: Keys::from_pem(pem).expect("keys in a test"),
            issuer: "https://dash.example".into(),
            trust_email: false,
            most,
            by_session: DashMap::new(),
        }
    }
}

#[cfg(test)]
#[path = "assertion_tests.rs"]
mod tests;
