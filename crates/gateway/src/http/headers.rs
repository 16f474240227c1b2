//! The headers that the portal's answers carry: what the shell's page may load, frame and post to, and what other
//! pages may know of it. Whatever is no page may do nothing, and says so in fewer words.

use http::{HeaderMap, HeaderValue, header};

use crate::config::{self, Config, Scheme};

/// Of the shell's page. `inline_scripts` are the hashes of the scripts in the page itself.
pub fn of_the_page(config: &Config, inline_scripts: &[String]) -> HeaderMap {
    let mut headers = of_a_file(config);
    if let Ok(policy) = HeaderValue::try_from(content_security_policy(config, inline_scripts)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        // `no-referrer` and `same-origin` would turn the Origin of the entry's form into `null`.
        ("referrer-policy", "strict-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

/// Of what the page is made of, and of refusals: no site but the portal reads it, and opened by itself it does
/// nothing. Every byte here is paid for a dozen times in a first visit, and none of it is compressed.
pub fn of_a_file(config: &Config) -> HeaderMap {
    let mut headers = HeaderMap::new();
    of_no_page(&mut headers);
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    if config.portal.origin.scheme == Scheme::Https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
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
