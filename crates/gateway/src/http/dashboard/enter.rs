//! `POST /_lanyard/enter`: a ticket becomes this host's cookie. The shell submits it into a fresh frame, or
//! at the top of a window of its own. Clears what another person left in this browser at this host.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use lanyard_contract::paths::{LocalPath, is_reserved};
use tokio::time::timeout;

use super::{Visit, refusal::Refusal};
use crate::{
    dashboards::{admission::Admission, body::Body},
    identity::session::{
        Shared,
        cookies::{self, Reach},
    },
    policy::{Action, Denied},
    random::{Digest256, NoRandomness, Token},
};

/// The only path under `/_lanyard/`.
const PATH: &str = "/_lanyard/enter";

/// A ticket and a path; nothing longer is read.
const LARGEST_FORM: usize = 16 * 1024;

/// How long the hash of the last person is kept, in seconds: the longest that browsers keep a cookie.
const VIEWER_SECONDS: u64 = 400 * 24 * 3600;

struct Form {
    ticket: String,
    path: LocalPath,
}

impl Visit<'_> {
    /// Called for requests that were admitted as [`Admission::Enter`]: POST, from the portal's page.
    pub(super) async fn enter(&self, request: Request<Incoming>) -> Result<Response<Body>, Refusal> {
        if request.uri().path() != PATH || request.method() != Method::POST {
            return Err(Refusal::Reserved);
        }
        let (parts, body) = request.into_parts();
        let destination = parts.headers.get("sec-fetch-dest").map(HeaderValue::as_bytes);
        let kind =
            if destination == Some(b"document") { Admission::TopDocument } else { Admission::FrameDocument };
        let patience = self.gateway.config.limits.header_timeout;
        let form = timeout(patience, Limited::new(body, LARGEST_FORM).collect()).await;
        let form = form.map_err(|_| Refusal::TooSlow)?.map_err(|_| Refusal::NoForm)?.to_bytes();
        let form = read(&parts.headers, &form).ok_or(Refusal::NoForm)?;

        let no_ticket = || Refusal::NoTicket(kind, form.path.clone());
        let registry = &self.gateway.registry;
        let digest = Digest256::of(form.ticket.as_bytes());
        let ticket = registry.tickets.take(digest, self.now).await.ok_or_else(no_ticket)?;
        if ticket.dashboard != *self.id {
            return Err(no_ticket());
        }
        let session = registry.sessions.get(ticket.session, self.now).await.ok_or_else(no_ticket)?;
        if !registry.holds(&session, &self.caller.named, self.now).await {
            return Err(no_ticket());
        }
        let permit = self.authorize(Some(&session), true, Action::Request).await;
        let permit = permit.map_err(|denied| match denied {
            Denied::SignedOut => no_ticket(),
            denied => Refusal::Denied(denied, kind),
        })?;
        let session = permit.session().ok_or_else(no_ticket)?;

        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if let Ok(location) = HeaderValue::try_from(form.path.as_str()) {
            headers.insert(header::LOCATION, location);
        }
        if !self.hand_over(session, &parts.headers, headers).await? {
            return Err(no_ticket());
        }
        self.gateway.registry.connections.enters(session.id, self.id);
        self.clear_for(session, &parts.headers, headers);
        Ok(response)
    }

    /// This host's cookie for this session, unless the browser already has it. `false` when the session has
    /// ended meanwhile.
    async fn hand_over(
        &self,
        session: &Shared,
        sent: &HeaderMap,
        answer: &mut HeaderMap,
    ) -> Result<bool, NoRandomness> {
        let sessions = &self.gateway.registry.sessions;
        if let Some(cookie) = cookies::digest(sent, cookies::APP) {
            let bound = sessions.by_app_cookie(cookie, self.now).await;
            if bound.is_some_and(|(theirs, made_for)| theirs.id == session.id && made_for == *self.id) {
                return Ok(true);
            }
        }
        let token = Token::new()?;
        if !sessions.bind(token.digest(), session.id, self.id.clone()).await {
            return Ok(false);
        }
        answer.append(header::SET_COOKIE, cookies::set(cookies::APP, token.reveal(), None, self.reach()));
        Ok(true)
    }

    /// When the last person here was another one, or nobody knows: storage and cache go, and so do the
    /// cookies that the app set. Never `"cookies"`: it would sign people out of the whole domain.
    fn clear_for(&self, session: &Shared, sent: &HeaderMap, answer: &mut HeaderMap) {
        let person = session.person.fingerprint(&self.origin.to_string());
        let viewer =
            URL_SAFE_NO_PAD.encode(self.gateway.registry.introductions.keys().seal("viewer", &person));
        if cookies::value(sent, cookies::VIEWER) != Some(viewer.as_bytes()) {
            answer.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
            for (name, _) in
                cookies::pairs(sent).filter(|(name, _)| !cookies::is_ours(name) && !name.is_empty())
            {
                // Without Secure, browsers would not let go of names that begin with `__Host-` or `__Secure-`.
                let expired = [name, b"=; Path=/; Max-Age=0; Secure"].concat();
                let partitioned = [&expired[..], b"; SameSite=None; Partitioned"].concat();
                for line in [expired, partitioned] {
                    if let Ok(line) = HeaderValue::from_bytes(&line) {
                        answer.append(header::SET_COOKIE, line);
                    }
                }
            }
        }
        answer.append(
            header::SET_COOKIE,
            cookies::set(cookies::VIEWER, &viewer, Some(VIEWER_SECONDS), self.reach()),
        );
    }

    fn reach(&self) -> Reach {
        match self.gateway.config.portal.cross_site(self.origin) {
            true => Reach::Partitioned,
            false => Reach::Strict,
        }
    }
}

/// The form's fields, each exactly once. A path that is not local, or not the app's, leads to the beginning.
fn read(headers: &HeaderMap, form: &Bytes) -> Option<Form> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if kind.split(';').next()?.trim() != "application/x-www-form-urlencoded" {
        return None;
    }
    let (mut ticket, mut path) = (None, None);
    for (name, value) in url::form_urlencoded::parse(form) {
        let field = match &*name {
            "ticket" => &mut ticket,
            "path" => &mut path,
            _ => return None,
        };
        if field.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    let path = path.and_then(|path| LocalPath::parse(&path).ok());
    let path = path.filter(|path| !is_reserved(path.as_str())).unwrap_or(LocalPath::root());
    Some(Form { ticket: ticket?, path })
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "enter_properties.rs"]
pub mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Option<(String, String)> {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
        read(&headers, &Bytes::copy_from_slice(body.as_bytes()))
            .map(|form| (form.ticket, form.path.as_str().to_owned()))
    }

    #[test]
    fn a_ticket_and_a_local_path() {
        assert_eq!(
            form("ticket=t&path=%2Freports%2Fq3%3Fa%3D1"),
            Some(("t".into(), "/reports/q3?a=1".into()))
        );
        assert_eq!(form("ticket=t&path=%2F%2Fevil.example"), Some(("t".into(), "/".into())));
        assert_eq!(form("ticket=t&path=%2F%255flanyard%2Fenter"), Some(("t".into(), "/".into())));
        assert_eq!(form("ticket=t"), Some(("t".into(), "/".into())));
    }

    #[test]
    fn anything_else_is_no_form() {
        for body in ["", "path=/", "ticket=a&ticket=b", "ticket=a&other=b", "ticket=a&path=/&path=/x"] {
            assert_eq!(form(body), None, "{body}");
        }
        assert!(read(&HeaderMap::new(), &Bytes::from_static(b"ticket=t")).is_none());
    }
}
