//! How the gateway finds the machines that it talks to: the system's resolver, except that `localhost` and every
//! name under it are this machine, whatever DNS says (RFC 6761, section 6.3).

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower::Service;

/// Whether a host name means this machine by definition.
pub fn is_local(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// For hyper-util's connectors. Tries both loopbacks for local names.
#[derive(Clone)]
pub struct Resolver(GaiResolver);

impl Resolver {
    pub fn new() -> Self {
        Self(GaiResolver::new())
    }
}

impl Default for Resolver {
    fn default() -> Self {
        Self::new()
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        if is_local(name.as_str()) {
            let both = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
            return Box::pin(async move { Ok(Vec::from(both).into_iter()) });
        }
        let looked_up = self.0.call(name);
        Box::pin(async { Ok(looked_up.await?.collect::<Vec<_>>().into_iter()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_under_localhost_and_no_others_are_local() {
        for name in ["localhost", "id.localhost", "LOCALHOST.", "a.b.Localhost"] {
            assert!(is_local(name), "{name}");
        }
        for name in ["xlocalhost", "localhost.example", "id.example", ""] {
            assert!(!is_local(name), "{name}");
        }
    }

    #[tokio::test]
    async fn a_local_name_is_both_loopbacks() {
        let name: Name = "id.localhost".parse().expect("a name");
        let found: Vec<SocketAddr> = Resolver::new().call(name).await.expect("addresses").collect();
        assert_eq!(found, [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]);
    }
}
