//! What a dashboard's host answers itself, instead of the app. The table, by what was asked for:
//!
//! | | nobody signed in, session over | forbidden, unknown |
//! |---|---|---|
//! | document at the top | 303 to the portal | the same |
//! | document in a frame | 401, a page that tells the shell | 404, a page |
//! | fetch, asset, WebSocket | 401 | 404 |

use http::{HeaderValue, Response, StatusCode, header};
use lanyard_contract::paths::LocalPath;

use super::{
    Visit,
    pages::{self, Page},
};
use crate::{
    dashboards::{ProxyError, admission, admission::Admission, body::Body},
    policy::Denied,
    random::NoRandomness,
};

#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    NotAdmitted(#[from] admission::Refusal),
    #[error("{0}")]
    Denied(Denied, Admission),
    #[error("{0}")]
    Upstream(ProxyError, Admission, String),
    /// The app answered with a status from 500 on, where the shell can try again.
    #[error("the app answered {0}")]
    Failed(StatusCode, String),
    /// It was the request, and not the app.
    #[error("{0}")]
    Unsound(ProxyError),
    /// Under `/_lanyard/` there is nothing but the entry.
    #[error("There is nothing here.")]
    Reserved,
    /// The entry was submitted with something that is no ticket for it.
    #[error("This way in was already used, or took too long.")]
    NoTicket(Admission, LocalPath),
    #[error("The form is not understood.")]
    NoForm,
    #[error("The form did not arrive in time.")]
    TooSlow,
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl Refusal {
    /// Whether it was refused for want of a right, which costs the caller nothing to try.
    fn is_of_a_stranger(&self) -> bool {
        !matches!(
            self,
            Self::Upstream(..)
                | Self::Failed(..)
                | Self::NoRandomness(_)
                | Self::Denied(Denied::Unrecorded, _)
        )
    }

    pub fn respond(self, visit: &Visit<'_>, target: &str) -> Response<Body> {
        let metrics = &visit.gateway.metrics;
        let page = |status, page: Page<'_>| {
            pages::page(status, page, &visit.caller.reference, &visit.gateway.config.portal.origin)
        };
        if self.is_of_a_stranger() && !visit.gateway.anonymous.admit(&visit.caller.network(), visit.now) {
            metrics.refused("rate-limited");
            visit.gateway.registry.audit.anonymous("rate-limited");
            let sentence = "Too many requests from here. Wait a minute and try again.";
            let mut response = pages::sentence(StatusCode::TOO_MANY_REQUESTS, sentence);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            return response;
        }
        match &self {
            Self::NotAdmitted(refusal) => {
                metrics.refused(refusal.name());
                visit.gateway.registry.audit.anonymous("not-admitted");
                pages::sentence(refusal.status(), &refusal.to_string())
            }
            Self::Denied(denied, admission) => {
                metrics.refused(denied.name());
                match admission {
                    Admission::TopDocument if *denied != Denied::Unrecorded => to_the_portal(visit, target),
                    Admission::TopDocument | Admission::FrameDocument => {
                        page(denied.status(), Page::of(*denied))
                    }
                    _ => pages::sentence(denied.status(), &denied.to_string()),
                }
            }
            Self::Upstream(error, admission, title) => {
                metrics.upstream_failed(error.name());
                tracing::warn!(reference = %visit.caller.reference, dashboard = %visit.id, %error, "the app did not answer");
                match admission {
                    Admission::TopDocument => {
                        page(error.status(), Page::Unreachable { title, retries: true })
                    }
                    Admission::FrameDocument => {
                        page(error.status(), Page::Unreachable { title, retries: false })
                    }
                    _ => pages::sentence(error.status(), error.sentence()),
                }
            }
            Self::Failed(status, title) => {
                metrics.upstream_failed("server-error");
                tracing::warn!(reference = %visit.caller.reference, dashboard = %visit.id, code = status.as_u16(), "the app failed in a frame");
                page(*status, Page::Unreachable { title, retries: false })
            }
            Self::Unsound(error) => {
                metrics.refused(error.name());
                let mut response = pages::sentence(error.status(), &error.to_string());
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                response
            }
            Self::NoTicket(admission, path) => {
                metrics.refused("no-ticket");
                match admission {
                    Admission::TopDocument => to_the_portal(visit, path.as_str()),
                    _ => page(StatusCode::UNAUTHORIZED, Page::of(Denied::SignedOut)),
                }
            }
            Self::Reserved => {
                metrics.refused("reserved");
                pages::sentence(StatusCode::NOT_FOUND, &self.to_string())
            }
            Self::NoForm => {
                metrics.refused("bad-request");
                pages::sentence(StatusCode::BAD_REQUEST, &self.to_string())
            }
            Self::TooSlow => {
                metrics.refused("too-slow");
                let mut response = pages::sentence(StatusCode::REQUEST_TIMEOUT, &self.to_string());
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                response
            }
            Self::NoRandomness(_) => {
                metrics.refused("no-randomness");
                pages::sentence(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The gateway cannot make a secret. Try again later.",
                )
            }
        }
    }
}

/// 303 to the portal, which knows who is there and comes back with a ticket, or says why not.
fn to_the_portal(visit: &Visit<'_>, target: &str) -> Response<Body> {
    let path = LocalPath::parse(target).unwrap_or(LocalPath::root());
    // What the shell reads as a window of its own stands before all of the app's own words.
    let (path, fragment) = path.as_str().split_at(path.as_str().find('#').unwrap_or(path.as_str().len()));
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, format!("&{query}")),
        None => (path, String::new()),
    };
    let portal = &visit.gateway.config.portal.origin;
    let location = format!("{portal}/d/{}{path}?window{query}{fragment}", visit.id);
    let mut response = pages::sentence(StatusCode::SEE_OTHER, "");
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
