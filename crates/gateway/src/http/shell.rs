//! The built shell, from its folder: hashed files for ever and precompressed, the page itself never cached.

use std::{
    io,
    path::{Path, PathBuf},
};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use sha2::{Digest, Sha256};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use super::{build, headers};
use crate::config::Config;

/// The shell's folder is not what `trunk build` makes.
#[derive(Debug, thiserror::Error)]
#[error(
    "the shell's page {path} cannot be read: {source}; build the shell, or set [server] shell to its folder"
)]
pub struct ShellError {
    path: PathBuf,
    source: io::Error,
}

/// One built shell.
pub struct Shell {
    files: ServeDir,
    page: Bytes,
    /// The page as brotli and gzip, where the build made them.
    compressed: [(&'static str, Option<Bytes>); 2],
    page_headers: HeaderMap,
    file_headers: HeaderMap,
    /// What the page says which build it is.
    build: Option<HeaderValue>,
}

impl Shell {
    pub fn load(config: &Config) -> Result<Self, ShellError> {
        let folder = &config.server.shell;
        let path = folder.join("index.html");
        let page = std::fs::read(&path).map_err(|source| ShellError { path, source })?;
        let text = String::from_utf8_lossy(&page);
        let (scripts, build) = (inline_scripts(&text), build::of(&text));
        let compressed = |name: &str| std::fs::read(folder.join(name)).ok().map(Bytes::from);
        Ok(Self {
            files: ServeDir::new(folder)
                .append_index_html_on_directories(false)
                .precompressed_br()
                .precompressed_gzip(),
            page: page.into(),
            compressed: [("br", compressed("index.html.br")), ("gzip", compressed("index.html.gz"))],
            page_headers: headers::of_the_page(config, &scripts),
            file_headers: headers::of_a_file(config),
            build,
        })
    }

    /// The name of this build, if it has one.
    pub fn build(&self) -> Option<&HeaderValue> {
        self.build.as_ref()
    }

    /// A file of the shell, or its page: every address that is no file belongs to the shell's own router.
    pub async fn serve(&self, request: Request<Body>) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let sentence = "The portal's pages are only read, by GET or HEAD.\n";
            let refusal = (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")], sentence);
            return self.as_file(refusal.into_response());
        }
        let path = request.uri().path().to_owned();
        if !is_file(&path) {
            return dressed(self.page(request.headers()), &self.page_headers);
        }
        let Ok(found) = self.files.clone().oneshot(request).await;
        let mut response = found.map(Body::new);
        if response.status().is_server_error() {
            // A name that the file system does not take, for one.
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        if response.status() == StatusCode::NOT_FOUND {
            response = (StatusCode::NOT_FOUND, "There is no such file here.\n").into_response();
        }
        let caching = match response.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED if is_hashed(&path) => {
                "public, max-age=31536000, immutable"
            }
            _ => "no-cache",
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        self.as_file(response)
    }

    fn page(&self, headers: &HeaderMap) -> Response {
        let accepted =
            headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let chosen =
            self.compressed.iter().find(|(encoding, body)| body.is_some() && accepts(accepted, encoding));
        let (encoding, body) = match chosen {
            Some((encoding, Some(body))) => (Some(*encoding), body.clone()),
            _ => (None, self.page.clone()),
        };
        let mut response = Body::from(body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    /// With the headers of everything here that is no page.
    pub fn as_file(&self, response: Response) -> Response {
        dressed(response, &self.file_headers)
    }
}

fn dressed(mut response: Response, headers: &HeaderMap) -> Response {
    for (name, value) in headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

/// Whether `Accept-Encoding` asks for a coding. Does not know `*`.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let weight = weight.trim().trim_start_matches(['q', 'Q']).strip_prefix('=');
        let weight = weight.and_then(|weight| weight.parse::<f32>().ok());
        name.trim() == encoding && weight.is_some_and(|weight| weight > 0.0)
    })
}

/// Files lie at the top of the folder and have an extension. Paths into dashboards may have one too.
fn is_file(path: &str) -> bool {
    let name = path.trim_start_matches('/');
    !name.contains('/') && Path::new(name).extension().is_some() && name != "index.html"
}

/// trunk writes `<name>-<16 hex digits>[_bg].<extension>`.
fn is_hashed(path: &str) -> bool {
    let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let hash = stem.strip_suffix("_bg").unwrap_or(stem).rsplit('-').next().unwrap_or_default();
    hash.len() >= 8 && hash.bytes().all(|b| b.is_ascii_hexdigit())
}

/// SHA-256, as base64, of every script that stands in the page itself (CSP 3, section 6.7.3.3).
fn inline_scripts(page: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find("<script") {
        rest = &rest[at..];
        let Some(opened) = rest.find('>') else { break };
        let (tag, after) = rest.split_at(opened + 1);
        let Some(closed) = after.find("</script>") else { break };
        if !tag.contains(" src=") && !after[..closed].is_empty() {
            hashes.push(STANDARD.encode(Sha256::digest(&after[..closed])));
        }
        rest = &after[closed..];
    }
    hashes
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "shell_properties.rs"]
pub mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_hashed_and_linked_ones_are_not() {
        let page = "<script src=\"/a.js\"></script><script type=\"module\">alert(1)</script><p>x</p><script>\n</script>";
        let hashes = inline_scripts(page);
        assert_eq!(hashes.len(), 2);
        assert_eq!(hashes[0], STANDARD.encode(Sha256::digest("alert(1)")));
    }

    #[test]
    fn only_hashed_files_are_kept_for_ever() {
        assert!(
            is_hashed("/lanyard-shell-5f1e2d3c4b5a6978_bg.wasm") && is_hashed("/base-0123456789abcdef.css")
        );
        assert!(!is_hashed("/icon.svg") && !is_hashed("/lanyard-shell.js"));
    }

    #[test]
    fn addresses_of_the_shell_s_router_are_no_files() {
        assert!(is_file("/icon.svg"));
        for path in ["/", "/d/finance/report.csv", "/callback", "/signed-out", "/index.html"] {
            assert!(!is_file(path), "{path}");
        }
    }
}
