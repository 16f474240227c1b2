//! Addresses in an upstream's answer that name the upstream itself, which no browser can reach: they are
//! turned into the dashboard's. Read as a browser reads them (WHATWG URL), or a spelling that only browsers
//! understand would lead past us. Frameworks write them from the rewritten Host, some with another scheme.

use std::{fmt::Write as _, net::IpAddr};

use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::config::{Authority, Origin, Scheme};

/// From one upstream's addresses to one dashboard's.
pub(super) struct Rewriter {
    upstream: Origin,
    public: String,
    /// What relative addresses are read against.
    base: Option<Url>,
}

impl Rewriter {
    pub fn new(upstream: &Origin, public: &Origin) -> Self {
        let public = public.to_string();
        Self { upstream: upstream.clone(), base: Url::parse(&public).ok(), public }
    }

    /// For `Location` and `Content-Location`; `None` when the value stays as it is.
    pub fn location(&self, value: &HeaderValue) -> Option<HeaderValue> {
        HeaderValue::try_from(self.url(&ascii(value.as_bytes()))?).ok()
    }

    /// For `Refresh: 5; url=…` (HTML, section 4.2.5.3 reads it so); `None` when the value stays as it is.
    pub fn refresh(&self, value: &HeaderValue) -> Option<HeaderValue> {
        let value = ascii(value.as_bytes());
        let value = value.trim_start();
        let at = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
        let (seconds, rest) = value.split_at(at);
        let rest = rest.trim_start();
        let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start();
        let named = rest.get(..3).filter(|name| name.eq_ignore_ascii_case("url"));
        let url = named.and_then(|_| rest[3..].trim_start().strip_prefix('='));
        let url = url.unwrap_or(rest).trim_start();
        let bare = match url.strip_prefix(['"', '\'']) {
            Some(quoted) => quoted.split(&url[..1]).next().unwrap_or_default(),
            None => url,
        };
        HeaderValue::try_from(format!("{seconds}; url={}", self.url(bare)?)).ok()
    }

    fn url(&self, url: &str) -> Option<String> {
        if !has_plain_host(url) {
            return None;
        }
        let read = Url::options().base_url(self.base.as_ref()).parse(url).ok()?;
        let scheme = match read.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let authority = &read[Position::BeforeHost..Position::AfterPort];
        self.names_upstream(authority, scheme)
            .then(|| format!("{}{}", self.public, &read[Position::BeforePath..]))
    }

    fn names_upstream(&self, authority: &str, scheme: Scheme) -> bool {
        let Ok(named) = Authority::parse(authority, scheme) else { return false };
        let upstream = &self.upstream.authority;
        let default = |port: u16, scheme: Scheme| port == scheme.default_port();
        // Without a port, either scheme means the upstream when it listens on its own scheme's port.
        let port = named.port() == upstream.port()
            || (default(named.port(), scheme) && default(upstream.port(), self.upstream.scheme));
        let host = named.host() == upstream.host() || (is_this_machine(&named) && is_this_machine(upstream));
        port && host
    }
}

/// Whether the host, if there is one, is of ASCII and no punycode. No upstream has another, and `url` is built
/// without the tables that it would need to read one.
fn has_plain_host(url: &str) -> bool {
    let url: String = url.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let url = url.trim_start_matches(|c: char| c <= ' ');
    let is_scheme = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let rest = url.split_once(':').filter(|(scheme, _)| is_scheme(scheme)).map_or(url, |(_, rest)| rest);
    let authority = rest.trim_start_matches(['/', '\\']).split(['/', '\\', '?', '#']).next();
    let host = authority.and_then(|authority| authority.rsplit('@').next()).unwrap_or_default();
    let host: Vec<u8> = percent_decode_str(host).collect();
    host.is_ascii() && !host.windows(4).any(|part| part.eq_ignore_ascii_case(b"xn--"))
}

/// A header's value with every byte that is not ASCII percent-encoded, as browsers read an address there.
fn ascii(value: &[u8]) -> String {
    value.iter().fold(String::with_capacity(value.len()), |mut text, byte| {
        if byte.is_ascii() {
            text.push(char::from(*byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// The names under which an upstream on this machine knows itself.
fn is_this_machine(authority: &Authority) -> bool {
    let here = |address: IpAddr| address.is_loopback() || address.is_unspecified();
    authority.host() == "localhost" || authority.address().is_some_and(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewriter(upstream: &str) -> Rewriter {
        let upstream = upstream.parse().expect("an origin");
        Rewriter::new(&upstream, &"https://finance.dash.example".parse().expect("an origin"))
    }

    fn location(upstream: &str, value: &'static str) -> Option<String> {
        let value = rewriter(upstream).location(&HeaderValue::from_static(value))?;
        Some(value.to_str().expect("text").to_owned())
    }

    #[test]
    fn what_names_the_upstream_names_the_dashboard_afterwards() {
        for (upstream, value, path) in [
            ("http://localhost:8502", "http://localhost:8502/a?b#c", "/a?b#c"),
            ("http://localhost:8502", "https://localhost:8502/a/", "/a/"),
            ("http://localhost:8502", "HTTPS://LocalHost:8502", "/"),
            ("http://localhost:8502", "//127.0.0.1:8502/a", "/a"),
            ("http://127.0.0.1:8502", "http://[::1]:8502?x", "/?x"),
            ("http://127.0.0.2:8502", "http://localhost:8502/x", "/x"),
            ("http://app.internal", "http://app.internal/x", "/x"),
            ("http://app.internal", "https://app.internal/x", "/x"),
            ("http://app.internal", "https://app.internal:443/x", "/x"),
            ("http://app.internal", "http://app.internal:80/x", "/x"),
            ("http://app.internal:8080", "http://APP.internal.:8080/x", "/x"),
            ("https://localhost:8502", "https://localhost:8502/x", "/x"),
            ("https://localhost:8502", "http://127.0.0.1:8502/x", "/x"),
            ("https://app.internal", "https://app.internal/x", "/x"),
            ("https://app.internal", "//app.internal:443/x", "/x"),
            ("https://app.internal", "http://app.internal/x", "/x"),
        ] {
            let expected = format!("https://finance.dash.example{path}");
            assert_eq!(location(upstream, value), Some(expected), "{upstream} {value}");
        }
    }

    #[test]
    fn spellings_that_only_a_browser_reads_as_an_address_are_read_too() {
        for value in [
            "http:\\\\localhost:8502/x",
            "http:\\/localhost:8502\\x",
            "\\\\localhost:8502/x",
            "/\\localhost:8502/x",
            "http:localhost:8502/x",
            "http:/localhost:8502/x",
            "http:////localhost:8502/x",
            "ht\ttp://local\thost:8502/x",
            "http://user:pass@localhost:8502/x",
            "http://%6cocalhost:8502/x",
            "http://127.1:8502/x",
            "http://0x7f000001:8502/x",
            "http://localhost:08502/x",
            "http://localhost:8502/a/../x",
        ] {
            let there = Some("https://finance.dash.example/x".to_owned());
            assert_eq!(location("http://localhost:8502", value), there, "{value:?}");
        }
        let value = HeaderValue::from_bytes(b"http://localhost:8502/\xe4?\xff").expect("a value");
        let read = rewriter("http://localhost:8502").location(&value);
        assert_eq!(read, Some(HeaderValue::from_static("https://finance.dash.example/%E4?%FF")));
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for value in [
            "/a",
            "a//b",
            "?next=http://localhost:8502/",
            "http://localhost:8503/",
            "http://localhost/",
            "https://login.example/",
            "http://localhost:8502.evil.example/",
            "ftp://localhost:8502/",
            "http:A%80//localhost:8502",
            "http://LOCALHOST%C3%9F:8502/",
            "http://%78N--a:8502/",
            "",
        ] {
            assert_eq!(location("http://localhost:8502", value), None, "{value}");
        }
        assert_eq!(location("http://app.internal:8080", "https://app.internal/x"), None);
    }

    #[test]
    fn a_refresh_is_an_address_too() {
        let refresh = |value: &'static str| {
            let value = rewriter("http://localhost:8502").refresh(&HeaderValue::from_static(value))?;
            Some(value.to_str().expect("text").to_owned())
        };
        let there = |seconds: &str| Some(format!("{seconds} url=https://finance.dash.example/x"));
        assert_eq!(refresh("5; url=http://localhost:8502/x"), there("5;"));
        assert_eq!(refresh("0;URL = 'https://127.0.0.1:8502/x'"), there("0;"));
        assert_eq!(refresh("0, http://localhost:8502/x"), there("0;"));
        assert_eq!(refresh("0 url=\"http:\\\\localhost:8502/x\" y"), there("0;"));
        assert_eq!(refresh("1.5;uRl=//localhost:8502/x"), there("1.5;"));
        for stays in ["5", "5; url=/x", "5; url=https://elsewhere.example/", "", ";", "5; url"] {
            assert_eq!(refresh(stays), None, "{stays}");
        }
    }
}
