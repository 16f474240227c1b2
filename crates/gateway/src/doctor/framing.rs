//! Whether something keeps a dashboard's frame blank. An app's own refusals to be framed are replaced by the gateway;
//! those of an external page are not, and browsers obey them.

use futures_util::future::{BoxFuture, join_all};
use http::{HeaderMap, header};
use url::Url;

use super::{Finding, Setup, Severity, Visited};
use crate::{
    config::{Dashboard, Kind, Origin},
    dashboards::probe::Page,
    identity::oidc::backchannel::{Backchannel, is_confidential},
};

mod ancestors;

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let portal = &setup.config.portal.origin;
    let mut found: Vec<Finding> = setup.apps.iter().filter_map(of_an_app).collect();
    let externals = setup.config.dashboards.iter().filter_map(move |dashboard| match &dashboard.kind {
        Kind::External { url, .. } => Some(of_an_external(dashboard, url, portal, setup.backchannel)),
        Kind::App(_) => None,
    });
    Box::pin(async move {
        found.extend(join_all(externals).await);
        found
    })
}

fn of_an_app(Visited { app, page }: &Visited) -> Option<Finding> {
    let page = page.as_ref().ok()?;
    Some(match obstacle(page, app.csp.as_deref()) {
        Some(obstacle) => Finding::of(app, Severity::Warning, obstacle),
        None if refuses(&page.headers) => Finding::of(
            app,
            Severity::Fine,
            "refuses to be framed, which the gateway replaces by the portal's frame",
        ),
        None => Finding::of(app, Severity::Fine, "says nothing that would keep its frame blank"),
    })
}

/// What the gateway does not take away.
fn obstacle(page: &Page, configured: Option<&str>) -> Option<String> {
    if let Some(origin) = &page.leads_to {
        return Some(format!(
            "sends viewers from {} on to {origin}, and the frame stays blank; turn the app's own sign-in off, or tell \
             it the address under which viewers see it",
            page.path.split('?').next().unwrap_or_default()
        ));
    }
    let attached = page.headers.get(header::CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
    if attached.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("attachment")) {
        return Some("sends its page as a download (Content-Disposition); set 'start_path' to a page".into());
    }
    let boxed = |policies: &str| ancestors::sandboxes(policies);
    if policies(&page.headers).any(|policies| boxed(&policies)) {
        return Some(
            "puts itself into a sandbox without scripts or an origin of its own; take 'sandbox' out of its \
             Content-Security-Policy, or give it allow-scripts and allow-same-origin"
                .into(),
        );
    }
    configured.is_some_and(boxed).then(|| {
        "is put into a sandbox without scripts or an origin of its own by 'csp'; give it allow-scripts and \
         allow-same-origin there, or take 'sandbox' away"
            .into()
    })
}

fn refuses(headers: &HeaderMap) -> bool {
    headers.contains_key(header::X_FRAME_OPTIONS)
        || policies(headers).any(|policies| ancestors::of(&policies).next().is_some())
}

fn policies(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let lines = headers.get_all(header::CONTENT_SECURITY_POLICY).into_iter();
    lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
}

async fn of_an_external(
    dashboard: &Dashboard,
    url: &str,
    portal: &Origin,
    backchannel: &Backchannel,
) -> Finding {
    let say = |severity, message| Finding::on(dashboard, severity, message);
    let Some(url) = Url::parse(url).ok().filter(is_confidential) else {
        return say(
            Severity::Note,
            "is at plain http, and not asked: look whether it shows in the portal".into(),
        );
    };
    match backchannel.look(&url).await {
        Err(error) => say(
            Severity::Note,
            format!(
                "cannot be asked from here: {error}; look whether a viewer's browser shows it in the portal"
            ),
        ),
        Ok(answer) => match forbids(&answer.headers, portal) {
            Some(header) => say(
                Severity::Error,
                format!(
                    "refuses the portal's frame by {header}; let it say Content-Security-Policy: frame-ancestors \
                     'self' {portal}"
                ),
            ),
            None if answer.status.is_redirection() => say(
                Severity::Note,
                format!(
                    "answers {}, which is not followed here: look whether where it leads shows in the portal",
                    answer.status.as_u16()
                ),
            ),
            None => say(Severity::Fine, "lets the portal frame it".into()),
        },
    }
}

/// The header by which a browser would refuse the portal (CSP 3, section 6.4.2: where a policy names ancestors, it
/// alone counts).
fn forbids(headers: &HeaderMap, portal: &Origin) -> Option<&'static str> {
    let policies: Vec<String> = policies(headers).collect();
    let mut named = policies.iter().flat_map(|policies| ancestors::of(policies)).peekable();
    if named.peek().is_some() {
        let all = named.all(|sources| ancestors::include(sources, portal));
        return (!all).then_some("its Content-Security-Policy (frame-ancestors)");
    }
    let mut words = headers.get_all(header::X_FRAME_OPTIONS).into_iter();
    let refusing = |value: &http::HeaderValue| {
        let word = value.to_str().unwrap_or_default().trim().to_ascii_lowercase();
        word.contains("deny") || word.contains("sameorigin")
    };
    words.any(refusing).then_some("X-Frame-Options")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue, StatusCode};

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        lines.iter().map(line).collect()
    }

    const CSP: &str = "content-security-policy";
    const XFO: &str = "x-frame-options";

    #[test]
    fn an_external_page_refuses_as_a_browser_reads_it() {
        let portal: Origin = "https://dash.example".parse().unwrap();
        for (lines, refused) in [
            (&[][..], false),
            (&[(XFO, "DENY")], true),
            (&[(XFO, "SAMEORIGIN")], true),
            (&[(XFO, "ALLOW-FROM https://dash.example")], false),
            (&[(CSP, "default-src 'self'")], false),
            (&[(CSP, "frame-ancestors 'none'")], true),
            (&[(CSP, "frame-ancestors 'self' https://dash.example"), (XFO, "DENY")], false),
            (&[(CSP, "frame-ancestors *, frame-ancestors 'self'")], true),
            (&[(CSP, "frame-ancestors https://*.example"), (CSP, "frame-ancestors https:")], false),
            (&[(CSP, "default-src 'self'"), (XFO, "deny")], true),
        ] {
            assert_eq!(forbids(&headers(lines), &portal).is_some(), refused, "{lines:?}");
        }
    }

    #[test]
    fn only_what_the_gateway_leaves_is_an_obstacle() {
        let page = |lines: &[(&'static str, &'static str)], leads_to: Option<&str>| Page {
            status: StatusCode::OK,
            path: "/start?secret".into(),
            headers: headers(lines),
            leads_to: leads_to.map(str::to_owned),
            body: Vec::new(),
            whole: true,
        };
        let blank = |page: &Page| obstacle(page, None);
        assert_eq!(blank(&page(&[(XFO, "DENY"), (CSP, "frame-ancestors 'none'")], None)), None);
        assert_eq!(blank(&page(&[(CSP, "sandbox allow-scripts allow-same-origin")], None)), None);
        let away = blank(&page(&[], Some("https://login.example"))).unwrap();
        assert!(away.contains("from /start on to https://login.example"), "{away}");
        assert!(blank(&page(&[(CSP, "sandbox allow-scripts")], None)).is_some());
        assert!(blank(&page(&[("content-disposition", "Attachment; filename=a")], None)).is_some());
        assert!(obstacle(&page(&[], None), Some("sandbox")).unwrap().contains("'csp'"));
    }
}
