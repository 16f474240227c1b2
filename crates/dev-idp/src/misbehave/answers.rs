//! Wrong in how an endpoint answers: not at all, slowly, without end, with a redirect, or in nonsense. The
//! redirects lead to the very same endpoint under another address, which behaves and is counted: whoever
//! follows one gets what they asked for, and is found out.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use futures_util::stream;
use serde::{Deserialize, Serialize};

/// Where a relying party asks, as the orders and the counts name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    Discovery,
    Jwks,
    Token,
    Userinfo,
    /// Where the redirects lead.
    Elsewhere,
}

/// What comes in place of the right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Down,
    /// 500, with a page for people.
    ServerError,
    /// 400, as a token endpoint refuses a code.
    InvalidGrant,
    /// 302, which turns a POST into a GET.
    Redirect,
    /// 307, which keeps the method and the body.
    RedirectWithBody,
    Html,
    /// The right answer, called HTML.
    Mislabelled,
    /// The first half of the right answer, as if it were all of it.
    Truncated,
    /// JSON that is nested 100 000 deep.
    Deep,
    /// 50 MB of JSON.
    Huge,
    /// JSON that never ends.
    Endless,
    /// The right answer, a byte a second.
    Trickle,
    /// Nothing for a minute.
    Silent,
}

/// The query that marks the address to which a redirect leads.
pub const ELSEWHERE: &str = "elsewhere";

const MB: usize = 1024 * 1024;

impl Answer {
    /// `right` makes the right answer, and is only asked for where that is needed.
    pub async fn give(self, path: &str, right: impl Future<Output = Response>) -> Response {
        let elsewhere = [(header::LOCATION, format!("{path}?{ELSEWHERE}"))];
        let json = [(header::CONTENT_TYPE, "application/json")];
        match self {
            Self::Down => (StatusCode::SERVICE_UNAVAILABLE, "Out of order.\n").into_response(),
            Self::ServerError => {
                (StatusCode::INTERNAL_SERVER_ERROR, Html("<h1>server_error</h1>")).into_response()
            }
            Self::InvalidGrant => {
                (StatusCode::BAD_REQUEST, json, r#"{"error":"invalid_grant"}"#).into_response()
            }
            Self::Redirect => (StatusCode::FOUND, elsewhere).into_response(),
            Self::RedirectWithBody => (StatusCode::TEMPORARY_REDIRECT, elsewhere).into_response(),
            Self::Html => Html("<!doctype html><title>Welcome</title><p>It works!").into_response(),
            Self::Mislabelled => {
                let mut response = right.await;
                response.headers_mut().insert(header::CONTENT_TYPE, html());
                response
            }
            Self::Truncated => {
                let body = whole(right.await).await;
                (json, body.slice(..body.len() / 2)).into_response()
            }
            Self::Deep => (json, format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).into_response(),
            Self::Huge => {
                let length = [(header::CONTENT_LENGTH, (50 * MB).to_string())];
                let blanks = stream::iter(vec![Ok::<_, Infallible>(Bytes::from(vec![b' '; MB])); 50]);
                (json, length, Body::from_stream(blanks)).into_response()
            }
            Self::Endless => {
                let blanks = Bytes::from(vec![b' '; MB / 16]);
                let forever = stream::repeat_with(move || Ok::<_, Infallible>(blanks.clone()));
                (json, Body::from_stream(forever)).into_response()
            }
            Self::Trickle => {
                let bytes = whole(right.await).await;
                let slowly = stream::unfold(bytes, |mut left| async {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    let byte = (!left.is_empty()).then(|| left.split_to(1))?;
                    Some((Ok::<_, Infallible>(byte), left))
                });
                (json, Body::from_stream(slowly)).into_response()
            }
            Self::Silent => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                StatusCode::GATEWAY_TIMEOUT.into_response()
            }
        }
    }
}

fn html() -> axum::http::HeaderValue {
    axum::http::HeaderValue::from_static("text/html")
}

async fn whole(response: Response) -> Bytes {
    to_bytes(response.into_body(), MB).await.unwrap_or_default()
}
