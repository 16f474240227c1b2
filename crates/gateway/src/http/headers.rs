//! The headers that every answer of the portal carries: what the shell's page may load, frame and post to, and
//! what other pages may know of it.

use http::{HeaderMap, HeaderValue, header};

use crate::config::{self, Config, Scheme};

/// All of them. `inline_scripts` are the hashes of the scripts in the page itself.
pub fn of_the_portal(config: &Config, inline_scripts: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    set("content-security-policy", content_security_policy(config, inline_scripts));
    // `no-referrer` and `same-origin` would turn the Origin of the entry's form into `null`.
    set("referrer-policy", "strict-origin".into());
    set("cross-origin-opener-policy", "same-origin".into());
    set("cross-origin-resource-policy", "same-origin".into());
    set("origin-agent-cluster", "?1".into());
    set("x-content-type-options", "nosniff".into());
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()".into());
    if config.portal.origin.scheme == Scheme::Https {
        set("strict-transport-security", "max-age=31536000".into());
    }
    headers
}

/// Of what is no page: answers of the API, published keys, refusals. Nobody draws it in a frame, and nobody
/// reads it as a file of another kind.
pub fn of_no_page(headers: &mut HeaderMap) {
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// Frames: the wildcard and not the ids, which would tell everybody which dashboards there are. Hosts of
/// their own and external origins cannot be hidden from it.
fn content_security_policy(config: &Config, inline_scripts: &[String]) -> String {
    let apps = &config.portal.apps;
    let wildcard = format!("{}://*.{}", apps.scheme.as_str(), apps.suffix.display(apps.scheme));
    let (mut own, mut external) = (String::new(), String::new());
    for dashboard in &config.dashboards {
        match &dashboard.kind {
            config::Kind::App(app) if app.own_host => own += &format!(" {}", app.origin),
            config::Kind::App(_) => {}
            config::Kind::External { origin, .. } => external += &format!(" {origin}"),
        }
    }
    let scripts: String = inline_scripts.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; frame-src {wildcard}{own}{external}; \
         form-action 'self' {wildcard}{own}; base-uri 'none'; frame-ancestors 'none'"
    )
}
