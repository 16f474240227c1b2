//! Addresses in an upstream's answer that name the upstream itself, which no browser can reach: they are
//! turned into the dashboard's. Frameworks write them from the rewritten Host, some with a scheme of their own.

use http::HeaderValue;

use crate::config::{Authority, Origin, Scheme};

/// From one upstream's addresses to one dashboard's.
pub(super) struct Rewriter {
    upstream: Origin,
    public: String,
}

impl Rewriter {
    pub fn new(upstream: &Origin, public: &Origin) -> Self {
        Self { upstream: upstream.clone(), public: public.to_string() }
    }

    /// For `Location` and `Content-Location`; `None` when the value stays as it is.
    pub fn location(&self, value: &HeaderValue) -> Option<HeaderValue> {
        let value = std::str::from_utf8(value.as_bytes()).ok()?;
        HeaderValue::try_from(self.url(value)?).ok()
    }

    /// For `Refresh: 5; url=…` (HTML, section 4.2.5.3 reads it so); `None` when the value stays as it is.
    pub fn refresh(&self, value: &HeaderValue) -> Option<HeaderValue> {
        let value = std::str::from_utf8(value.as_bytes()).ok()?;
        let at = value.find([';', ',']).map_or(value.len(), |at| at + 1);
        let (seconds, rest) = value.split_at(at);
        let rest = rest.trim_start();
        let named = rest.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
        let url = if named { rest[3..].trim_start().strip_prefix('=')?.trim_start() } else { rest };
        let bare = url.trim_matches(['"', '\'', ' ', '\t']);
        HeaderValue::try_from(format!("{seconds} url={}", self.url(bare)?)).ok()
    }

    fn url(&self, url: &str) -> Option<String> {
        let url = url.trim();
        let (scheme, rest) = match url.split_once("//")? {
            ("", rest) => (self.upstream.scheme, rest),
            (scheme, rest) if scheme.eq_ignore_ascii_case("http:") => (Scheme::Http, rest),
            (scheme, rest) if scheme.eq_ignore_ascii_case("https:") => (Scheme::Https, rest),
            _ => return None,
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
        self.names_upstream(authority, scheme).then(|| format!("{}{path}", self.public))
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

/// The names under which an upstream on this machine knows itself.
fn is_this_machine(authority: &Authority) -> bool {
    matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0" | "[::]")
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
            ("http://localhost:8502", "HTTPS://LocalHost:8502", ""),
            ("http://localhost:8502", "//127.0.0.1:8502/a", "/a"),
            ("http://127.0.0.1:8502", "http://[::1]:8502?x", "?x"),
            ("http://app.internal", "http://app.internal/x", "/x"),
            ("http://app.internal", "https://app.internal/x", "/x"),
            ("http://app.internal", "https://app.internal:443/x", "/x"),
            ("http://app.internal", "http://app.internal:80/x", "/x"),
            ("http://app.internal:8080", "http://APP.internal.:8080/x", "/x"),
        ] {
            let expected = format!("https://finance.dash.example{path}");
            assert_eq!(location(upstream, value), Some(expected), "{upstream} {value}");
        }
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
            "http://user@localhost:8502/",
            "ftp://localhost:8502/",
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
        assert_eq!(refresh("0, http://localhost:8502/x"), there("0,"));
        for stays in ["5", "5; url=/x", "5; url=https://elsewhere.example/", "", ";", "5; url"] {
            assert_eq!(refresh(stays), None, "{stays}");
        }
    }
}
