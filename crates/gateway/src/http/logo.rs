//! The portal's logo, from the configuration: under a name that changes with it, for ever, and never a page that
//! could do anything.

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, Request, header};

use super::gateway::Gateway;
use crate::config::Picture;

/// An SVG that is opened by itself is a document: it loads nothing, runs nothing and has no origin.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// The picture at this path, if there is one and it is only read.
pub fn asked<'a>(gateway: &'a Gateway, request: &Request<Body>) -> Option<&'a Picture> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    gateway.config.portal.logo.as_ref().filter(|_| reads)?.at(request.uri().path())
}

pub fn serve(gateway: &Gateway, picture: &Picture) -> Response {
    let mut response = gateway.shell.as_file(Body::from(picture.bytes.clone()).into_response());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type));
    let caching = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, caching);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
