//! Whether each app answers, the way that the gateway asks it. Judges nothing of what it answers but the status.

use std::future::ready;

use futures_util::future::BoxFuture;

use super::{Finding, Setup, Severity, Visited};
use crate::{
    config::Scheme,
    dashboards::{
        probe::{LONGEST, PATIENCE},
        upstream::UpstreamError,
    },
};

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    Box::pin(ready(setup.apps.iter().map(judge).collect()))
}

fn judge(Visited { app, page }: &Visited) -> Finding {
    let page = match page {
        Ok(page) => page,
        Err(error) => {
            let message = format!("{}: {error}; {}", app.upstream, remedy(error, app.upstream.scheme));
            return Finding::of(app, Severity::Error, message);
        }
    };
    // Without the query of a redirect: an app's own secret may stand there.
    let (status, path) = (page.status.as_u16(), page.path.split('?').next().unwrap_or_default());
    if page.status.is_server_error() {
        let message = format!(
            "answers {status} at {path}; its own log says why, unless it only misses the headers of a viewer"
        );
        Finding::of(app, Severity::Warning, message)
    } else if !page.whole {
        let (megabytes, seconds) = (LONGEST / 1024 / 1024, PATIENCE.as_secs());
        let message = format!(
            "answers {status} at {path} without coming to an end: it breaks off, or is longer than {megabytes} MB \
             or {seconds} s; only what was read is judged, and 'start_path' can lead to a smaller page"
        );
        Finding::of(app, Severity::Warning, message)
    } else {
        Finding::of(app, Severity::Fine, format!("answers {status} at {path}"))
    }
}

fn remedy(error: &UpstreamError, scheme: Scheme) -> &'static str {
    match (error, scheme) {
        (UpstreamError::Refused, _) => "start it, or correct 'app'",
        (UpstreamError::TimedOut, _) => {
            "see whether it hangs, and whether something on the way drops packets"
        }
        (UpstreamError::Broke | UpstreamError::Malformed, Scheme::Http) => {
            "see its own log, and whether 'app' names its port and should begin with https"
        }
        (UpstreamError::Broke | UpstreamError::Malformed, Scheme::Https) => {
            "see its own log, and whether 'app' names its port"
        }
        (UpstreamError::Untrusted(_), _) => {
            "give it a certificate for the host in 'app', or name who signed it in 'ca'"
        }
        (UpstreamError::Tls(_), _) => {
            "see whether it speaks TLS 1.2 or 1.3 there; 'app' begins with http where it does not"
        }
    }
}
