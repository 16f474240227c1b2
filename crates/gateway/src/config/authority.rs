//! Origins and authorities, in one normal form: lower case, no trailing dot, no default port.
//! The one function that every comparison of hosts goes through is [`Authority::parse`].

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// Why something is not an authority or an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    #[error("is not 'host' or 'host:port'")]
    Form,
    #[error("is not 'http://host[:port]' or 'https://host[:port]'")]
    Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A host and the port it is reached at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Authority {
    host: Box<str>,
    port: u16,
}

impl Authority {
    /// Reads `host` or `host:port` as it stands in a `Host` header. `scheme` gives the port that is left out.
    pub fn parse(text: &str, scheme: Scheme) -> Result<Self, AuthorityError> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, after) = rest.split_once(']').ok_or(AuthorityError::Form)?;
                let address = address.parse::<Ipv6Addr>().map_err(|_| AuthorityError::Form)?;
                // As browsers write it: `[0:0::1]` is `[::1]`.
                (url::Host::<&str>::Ipv6(address).to_string(), after)
            }
            None => {
                let (host, after) = text.split_at(text.find(':').unwrap_or(text.len()));
                (name(host)?, after)
            }
        };
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => scheme.default_port(),
            Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| AuthorityError::Form)?
            }
            _ => return Err(AuthorityError::Form),
        };
        Ok(Self { host: host.into(), port })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// `<label>.` before this host, same port.
    pub fn child(&self, label: &str) -> Self {
        Self { host: format!("{label}.{}", self.host).into(), port: self.port }
    }

    /// The one label before `suffix` on the same port, if that is what this is.
    pub fn label_under<'a>(&'a self, suffix: &Self) -> Option<&'a str> {
        let label = self.host.strip_suffix(&*suffix.host)?.strip_suffix('.')?;
        (self.port == suffix.port && !label.is_empty() && !label.contains('.')).then_some(label)
    }

    /// `localhost`, a name under it, or a loopback address.
    pub fn is_loopback(&self) -> bool {
        let name = &*self.host;
        name == "localhost"
            || name.ends_with(".localhost")
            || self.address().is_some_and(|address| address.is_loopback())
    }

    /// The address, where the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// With `localhost` for a loopback address. A name stays: several apps may share an address, and be told apart
    /// by it.
    pub fn as_localhost(&self) -> Self {
        let local = self.address().is_some_and(|address| address.is_loopback());
        Self { host: if local { "localhost".into() } else { self.host.clone() }, port: self.port }
    }

    /// As it stands in a `Host` header: the port only where it is not the scheme's own.
    pub fn display(&self, scheme: Scheme) -> String {
        if self.port == scheme.default_port() {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// A host's name in lower case, or an IPv4 address. Browsers take more for an address, `127.1` and `0x7f000001`
/// too (WHATWG URL, section 3.5), and then ask for another host than the one that was written.
fn name(host: &str) -> Result<String, AuthorityError> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let labels = host.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    let last = host.rsplit('.').next().unwrap_or_default();
    let hexadecimal = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    let number = last.bytes().all(|b| b.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(hexadecimal);
    let addressed = !number || host.parse::<Ipv4Addr>().is_ok();
    if plain && labels && host.len() <= 253 && addressed { Ok(host) } else { Err(AuthorityError::Form) }
}

/// A scheme, a host and a port (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    pub scheme: Scheme,
    pub authority: Authority,
}

impl FromStr for Origin {
    type Err = AuthorityError;

    /// Reads an origin: no path, query, fragment or user. A single trailing `/` is let pass.
    fn from_str(text: &str) -> Result<Self, AuthorityError> {
        let (scheme, rest) = text.split_once("://").ok_or(AuthorityError::Origin)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(AuthorityError::Origin),
        };
        let authority = Authority::parse(rest.strip_suffix('/').unwrap_or(rest), scheme)?;
        Ok(Self { scheme, authority })
    }
}

/// As a browser serializes it in an `Origin` header.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.authority.display(self.scheme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_normal_form() {
        for (text, normal) in [
            ("http://Lanyard.LOCALHOST:8080", "http://lanyard.localhost:8080"),
            ("https://dash.example:443/", "https://dash.example"),
            ("https://dash.example.", "https://dash.example"),
            ("http://[::1]:80", "http://[::1]"),
            ("http://[0:0::0001]", "http://[::1]"),
            ("http://127.0.0.1.", "http://127.0.0.1"),
        ] {
            assert_eq!(text.parse::<Origin>().map(|origin| origin.to_string()).as_deref(), Ok(normal));
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "dash.example",
            "ftp://x",
            "http://",
            "http://a b",
            "http://u@h",
            "http://h:",
            "http://h:99999",
            "http://h/p",
            "http://h?q",
            "http://a..b",
            "http://[::1",
            "http://h:8_0",
            "http://ä",
            "http://a%2eb",
            "http://127.1",
            "http://127.0.0.01",
            "http://0x7f000001",
            "http://dash.example.5",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_of_this_machine_is_localhost_and_a_name_stays_one() {
        for (text, seen) in [
            ("127.0.0.1:8502", "localhost:8502"),
            ("127.9.9.9:8502", "localhost:8502"),
            ("[::1]:8502", "localhost:8502"),
            ("localhost:8502", "localhost:8502"),
            ("a.localhost:8502", "a.localhost:8502"),
            ("10.0.0.1:8502", "10.0.0.1:8502"),
            ("app.internal:8502", "app.internal:8502"),
        ] {
            let authority = Authority::parse(text, Scheme::Http).expect("an authority");
            assert_eq!(authority.as_localhost().display(Scheme::Http), seen);
        }
    }

    #[test]
    fn exactly_one_label_is_under_a_suffix() {
        let parse = |text| Authority::parse(text, Scheme::Http).expect("an authority in a test");
        let suffix = parse("lanyard.localhost:8080");
        assert_eq!(parse("finance.lanyard.localhost:8080").label_under(&suffix), Some("finance"));
        for other in [
            "lanyard.localhost:8080",
            "a.b.lanyard.localhost:8080",
            "finance.lanyard.localhost",
            "xlanyard.localhost:8080",
        ] {
            assert_eq!(parse(other).label_under(&suffix), None, "{other}");
        }
    }
}
