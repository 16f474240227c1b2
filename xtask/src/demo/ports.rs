//! The demo's ports: the portal's, and those after it. A port must be free on both loopbacks before anything
//! is built, so that the answer comes at once and in one line.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    ops::RangeInclusive,
};

use anyhow::{Result, bail};

/// The last that the portal may have, so that there is room for all others.
pub(crate) const LAST_PORT: u16 = 65_000;

/// Ports from 1024 on that browsers refuse to open (Fetch, "bad port").
const REFUSED_BY_BROWSERS: [u16; 19] = [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    6697, 10080,
];

#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(super) portal: u16,
    pub(super) provider: u16,
    pub(super) admin: u16,
    /// The first of the apps'.
    apps: u16,
    /// The last one.
    last: u16,
}

impl Ports {
    /// `port` is at most `LAST_PORT`, and the apps are not hundreds.
    pub(crate) fn from(port: u16, apps: usize) -> Self {
        let last = (port + 2).saturating_add(u16::try_from(apps).unwrap_or(u16::MAX));
        Self { portal: port, provider: port + 1, admin: port + 2, apps: port + 3, last }
    }

    pub(super) fn portal_origin(self) -> String {
        format!("http://lanyard.localhost:{}", self.portal)
    }

    /// Where viewers find an app.
    pub(super) fn app_origin(self, id: &str) -> String {
        format!("http://{id}.lanyard.localhost:{}", self.portal)
    }

    pub(super) fn provider_origin(self) -> String {
        format!("http://{}", self.provider_host())
    }

    pub(super) fn provider_host(self) -> String {
        format!("id.localhost:{}", self.provider)
    }

    /// The apps', in their order.
    pub(super) fn apps(self) -> RangeInclusive<u16> {
        self.apps..=self.last
    }

    /// An error that names the port and the remedy when one is taken, or no browser would open it.
    pub(super) fn check_free(self) -> Result<()> {
        if let Some(port) =
            [self.portal, self.provider].into_iter().find(|port| REFUSED_BY_BROWSERS.contains(port))
        {
            bail!("browsers refuse to open port {port}: choose others with `cargo xtask demo --port 8080`");
        }
        for port in self.portal..=self.last {
            for address in loopbacks(port) {
                if let Err(error) = TcpListener::bind(address) {
                    bail!("{}", explain(address, error.kind(), self));
                }
            }
        }
        Ok(())
    }
}

fn loopbacks(port: u16) -> [SocketAddr; 2] {
    [(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
}

fn explain(address: SocketAddr, kind: ErrorKind, ports: Ports) -> String {
    let (first, last) = (ports.portal, ports.last);
    match kind {
        ErrorKind::AddrInUse => format!(
            "port {} is taken ({address}), and the demo needs {first} to {last}: choose others with \
             `cargo xtask demo --port {}`",
            address.port(),
            if first < 60_000 { first + 1_000 } else { 8_080 }
        ),
        ErrorKind::AddrNotAvailable => {
            format!("this machine has no loopback address {}: the demo needs 127.0.0.1 and ::1", address.ip())
        }
        other => format!("cannot listen at {address}: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A range of seven free ports, unlikely to be another test's.
    fn free() -> Ports {
        (20_000 + (std::process::id() % 20_000) as u16..60_000)
            .step_by(7)
            .map(|port| Ports::from(port, 4))
            .find(|ports| ports.check_free().is_ok())
            .unwrap()
    }

    #[test]
    fn a_port_taken_on_either_loopback_is_named_with_the_remedy() {
        for taken in loopbacks(free().provider) {
            let ports = Ports::from(taken.port() - 1, 4);
            let listener = TcpListener::bind(taken).unwrap();
            let error = ports.check_free().unwrap_err().to_string();
            assert!(error.contains(&format!("port {} is taken ({taken})", ports.provider)), "{error}");
            assert!(error.contains("cargo xtask demo --port"), "{error}");
            assert_eq!(error.lines().count(), 1);
            drop(listener);
        }
    }

    #[test]
    fn a_port_that_no_browser_opens_is_refused() {
        for port in [10_080, 10_079, 6_667] {
            let error = Ports::from(port, 4).check_free().unwrap_err().to_string();
            assert!(error.contains("browsers refuse"), "{error}");
        }
    }

    #[test]
    fn every_app_has_a_port_of_its_own_within_the_range() {
        let ports = Ports::from(8080, 4);
        let all: Vec<u16> =
            [ports.portal, ports.provider, ports.admin].into_iter().chain(ports.apps()).collect();
        assert_eq!(all, [8080, 8081, 8082, 8083, 8084, 8085, 8086]);
        assert_eq!(Ports::from(LAST_PORT, 10).apps(), 65_003..=65_012);
    }
}
