//! Who is at the other end of a request, before anybody looks at cookies: the address, and the reference
//! under which the request is found in the log.

use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use http::{HeaderMap, HeaderName};

use crate::identity::Person;

/// Tells people and logs which request it was.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One request's origin in the network.
#[derive(Debug, Clone)]
pub struct Caller {
    pub address: IpAddr,
    pub reference: String,
    pub named: Named,
}

/// Whom a proxy in front names.
#[derive(Clone, Default)]
pub enum Named {
    /// None signs people in here.
    #[default]
    Unasked,
    Nobody,
    Person(Arc<Person>),
}

impl Named {
    /// Whether a session of this person, as they were when it began, is still true.
    pub fn fits(&self, person: &Person) -> bool {
        match self {
            Self::Unasked => true,
            Self::Nobody => false,
            Self::Person(named) => **named == *person,
        }
    }

    pub fn person(&self) -> Option<&Arc<Person>> {
        match self {
            Self::Unasked | Self::Nobody => None,
            Self::Person(named) => Some(named),
        }
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Named(…)")
    }
}

impl Caller {
    pub fn network(&self) -> IpAddr {
        network(self.address)
    }
}

/// What is limited together: an IPv4 address, or the /64 that one IPv6 subscriber has.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Marks an answer as a refusal of Lanyard's own, in its extensions: it is logged with its reference.
#[derive(Clone, Copy)]
pub struct Refused;

/// Names requests. Counted, and hashed with keys of this process, so that nobody reads from two of them how
/// many others there were.
#[derive(Default)]
pub struct References {
    keys: RandomState,
    next: AtomicU64,
}

impl References {
    pub fn next(&self) -> String {
        format!("{:016x}", self.keys.hash_one(self.next.fetch_add(1, Ordering::Relaxed)))
    }
}

/// The client's address: the peer's, or the last one in `X-Forwarded-For` that a trusted proxy vouches for.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    // As bytes: a hop that is no text must not take those beside it away, of which one is the proxy's own.
    let lines = headers.get_all("x-forwarded-for").into_iter();
    let hops: Vec<&[u8]> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    let mut nearest = peer;
    for hop in hops.into_iter().rev() {
        let Ok(address) = str::from_utf8(hop).unwrap_or_default().trim().parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
        if !trusted.contains(&nearest) {
            break;
        }
    }
    nearest
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "caller_properties.rs"]
pub mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(line: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            http::HeaderValue::from_static(line),
        )])
    }

    #[test]
    fn one_subscriber_is_one_network() {
        let network = |address: &str| {
            let (address, reference) = (address.parse().expect("an address"), String::new());
            Caller { address, reference, named: Named::Unasked }.network()
        };
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::"), network("2001:db8:1:3::"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let [proxy, client, stranger]: [IpAddr; 3] =
            [[10, 0, 0, 1], [192, 0, 2, 7], [198, 51, 100, 9]].map(IpAddr::from);
        let headers = forwarded("203.0.113.1, 192.0.2.7");
        assert_eq!(address(stranger, &headers, &[proxy]), stranger);
        assert_eq!(address(proxy, &headers, &[proxy]), client);
        assert_eq!(address(proxy, &forwarded("192.0.2.7, 10.0.0.1"), &[proxy]), client);
        assert_eq!(address(proxy, &forwarded("192.0.2.7, nonsense"), &[proxy]), proxy);
        assert_eq!(address(proxy, &HeaderMap::new(), &[proxy]), proxy);
        let mut behind_nonsense = forwarded("203.0.113.1");
        let line = http::HeaderValue::from_bytes(b"\xff, 192.0.2.7").expect("a header's value");
        behind_nonsense.append("x-forwarded-for", line);
        assert_eq!(address(proxy, &behind_nonsense, &[proxy]), client, "the proxy's own hop is believed");
    }
}
