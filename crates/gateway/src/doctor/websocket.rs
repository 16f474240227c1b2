//! Whether the apps whose pages live in a WebSocket take one as the gateway opens it, under the `Host` and `Origin`
//! that they are told.

use futures_util::future::{BoxFuture, join_all};
use http::StatusCode;

use super::{Finding, Setup, Severity, Visited, bokeh_sessions, framework::Framework};
use crate::{
    config::{App, HostHeader, Origin},
    dashboards::{
        probe::{Handshake, Page, handshake},
        upstream::UpstreamError,
    },
    random,
};

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let portal = &setup.config.portal.origin;
    Box::pin(async move {
        let asked = setup.apps.iter().map(|visited| open(visited, portal));
        join_all(asked).await.into_iter().flatten().collect()
    })
}

async fn open(Visited { app, page }: &Visited, portal: &Origin) -> Option<Finding> {
    let page = page.as_ref().ok().filter(|page| page.status.is_success())?;
    let framework = Framework::of(page)?;
    let protocols = protocols(framework, page);
    let mut last = None;
    for path in framework.websockets(&page.path) {
        let Ok(nonce) = random::bytes() else {
            return Some(Finding::of(app, Severity::Error, random::NoRandomness.to_string()));
        };
        let answered = handshake(app, portal, &path, protocols.as_deref(), nonce).await;
        let elsewhere = matches!(answered, Ok(Handshake::Refused(StatusCode::NOT_FOUND)));
        last = Some((path, answered));
        if !elsewhere {
            break;
        }
    }
    let (path, answered) = last?;
    Some(judge(app, framework, &path, &answered))
}

/// What its page offers. Bokeh's brings the token back that stands in it, and so the session that it has made.
fn protocols(framework: Framework, page: &Page) -> Option<String> {
    match framework {
        Framework::Streamlit => Some("streamlit".to_owned()),
        Framework::Bokeh | Framework::Panel => {
            let text = String::from_utf8_lossy(&page.body);
            bokeh_sessions::token(&text).map(|token| format!("bokeh, {token}"))
        }
        Framework::Shiny | Framework::Dash => None,
    }
}

fn judge(
    app: &App,
    framework: Framework,
    path: &str,
    answered: &Result<Handshake, UpstreamError>,
) -> Finding {
    let name = framework.name();
    let trouble = match answered {
        Ok(Handshake::Taken) => {
            return Finding::of(app, Severity::Fine, format!("{name} takes a WebSocket at {path}"));
        }
        Ok(Handshake::Refused(status)) => {
            format!(
                "answers {} to a WebSocket at {path}: {}",
                status.as_u16(),
                remedy(app, framework, *status)
            )
        }
        Ok(Handshake::Wrong) => {
            format!(
                "answers a WebSocket at {path} with something else; see what stands between it and the gateway"
            )
        }
        Err(error) => format!("takes no WebSocket at {path}: {error}; see its own log"),
    };
    Finding::of(app, Severity::Error, format!("{name} {trouble}"))
}

fn remedy(app: &App, framework: Framework, status: StatusCode) -> String {
    if status != StatusCode::FORBIDDEN {
        return "see its own log, and whether something stands between it and the gateway that knows no WebSocket".into();
    }
    let told = match app.host_header {
        HostHeader::Rewrite => app.upstream.authority.as_localhost().display(app.upstream.scheme),
        HostHeader::Preserve => app.origin.authority.display(app.origin.scheme),
        HostHeader::Drop => {
            return "it is told no Origin, which it wants; take host_header = \"drop\" away".into();
        }
    };
    match framework {
        Framework::Bokeh | Framework::Panel => {
            format!(
                "it must allow the address that it is told; start it with --allow-websocket-origin={told}"
            )
        }
        Framework::Streamlit => format!(
            "it must allow the address that it is told; name it in its server.corsAllowedOrigins: {}://{told}",
            match app.host_header {
                HostHeader::Preserve => app.origin.scheme.as_str(),
                _ => app.upstream.scheme.as_str(),
            }
        ),
        Framework::Shiny | Framework::Dash => format!("it must allow {told}; see its own log"),
    }
}
