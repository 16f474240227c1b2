//! A public dashboard: the state of some made-up services. It says which identity headers arrived, so that
//! everybody can see that there are none. It keeps nothing and asks nobody.

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse},
    routing::get,
};
use serde_json::{Value, json};

/// Beginnings of the names that would say who is looking.
const IDENTITY: [&str; 7] = [
    "authorization",
    "x-auth-",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-forwarded-preferred-",
    "x-forwarded-user",
    "x-lanyard-",
];

pub fn router() -> Router {
    Router::new()
        .route("/", get(page))
        .route("/api/status", get(status))
        .route("/assets/style.css", get(style))
        .route("/assets/app.js", get(script))
        .fallback(async || (StatusCode::NOT_FOUND, "There is no such page.\n"))
}

async fn page(headers: HeaderMap) -> Html<String> {
    let found = identity(&headers);
    let found = if found.is_empty() { "none".into() } else { found.join(", ") };
    // Header names are tokens (RFC 9110, section 5.1) and cannot hold markup.
    Html(include_str!("../page/index.html").replace("{{identity}}", &found))
}

async fn status(headers: HeaderMap) -> Json<Value> {
    let services = [("Harbour API", "up"), ("Berth planner", "up"), ("Tide forecasts", "degraded")];
    let services = services.map(|(name, state)| json!({ "name": name, "state": state }));
    Json(json!({ "services": services, "identity": identity(&headers) }))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../page/style.css"))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../page/app.js"))
}

/// The names of the headers and of Lanyard's cookies that arrived and should not have.
fn identity(headers: &HeaderMap) -> Vec<String> {
    let telling = |name: &str| IDENTITY.iter().any(|beginning| name.starts_with(beginning));
    let names = headers.keys().map(|name| name.as_str().to_owned()).filter(|name| telling(name));
    let cookies = headers.get_all(header::COOKIE).iter();
    let ours = cookies.filter(|line| line.as_bytes().windows(7).any(|part| part == b"lanyard"));
    names.chain(ours.map(|_| "cookie".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt as _;

    use super::*;

    async fn body(path: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = router().oneshot(request).await.expect("an answer");
        let bytes = axum::body::to_bytes(response.into_body(), 65_536).await.expect("a body");
        String::from_utf8(bytes.to_vec()).expect("UTF-8")
    }

    #[tokio::test]
    async fn without_identity_it_says_none() {
        let harmless = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-host", "h"), ("cookie", "a=b")];
        assert!(body("/", &harmless).await.contains("<output id=\"identity\">none</output>"));
        assert!(body("/api/status", &harmless).await.contains("\"identity\":[]"));
    }

    #[tokio::test]
    async fn whatever_identifies_somebody_is_named() {
        for name in [
            "authorization",
            "x-forwarded-user",
            "x-forwarded-email",
            "x-forwarded-groups",
            "x-forwarded-preferred-username",
            "x-lanyard-assertion",
        ] {
            assert!(body("/", &[(name, "x")]).await.contains(&format!("identity\">{name}<")), "{name}");
        }
        assert!(body("/", &[("cookie", "__Host-lanyard-app=x")]).await.contains("identity\">cookie<"));
    }
}
