//! Whether apps of Bokeh and Panel sign their sessions. Both put the headers of the request for the page into a token
//! in that page, and the page brings it back when it opens its WebSocket: unsigned, it says what the viewer likes.

use std::future::ready;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use serde::{Deserialize, de::IgnoredAny};

use super::{Finding, Setup, Severity, Visited};

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let forgeable = if setup.asked.production { Severity::Error } else { Severity::Warning };
    Box::pin(ready(setup.apps.iter().filter_map(|visited| judge(visited, forgeable)).collect()))
}

fn judge(Visited { app, page }: &Visited, forgeable: Severity) -> Option<Finding> {
    let page = page.as_ref().ok()?;
    Some(match sessions(&String::from_utf8_lossy(&page.body))? {
        Sessions::Signed => Finding::of(app, Severity::Fine, "runs Bokeh with signed sessions"),
        Sessions::Unsigned => Finding::of(
            app,
            forgeable,
            "runs Bokeh with unsigned sessions: a viewer can forge the headers that the app reads; set \
             BOKEH_SIGN_SESSIONS=true and BOKEH_SECRET_KEY=… (`bokeh secret` makes one) in the app's environment",
        ),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sessions {
    Signed,
    Unsigned,
}

/// What every Bokeh token says, besides headers and cookies. Nothing of it is kept.
#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "session_id")]
    _session_id: IgnoredAny,
    #[serde(rename = "session_expiry")]
    _session_expiry: IgnoredAny,
}

/// `None` when the page is not one of theirs.
///
/// The token itself tells, which stands in every page that a Bokeh server makes, whatever its template: a field
/// `token` whose payload is base64url (without padding) of a JSON object with the two fields that the server reads.
/// No other framework's page has that, a JWT neither, whose first part is a header. Asking for `/<app>/metadata`
/// would tell less, as any app may answer such a path, and needs the app's name.
fn sessions(page: &str) -> Option<Sessions> {
    let mut found = None;
    for token in tokens(page) {
        // Whether the signature is right only the app can say; an app that checks none makes none.
        if token.split_once('.').is_none_or(|(_, signature)| signature.is_empty()) {
            return Some(Sessions::Unsigned);
        }
        found = Some(Sessions::Signed);
    }
    found
}

/// A token of the page. It opens a session of the app: never to be printed.
pub fn token(page: &str) -> Option<&str> {
    tokens(page).next()
}

fn tokens(page: &str) -> impl Iterator<Item = &str> {
    let fields = page.split(r#""token""#).skip(1);
    let values = fields.filter_map(|rest| {
        rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split('"').next()
    });
    values.filter(|token| {
        let payload = token.split('.').next().unwrap_or_default();
        let json = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
        serde_json::from_slice::<Payload>(&json).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOAD: &str = r#"{"session_id": "Zoq", "session_expiry": 1795384535, "__bk__zlib_": "eNo"}"#;

    fn page(payload: &str, rest: &str) -> String {
        let token = URL_SAFE_NO_PAD.encode(payload);
        format!(r#"<script>const render_items = [{{"token":"{token}{rest}","roots":{{}}}}];</script>"#)
    }

    #[test]
    fn a_page_of_theirs_tells_by_its_token_whether_sessions_are_signed() {
        assert_eq!(sessions(&page(PAYLOAD, "")), Some(Sessions::Unsigned));
        assert_eq!(sessions(&page(PAYLOAD, ".")), Some(Sessions::Unsigned));
        assert_eq!(sessions(&page(PAYLOAD, ".vpCvuX7z")), Some(Sessions::Signed));
        let spaced = page(PAYLOAD, "").replace(r#""token":"#, "\"token\" :\n ");
        assert_eq!(sessions(&spaced), Some(Sessions::Unsigned));
        let both = page(PAYLOAD, ".vpCvuX7z") + &page(PAYLOAD, "");
        assert_eq!(sessions(&both), Some(Sessions::Unsigned), "one is enough to forge");
    }

    #[test]
    fn other_pages_with_tokens_are_not_theirs() {
        for page in [
            page(r#"{"alg": "HS256", "typ": "JWT"}"#, ".eyJzdWIiOiJhIn0.c2ln"),
            page(r#"{"session_id": "Zoq"}"#, ""),
            page("not JSON", ""),
            page("[1]", ".x"),
            r#"{"token": null, "token":"", "token": "=", "token"#.into(),
            "Bokeh.embed.embed_items(docs_json, render_items) with \"token\"".into(),
            String::new(),
        ] {
            assert_eq!(sessions(&page), None, "{page}");
        }
    }
}
