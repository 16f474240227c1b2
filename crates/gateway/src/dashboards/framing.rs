//! What makes a request no request at all, whoever sent it: its authority, its length, its upgrade.
//! Looked at before anything else. What passes is sent on in our own framing, as exactly one request.

use http::{HeaderMap, HeaderName, Method, StatusCode, Version, header, request::Parts};

use crate::config::{Authority, Scheme};

/// Why a request is not read any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the request has no single valid Host (RFC 9112, section 3.2)")]
    Host,
    #[error("the request's target names another host than its Host line")]
    Authority,
    #[error("the request's target is not a path")]
    Target,
    #[error("Transfer-Encoding is something else than 'chunked'")]
    TransferEncoding,
    #[error("Content-Length is not one number, or stands beside Transfer-Encoding")]
    ContentLength,
    #[error("the upgrade is not a WebSocket handshake (RFC 6455, section 4.1)")]
    Upgrade,
    #[error("the method is not served here")]
    Method,
}

impl Malformed {
    /// For metrics and logs; never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Authority => "authority",
            Self::Target => "target",
            Self::TransferEncoding => "transfer-encoding",
            Self::ContentLength => "content-length",
            Self::Upgrade => "upgrade",
            Self::Method => "method",
        }
    }

    pub fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// Judges a request's framing and answers the authority that it is for. `scheme` is the public one: it gives
/// the port that `Host` leaves out.
pub fn check(parts: &Parts, scheme: Scheme) -> Result<Authority, Malformed> {
    if [Method::CONNECT, Method::TRACE].contains(&parts.method) || parts.method.as_str() == "TRACK" {
        return Err(Malformed::Method);
    }
    let authority = authority(parts, scheme)?;
    length(&parts.headers)?;
    if names_websocket(&parts.headers) && !is_websocket(parts) {
        return Err(Malformed::Upgrade);
    }
    Ok(authority)
}

/// Whether this is a WebSocket handshake: GET, HTTP/1.1, one `Upgrade: websocket` that `Connection` names, no
/// body. Every other upgrade is dropped on the way to the upstream.
pub fn is_websocket(parts: &Parts) -> bool {
    parts.method == Method::GET
        && parts.version == Version::HTTP_11
        && single(&parts.headers, header::UPGRADE)
            .is_some_and(|value| value.eq_ignore_ascii_case(b"websocket"))
        && tokens(&parts.headers, header::CONNECTION).any(|token| token.eq_ignore_ascii_case(b"upgrade"))
        && !parts.headers.contains_key(header::TRANSFER_ENCODING)
        && single(&parts.headers, header::CONTENT_LENGTH).is_none_or(|value| value == b"0")
}

fn names_websocket(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::UPGRADE)
        .into_iter()
        .any(|value| value.as_bytes().to_ascii_lowercase().windows(9).any(|part| part == b"websocket"))
}

fn authority(parts: &Parts, scheme: Scheme) -> Result<Authority, Malformed> {
    let host = single(&parts.headers, header::HOST).ok_or(Malformed::Host)?;
    let host = std::str::from_utf8(host).map_err(|_| Malformed::Host)?;
    let host = Authority::parse(host, scheme).map_err(|_| Malformed::Host)?;
    if let Some(target) = parts.uri.authority() {
        let target_scheme = match parts.uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(Malformed::Target),
        };
        // A target `http://h/` beside `Host: h` is the same authority, whatever port h has from outside.
        let named = Authority::parse(target.as_str(), target_scheme).map_err(|_| Malformed::Authority)?;
        let same = Authority::parse(target.as_str(), scheme).is_ok_and(|bare| bare == host);
        if named != host && !same {
            return Err(Malformed::Authority);
        }
    }
    if !parts.uri.path().starts_with('/') {
        return Err(Malformed::Target);
    }
    Ok(host)
}

fn length(headers: &HeaderMap) -> Result<(), Malformed> {
    let chunked = headers.contains_key(header::TRANSFER_ENCODING);
    if chunked
        && !single(headers, header::TRANSFER_ENCODING)
            .is_some_and(|value| value.eq_ignore_ascii_case(b"chunked"))
    {
        return Err(Malformed::TransferEncoding);
    }
    if headers.contains_key(header::CONTENT_LENGTH) {
        let digits = single(headers, header::CONTENT_LENGTH).ok_or(Malformed::ContentLength)?;
        let number = !digits.is_empty() && digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit);
        if chunked || !number {
            return Err(Malformed::ContentLength);
        }
    }
    Ok(())
}

/// The value of a header that has exactly one line.
pub(super) fn single(headers: &HeaderMap, name: HeaderName) -> Option<&[u8]> {
    let mut lines = headers.get_all(name).into_iter();
    match (lines.next(), lines.next()) {
        (Some(line), None) => Some(line.as_bytes().trim_ascii()),
        _ => None,
    }
}

/// The members of a comma-separated header, over all its lines (RFC 9110, section 5.6.1).
pub(super) fn tokens(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    headers
        .get_all(name)
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::testing::parts;

    fn judge(line: &str, headers: &[(&str, &str)]) -> Result<String, Malformed> {
        check(&parts(line, headers), Scheme::Http).map(|authority| authority.display(Scheme::Http))
    }

    #[test]
    fn the_authority_is_answered_in_one_normal_form() {
        for host in ["f.localhost:80", "F.LocalHost", "f.localhost.", "f.localhost.:80"] {
            assert_eq!(judge("GET /", &[("host", host)]).as_deref(), Ok("f.localhost"), "{host}");
        }
        assert_eq!(
            judge("GET http://F.localhost/", &[("host", "f.localhost")]).as_deref(),
            Ok("f.localhost")
        );
    }

    #[test]
    fn an_authority_that_is_not_one_is_refused() {
        assert_eq!(judge("GET /", &[]), Err(Malformed::Host));
        assert_eq!(judge("GET /", &[("host", "a"), ("host", "a")]), Err(Malformed::Host));
        for host in ["", "a b", "a/b", "u@a", "a:", "a:x", "a,b", "a..b", "ä", "a%2eb"] {
            assert_eq!(judge("GET /", &[("host", host)]), Err(Malformed::Host), "{host}");
        }
        assert_eq!(judge("GET http://b/", &[("host", "a")]), Err(Malformed::Authority));
        assert_eq!(judge("GET http://a:81/", &[("host", "a")]), Err(Malformed::Authority));
        assert_eq!(judge("GET http://u@a/", &[("host", "a")]), Err(Malformed::Authority));
        assert_eq!(judge("GET ftp://a/", &[("host", "a")]), Err(Malformed::Target));
        assert_eq!(judge("OPTIONS *", &[("host", "a")]), Err(Malformed::Target));
    }

    #[test]
    fn a_length_that_can_be_read_two_ways_is_refused() {
        let with = |headers: &[(&str, &str)]| {
            let mut all = vec![("host", "a")];
            all.extend_from_slice(headers);
            judge("POST /", &all).map(|_| ())
        };
        assert_eq!(with(&[("transfer-encoding", "Chunked")]), Ok(()));
        assert_eq!(with(&[("content-length", "12")]), Ok(()));
        for coding in ["gzip, chunked", "chunked, chunked", "identity", "xchunked", "", "chunked;q=1"] {
            assert_eq!(with(&[("transfer-encoding", coding)]), Err(Malformed::TransferEncoding), "{coding}");
        }
        let twice = [("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")];
        assert_eq!(with(&twice), Err(Malformed::TransferEncoding));
        for length in ["", "-1", "+1", "1,1", "0x1", "1 1", "9999999999999999999"] {
            assert_eq!(with(&[("content-length", length)]), Err(Malformed::ContentLength), "{length}");
        }
        let twice = [("content-length", "1"), ("content-length", "1")];
        assert_eq!(with(&twice), Err(Malformed::ContentLength));
        let both = [("content-length", "1"), ("transfer-encoding", "chunked")];
        assert_eq!(with(&both), Err(Malformed::ContentLength));
    }

    #[test]
    fn methods_that_open_or_mirror_are_not_served() {
        for method in ["CONNECT", "TRACE", "TRACK"] {
            assert_eq!(judge(&format!("{method} /"), &[("host", "a")]), Err(Malformed::Method));
        }
        assert_eq!(Malformed::Method.status(), 405);
    }

    #[test]
    fn only_a_clean_websocket_handshake_is_one() {
        let clean = [("host", "a"), ("upgrade", "WebSocket"), ("connection", "keep-alive, Upgrade")];
        assert!(is_websocket(&parts("GET /ws", &clean)));
        assert!(judge("GET /ws", &clean).is_ok());
        assert_eq!(judge("POST /ws", &clean), Err(Malformed::Upgrade));
        for other in [
            &[("upgrade", "websocket")][..],
            &[("upgrade", "websocket, h2c"), ("connection", "upgrade")],
            &[("upgrade", "h2c"), ("upgrade", "websocket"), ("connection", "upgrade")],
            &[("upgrade", "websocket"), ("connection", "upgrade"), ("content-length", "5")],
            &[("upgrade", "websocket"), ("connection", "upgrade"), ("transfer-encoding", "chunked")],
        ] {
            let mut all = vec![("host", "a")];
            all.extend_from_slice(other);
            assert_eq!(judge("GET /ws", &all), Err(Malformed::Upgrade), "{other:?}");
        }
        // Not an upgrade that we serve: an ordinary request, its Upgrade dropped on the way.
        let h2c = [("host", "a"), ("upgrade", "h2c"), ("connection", "upgrade, http2-settings")];
        assert!(judge("GET /", &h2c).is_ok() && !is_websocket(&parts("GET /", &h2c)));
    }
}
