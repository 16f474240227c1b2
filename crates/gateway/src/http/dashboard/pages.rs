//! The few pages that Lanyard itself shows at a dashboard's host. They say the same to everybody but for the
//! request's reference, carry nothing of the dashboard but its title, and load nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use lanyard_contract::wire::hint;
use sha2::{Digest, Sha256};

use crate::{
    config::Origin,
    dashboards::body::Body,
    http::{caller::Refused, headers::of_no_page},
    policy::Denied,
};

/// Quiet, in the shell's own proportions, light and dark.
const STYLE: &str = "html{color-scheme:light dark;font:14px/1.45 system-ui,sans-serif}\
    body{margin:0;min-height:100vh;display:grid;place-content:center;padding:24px;box-sizing:border-box}\
    h1{font-size:20px;font-weight:600;margin:0 0 8px}p{margin:0 0 8px;opacity:.75;max-width:42ch}\
    small{opacity:.75;user-select:all}";

/// What a page says.
pub(super) enum Page<'a> {
    SignedOut,
    NotFound,
    Unrecorded,
    /// `retries`: at the top of a window nobody else tries again.
    Unreachable {
        title: &'a str,
        retries: bool,
    },
}

impl Page<'_> {
    pub fn of(denied: Denied) -> Self {
        match denied {
            Denied::SignedOut => Self::SignedOut,
            Denied::NotFound => Self::NotFound,
            Denied::Unrecorded => Self::Unrecorded,
        }
    }

    /// Title, sentence, and the hint for the shell around the frame.
    fn words(&self) -> (String, &'static str, &'static str) {
        match self {
            Self::SignedOut => ("You were signed out".into(), "Sign in again to go on.", hint::SESSION),
            Self::NotFound => (
                "You don't have permission to view this dashboard".into(),
                "Or it does not exist. Ask for access if you think that you should see it.",
                hint::SESSION,
            ),
            Self::Unrecorded => (
                "Access cannot be recorded at the moment".into(),
                "So it is not given. Try again in a minute.",
                hint::UNREACHABLE,
            ),
            Self::Unreachable { title, .. } => {
                (format!("{title} does not answer"), "Trying again in 5 s.", hint::UNREACHABLE)
            }
        }
    }
}

/// A page with a script that tells the shell around the frame, and nobody else. `reference` is ours: it needs no
/// escaping.
pub(super) fn page(status: StatusCode, page: Page<'_>, reference: &str, portal: &Origin) -> Response<Body> {
    let (title, sentence, hint) = page.words();
    let title = escape(&title);
    // `portal` is an origin in normal form: nothing in it can end the string.
    let script = format!("if(parent!==self)parent.postMessage({{{}:\"{hint}\"}},\"{portal}\")", hint::FIELD);
    let (retry, now) = match page {
        // The empty reference is this very address, which need not be written down here.
        Page::Unreachable { retries: true, .. } => {
            ("<meta http-equiv=\"refresh\" content=\"5\">", "<p><a href=\"\">Try now</a></p>")
        }
        _ => ("", ""),
    };
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">{retry}<title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1><p>{sentence}</p>{now}<small>Reference {reference}</small></main>\
         <script>{script}</script></body></html>"
    );
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self' {portal}",
        hash(STYLE),
        hash(&script)
    );
    let mut response = respond(status, "text/html; charset=utf-8", html);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// One sentence as text: for everything that is no document.
pub(super) fn sentence(status: StatusCode, sentence: &str) -> Response<Body> {
    let mut response = respond(status, "text/plain; charset=utf-8", format!("{sentence}\n"));
    of_no_page(response.headers_mut());
    response
}

fn respond(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.extensions_mut().insert(Refused);
    let set = |headers: &mut HeaderMap, name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, kind);
    set(headers, header::CACHE_CONTROL, "no-store");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, HeaderName::from_static("origin-agent-cluster"), "?1");
    if status == StatusCode::BAD_GATEWAY || status == StatusCode::GATEWAY_TIMEOUT {
        set(headers, header::RETRY_AFTER, "5");
    }
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_text() {
        assert_eq!(escape("<script>\"&"), "&lt;script&gt;&quot;&amp;");
    }

    #[test]
    fn a_page_runs_its_own_script_and_tells_the_portal_only() {
        let portal = "https://dash.example".parse().expect("an origin");
        let response = page(StatusCode::UNAUTHORIZED, Page::SignedOut, "r-1", &portal);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("ASCII");
        assert!(policy.contains("frame-ancestors 'self' https://dash.example") && !policy.contains("unsafe"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
