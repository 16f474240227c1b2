//! Which requests a dashboard's host takes at all, judged by where the browser says they come from (Fetch
//! Metadata and `Origin`), before the session is looked at: a sibling's request carries our Strict cookie.
//! Pure. Says nothing about who asks.

use http::{HeaderMap, Method, StatusCode, header, request::Parts};

use super::framing::{is_websocket, single};
use crate::config::Origin;

/// Where the shell posts a ticket.
pub const ENTER: &str = "/_lanyard/enter";

/// What kind of request was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// A document of its own window. Without Fetch Metadata: any GET that accepts HTML.
    TopDocument,
    /// A document in a frame.
    FrameDocument,
    /// A WebSocket handshake from the dashboard's own pages.
    WebSocket,
    /// Everything else that the dashboard's own pages ask for.
    Fetch,
    /// The shell posts a ticket.
    Enter,
}

/// Why a request was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a WebSocket from another origin")]
    SocketOrigin,
    #[error("a service worker's script")]
    ServiceWorker,
    #[error("a ticket that was not posted by the portal")]
    Entry,
    #[error("a request from another site or host that is no navigation")]
    CrossOrigin,
    #[error("an Origin that is not the dashboard's")]
    Origin,
    #[error("Fetch Metadata that contradicts itself")]
    Metadata,
}

impl Refusal {
    /// For metrics and logs; never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::SocketOrigin => "socket-origin",
            Self::ServiceWorker => "service-worker",
            Self::Entry => "entry",
            Self::CrossOrigin => "cross-origin",
            Self::Origin => "origin",
            Self::Metadata => "metadata",
        }
    }

    pub fn status(self) -> StatusCode {
        StatusCode::FORBIDDEN
    }
}

/// The `Origin` header, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sender {
    Absent,
    Null,
    Own,
    Portal,
    Other,
}

/// Judges a request that [`super::framing::check`] let pass. `own` is the dashboard's origin.
pub fn admit(parts: &Parts, own: &Origin, portal: &Origin) -> Result<Admission, Refusal> {
    let sender = sender(&parts.headers, own, portal);
    if is_websocket(parts) {
        return if sender == Sender::Own { Ok(Admission::WebSocket) } else { Err(Refusal::SocketOrigin) };
    }
    let fetch = Metadata::read(&parts.headers)?;
    // Sent with nothing but a worker's script (Service Workers, "service worker script request").
    if parts.headers.contains_key("service-worker") || fetch.dest == b"serviceworker" {
        return Err(Refusal::ServiceWorker);
    }
    if parts.method == Method::POST && parts.uri.path() == ENTER {
        let navigates = matches!(fetch.site, b"same-site" | b"cross-site") && fetch.navigates();
        return if sender == Sender::Portal && (navigates || fetch.site.is_empty()) {
            Ok(Admission::Enter)
        } else {
            Err(Refusal::Entry)
        };
    }
    if is_ahead(parts) && fetch.site != b"same-origin" {
        return Err(Refusal::CrossOrigin);
    }
    let safe = [Method::GET, Method::HEAD].contains(&parts.method);
    match fetch.site {
        b"same-origin" if matches!(sender, Sender::Absent | Sender::Null | Sender::Own) => Ok(fetch.kind()),
        b"same-origin" => Err(Refusal::Origin),
        _ if sender == Sender::Null => Err(Refusal::Origin),
        b"none" if safe => Ok(fetch.kind()),
        b"same-site" | b"cross-site" if safe && fetch.navigates() => Ok(fetch.kind()),
        b"" => match sender {
            Sender::Own => Ok(unlabelled(parts)),
            Sender::Absent if safe => Ok(unlabelled(parts)),
            _ => Err(Refusal::Origin),
        },
        _ => Err(Refusal::CrossOrigin),
    }
}

fn sender(headers: &HeaderMap, own: &Origin, portal: &Origin) -> Sender {
    if !headers.contains_key(header::ORIGIN) {
        return Sender::Absent;
    }
    // Compared as browsers write it, not as it could be read: there is one spelling (RFC 6454, section 6.2).
    let Some(origin) = single(headers, header::ORIGIN) else { return Sender::Other };
    if origin == b"null" {
        Sender::Null
    } else if origin == own.to_string().as_bytes() {
        Sender::Own
    } else if origin == portal.to_string().as_bytes() {
        Sender::Portal
    } else {
        Sender::Other
    }
}

/// Whether the browser fetches it before anybody goes there. A page may ask for that without a click, and
/// Chromium then says `none` as for the address bar (measured, speculation rules): only the page's own counts.
fn is_ahead(parts: &Parts) -> bool {
    ["sec-purpose", "purpose"].iter().any(|name| parts.headers.contains_key(*name))
}

/// Without Fetch Metadata nobody can tell a frame from a window; an old browser is answered like a window.
fn unlabelled(parts: &Parts) -> Admission {
    let html = |value: &http::HeaderValue| value.as_bytes().windows(9).any(|part| part == b"text/html");
    let accepts = parts.headers.get_all(header::ACCEPT).into_iter().any(html);
    if parts.method == Method::GET && accepts { Admission::TopDocument } else { Admission::Fetch }
}

/// Fetch Metadata Request Headers; what is absent is empty.
struct Metadata<'a> {
    site: &'a [u8],
    mode: &'a [u8],
    dest: &'a [u8],
}

impl<'a> Metadata<'a> {
    fn read(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let one = |name: &'static str| {
            let name = http::HeaderName::from_static(name);
            match (headers.contains_key(&name), single(headers, name)) {
                (false, _) => Ok(&b""[..]),
                (true, Some(value)) if !value.is_empty() => Ok(value),
                _ => Err(Refusal::Metadata),
            }
        };
        Ok(Self { site: one("sec-fetch-site")?, mode: one("sec-fetch-mode")?, dest: one("sec-fetch-dest")? })
    }

    /// A navigation of a window or of a frame. Objects and embeds are none: they can be scripted around.
    fn navigates(&self) -> bool {
        self.mode == b"navigate" && matches!(self.dest, b"document" | b"iframe")
    }

    fn kind(&self) -> Admission {
        match self.dest {
            b"document" if self.navigates() => Admission::TopDocument,
            b"iframe" if self.navigates() => Admission::FrameDocument,
            _ => Admission::Fetch,
        }
    }
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "admission_properties.rs"]
pub mod properties;

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
