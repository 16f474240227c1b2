//! Where a proxy in front signs people in, it is the only way in: whatever does not come from its address and with
//! its secret is refused before anything else is looked at. What the rest may do is decided elsewhere.

use std::{net::IpAddr, sync::Arc};

use http::HeaderMap;

use super::caller::Named;
use crate::{
    clock::Timestamp,
    config::{Config, TrustedHeaders},
    identity::trusted_headers::{self, HeadersError},
    limiter::Limiter,
};

/// Lines in the log about refusals, a minute. All are counted.
const WARNINGS_PER_MINUTE: u32 = 10;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub enum Stranger {
    #[error("it does not come from one of [server] trusted_proxies")]
    Peer,
    #[error("{0}")]
    Foreign(HeadersError),
    #[error("{0}")]
    Unreadable(HeadersError),
}

impl Stranger {
    /// Its name in the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Peer => "not-from-the-proxy",
            Self::Foreign(_) => "no-proxy-secret",
            Self::Unreadable(_) => "proxy-headers-unreadable",
        }
    }

    /// For whoever sent it.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Peer | Self::Foreign(_) => "This portal is reached only through the proxy in front of it.",
            Self::Unreadable(_) => {
                "The proxy in front says who you are in a way that cannot be read. Tell whoever runs this portal."
            }
        }
    }
}

/// The proxy, as this gateway knows it.
pub struct Front {
    headers: Arc<TrustedHeaders>,
    peers: Vec<IpAddr>,
    warnings: Limiter,
}

impl Front {
    /// `None` where an identity provider signs people in.
    pub fn of(config: &Config) -> Option<Self> {
        let headers = config.sign_in.headers()?.clone();
        let peers = config.server.trusted_proxies.iter().map(IpAddr::to_canonical).collect();
        Some(Self { headers, peers, warnings: Limiter::new(WARNINGS_PER_MINUTE) })
    }

    /// Whom the proxy names. Takes its headers out of the request.
    pub fn admit(&self, peer: IpAddr, headers: &mut HeaderMap, now: Timestamp) -> Result<Named, Stranger> {
        self.judge(peer.to_canonical(), headers).inspect_err(|why| {
            if self.warnings.admit(&(), now) {
                tracing::warn!(%peer, %why, "a request did not come through the proxy in front, and was refused");
            }
        })
    }

    fn judge(&self, peer: IpAddr, headers: &mut HeaderMap) -> Result<Named, Stranger> {
        if !self.peers.contains(&peer) {
            return Err(Stranger::Peer);
        }
        match trusted_headers::take(headers, &self.headers) {
            Ok(Some(person)) => Ok(Named::Person(Arc::new(person))),
            Ok(None) => Ok(Named::Nobody),
            Err(error) if error.is_foreign(&self.headers) => Err(Stranger::Foreign(error)),
            Err(error) => Err(Stranger::Unreadable(error)),
        }
    }
}
