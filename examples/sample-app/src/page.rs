//! The page, with the verified viewer already in it, and its style sheet and script.
//! Nothing is inline and nothing comes from elsewhere, so that the strictest content policy fits.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

use crate::{App, assertion::Viewer};

const COOKIE: &str = "sample-viewer";

pub async fn home(
    State(app): State<Arc<App>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
) -> Response {
    page(&app, &viewer, &headers, "Overview")
}

/// `/reports/q1` to `/reports/q4`.
pub async fn report(
    State(app): State<Arc<App>>,
    Extension(viewer): Extension<Viewer>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match name.as_str() {
        "q1" | "q2" | "q3" | "q4" => {
            page(&app, &viewer, &headers, &format!("Report {}", name.to_uppercase()))
        }
        _ => not_found().await,
    }
}

pub async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "This dashboard has no such page.\n").into_response()
}

pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../page/style.css")).into_response()
}

pub async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../page/app.js"))
        .into_response()
}

pub async fn icon() -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml")], include_str!("../page/icon.svg")).into_response()
}

fn page(app: &App, viewer: &Viewer, headers: &HeaderMap, heading: &str) -> Response {
    let groups = if viewer.groups.is_empty() { "no group".to_owned() } else { viewer.groups.join(", ") };
    let earlier = cookie(headers).unwrap_or_else(|| "nobody".into());
    let fill = [
        ("title", app.title.as_str()),
        ("heading", heading),
        ("viewer", viewer.display_name()),
        ("groups", &groups),
        ("earlier", &earlier),
    ];
    // One pass over the template, so that a name that looks like a place is only a name.
    let mut parts = include_str!("../page/index.html").split("{{");
    let mut html = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        let value = fill.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        html.push_str(&escape(value));
        html.push_str(rest);
    }
    let cookie = format!("{COOKIE}={}; Path=/; SameSite=Lax", plain(viewer.display_name()));
    ([(header::SET_COOKIE, cookie), (header::CACHE_CONTROL, "no-cache".into())], Html(html)).into_response()
}

/// Whom the browser's cookie of ours names. Trusted with nothing: it shows whether one person's cookie
/// reaches the next.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

/// What may stand in a cookie's value (RFC 6265, section 4.1.1) without quoting, and no more.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// For text and for attributes in double quotes.
fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
