//! What is the same for every request to one dashboard, made once: header values, the upstream's address, what
//! it must prove, the content policy.

use http::{HeaderValue, uri};

use super::{
    location::Rewriter,
    tls::Tls,
    upstream::{self, Clients},
};
use crate::config::{App, HostHeader, Origin, Scheme};

/// The tightest policy under which all of Streamlit, Panel, Bokeh, Dash and Shiny works. Shiny for R and Bokeh's
/// `CustomJS` evaluate text, which gives an attacker nothing that inline scripts do not.
const DEFAULT_CSP: &str = "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:";

/// One dashboard, as the proxy needs it.
pub(super) struct Prepared {
    pub upstream_host: HeaderValue,
    pub upstream_origin: HeaderValue,
    pub upstream_scheme: uri::Scheme,
    pub upstream_authority: Option<uri::Authority>,
    /// Where that is https.
    pub tls: Option<Clients<Tls>>,
    pub public_host: HeaderValue,
    pub public_origin: HeaderValue,
    pub public_proto: HeaderValue,
    pub host_header: HostHeader,
    pub pass_authorization: bool,
    /// `frame-ancestors`, in a policy of its own: several policies hold together (CSP 3, section 8.1).
    pub ancestors: HeaderValue,
    pub csp: ContentPolicy,
    pub locations: Rewriter,
    /// How the names of cookies begin that no app may set, because a proxy in front goes by them.
    pub reserved: Vec<String>,
}

/// The rest of the content policy.
pub(super) enum ContentPolicy {
    /// Ours, where the app sends none of its own: one that does has chosen its sources.
    Default(HeaderValue),
    /// The configuration's, beside whatever the app sends.
    Configured(HeaderValue),
    /// The configuration says that there is none.
    None,
}

impl Prepared {
    pub fn new(app: &App, portal: &Origin) -> Self {
        // Origins and authorities are plain ASCII by construction; a value that is not becomes empty, which
        // no app takes for a host and no browser for a policy that allows framing.
        let value = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        let Origin { scheme, authority } = &app.upstream;
        let upstream = authority.display(*scheme);
        // The one address that every app server on this machine takes for its own without being told: Bokeh and
        // Panel refuse a WebSocket for `127.0.0.1`.
        let own = Origin { scheme: *scheme, authority: authority.as_localhost() };
        Self {
            upstream_scheme: match app.upstream.scheme {
                Scheme::Http => uri::Scheme::HTTP,
                Scheme::Https => uri::Scheme::HTTPS,
            },
            tls: app.trust.as_ref().map(|trust| Clients::new(Tls::new(upstream::tcp(), trust))),
            upstream_authority: uri::Authority::try_from(upstream.as_str()).ok(),
            upstream_host: value(own.authority.display(*scheme)),
            upstream_origin: value(own.to_string()),
            public_host: value(app.origin.authority.display(app.origin.scheme)),
            public_origin: value(app.origin.to_string()),
            public_proto: HeaderValue::from_static(app.origin.scheme.as_str()),
            host_header: app.host_header,
            pass_authorization: app.pass_authorization,
            ancestors: value(format!("frame-ancestors 'self' {portal}")),
            csp: match app.csp.as_deref().map(without_ancestors) {
                None => ContentPolicy::Default(HeaderValue::from_static(DEFAULT_CSP)),
                Some(policy) if policy.is_empty() => ContentPolicy::None,
                Some(policy) => ContentPolicy::Configured(value(policy)),
            },
            locations: Rewriter::new(&app.upstream, &app.origin),
            reserved: Vec::new(),
        }
    }
}

/// Content policies without their `frame-ancestors`, which are always ours to say. Several policies may stand
/// in one text, separated by commas.
pub(super) fn without_ancestors(policies: &str) -> String {
    let policies = policies.split(',').map(|policy| {
        let directives = policy.split(';').map(str::trim).filter(|directive| {
            let name = directive.split_ascii_whitespace().next().unwrap_or_default();
            !name.is_empty() && !name.eq_ignore_ascii_case("frame-ancestors")
        });
        directives.collect::<Vec<_>>().join("; ")
    });
    policies.filter(|policy| !policy.is_empty()).collect::<Vec<_>>().join(", ")
}
