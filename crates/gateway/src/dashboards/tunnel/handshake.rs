//! The WebSocket handshake (RFC 6455, sections 4.1 and 4.2): what the browser offered, and whether the app's
//! 101 is an answer to exactly that.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, header};
use sha1::{Digest as _, Sha1};

use crate::dashboards::framing::{single, tokens};

const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What the browser offered.
pub struct Offer {
    accept: String,
    protocols: Vec<Box<[u8]>>,
    extensions: Vec<Box<[u8]>>,
}

impl Offer {
    /// `None` when it is no handshake of version 13.
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let key = single(headers, header::SEC_WEBSOCKET_KEY)?;
        let random = STANDARD.decode(key).ok()?;
        if random.len() != 16 || single(headers, header::SEC_WEBSOCKET_VERSION)? != b"13" {
            return None;
        }
        let accept = STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize());
        let list = |name| tokens(headers, name).map(Box::from).collect();
        let extensions = tokens(headers, header::SEC_WEBSOCKET_EXTENSIONS).map(extension).collect();
        Some(Self { accept, protocols: list(header::SEC_WEBSOCKET_PROTOCOL), extensions })
    }

    /// Whether a 101 accepts this offer, and nothing that was not in it.
    pub fn is_met_by(&self, headers: &HeaderMap) -> bool {
        let is = |name: HeaderName, value: &[u8]| {
            single(headers, name).is_some_and(|line| line.eq_ignore_ascii_case(value))
        };
        let upgrades =
            tokens(headers, header::CONNECTION).any(|token| token.eq_ignore_ascii_case(b"upgrade"));
        let accepts = single(headers, header::SEC_WEBSOCKET_ACCEPT) == Some(self.accept.as_bytes());
        let protocol = match single(headers, header::SEC_WEBSOCKET_PROTOCOL) {
            Some(selected) => self.protocols.iter().any(|offered| **offered == *selected),
            None => !headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL),
        };
        let extensions = tokens(headers, header::SEC_WEBSOCKET_EXTENSIONS)
            .all(|accepted| self.extensions.contains(&extension(accepted)));
        is(header::UPGRADE, b"websocket") && upgrades && accepts && protocol && extensions
    }
}

/// An extension's name, without its parameters.
fn extension(token: &[u8]) -> Box<[u8]> {
    token.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::testing::parts;

    // RFC 6455, section 1.3.
    const KEY: (&str, &str) = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    const ACCEPT: (&str, &str) = ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const VERSION: (&str, &str) = ("sec-websocket-version", "13");
    const UPGRADE: (&str, &str) = ("upgrade", "WebSocket");
    const CONNECTION: (&str, &str) = ("connection", "Upgrade");

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        parts("GET /", lines).headers
    }

    #[test]
    fn only_a_handshake_of_version_13_is_one() {
        assert!(Offer::read(&headers(&[KEY, VERSION])).is_some());
        for lines in [
            &[VERSION][..],
            &[KEY],
            &[KEY, ("sec-websocket-version", "8")],
            &[KEY, VERSION, VERSION],
            &[KEY, KEY, VERSION],
            &[("sec-websocket-key", "c2hvcnQ="), VERSION],
            &[("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ"), VERSION],
        ] {
            assert!(Offer::read(&headers(lines)).is_none(), "{lines:?}");
        }
    }

    #[test]
    fn a_101_that_answers_the_offer_is_valid() {
        let offered = [
            KEY,
            VERSION,
            ("sec-websocket-protocol", "streamlit, xsrf"),
            ("sec-websocket-extensions", "permessage-deflate; client_max_window_bits"),
        ];
        let offer = Offer::read(&headers(&offered)).expect("an offer");
        let met = |more: &[(&str, &str)]| {
            offer.is_met_by(&headers(&[&[ACCEPT, UPGRADE, CONNECTION], more].concat()))
        };
        assert!(met(&[]));
        assert!(met(&[("sec-websocket-protocol", "streamlit")]));
        assert!(met(&[("sec-websocket-extensions", "permessage-deflate; server_no_context_takeover")]));
        for more in [
            ("sec-websocket-protocol", "graphql-ws"),
            ("sec-websocket-protocol", "streamlit, xsrf"),
            ("sec-websocket-protocol", "Streamlit"),
            ("sec-websocket-protocol", ""),
            ("sec-websocket-extensions", "x-mux"),
            ("sec-websocket-accept", "again"),
            ("upgrade", "h2c"),
        ] {
            assert!(!met(&[more]), "{more:?}");
        }
        let twice = [("sec-websocket-protocol", "streamlit"), ("sec-websocket-protocol", "xsrf")];
        assert!(!met(&twice));
    }

    #[test]
    fn a_101_that_lacks_anything_is_not() {
        let offer = Offer::read(&headers(&[KEY, VERSION])).expect("an offer");
        let whole = [ACCEPT, UPGRADE, CONNECTION];
        assert!(offer.is_met_by(&headers(&whole)));
        for missing in 0..3 {
            let lines: Vec<_> =
                whole.iter().enumerate().filter(|(nth, _)| *nth != missing).map(|(_, line)| *line).collect();
            assert!(!offer.is_met_by(&headers(&lines)), "without {:?}", whole[missing]);
        }
        let other = ("sec-websocket-accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert!(!offer.is_met_by(&headers(&[other, UPGRADE, CONNECTION])));
        let selected = ("sec-websocket-protocol", "chat");
        assert!(!offer.is_met_by(&headers(&[ACCEPT, UPGRADE, CONNECTION, selected])), "nobody offered it");
    }
}
