//! Who is at the other end of a request, before anybody looks at cookies: the address, and the reference
//! under which the request is found in the log.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use http::{HeaderMap, HeaderName};

use crate::random::{self, NoRandomness};

/// Tells people and logs which request it was.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One request's origin in the network.
#[derive(Debug, Clone)]
pub struct Caller {
    pub address: IpAddr,
    pub reference: String,
}

/// Numbers requests: random at the start of the process, counted from there.
pub struct References {
    process: String,
    next: AtomicU64,
}

impl References {
    pub fn new() -> Result<Self, NoRandomness> {
        Ok(Self { process: random::reference()?.chars().take(6).collect(), next: AtomicU64::new(1) })
    }

    pub fn next(&self) -> String {
        format!("{}-{:x}", self.process, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// The client's address: the peer's, or the last one in `X-Forwarded-For` that a trusted proxy vouches for.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").into_iter();
    let hops: Vec<&str> =
        lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
    let mut nearest = peer;
    for hop in hops.into_iter().rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
        if !trusted.contains(&nearest) {
            break;
        }
    }
    nearest
}

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
    fn only_trusted_proxies_are_believed() {
        let [proxy, client, stranger]: [IpAddr; 3] =
            [[10, 0, 0, 1], [192, 0, 2, 7], [198, 51, 100, 9]].map(IpAddr::from);
        let headers = forwarded("203.0.113.1, 192.0.2.7");
        assert_eq!(address(stranger, &headers, &[proxy]), stranger);
        assert_eq!(address(proxy, &headers, &[proxy]), client);
        assert_eq!(address(proxy, &forwarded("192.0.2.7, 10.0.0.1"), &[proxy]), client);
        assert_eq!(address(proxy, &forwarded("192.0.2.7, nonsense"), &[proxy]), proxy);
        assert_eq!(address(proxy, &HeaderMap::new(), &[proxy]), proxy);
    }
}
