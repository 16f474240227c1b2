//! From the Host of a request to what answers it. One normalizing function (`Authority::parse`) reads both
//! sides of every comparison, so a trailing dot, a port or capitals change nothing.

use std::collections::HashMap;

use lanyard_contract::DashboardId;

use crate::config::{self, Authority, Config, Origin, Wildcard};

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Portal,
    /// A dashboard's host, whether there is such a dashboard or not.
    Dashboard {
        id: DashboardId,
        origin: Origin,
    },
}

/// All hosts that this gateway answers for.
pub struct Hosts {
    portal: Origin,
    apps: Wildcard,
    own: HashMap<Authority, DashboardId>,
}

impl Hosts {
    pub fn new(config: &Config) -> Self {
        let own = config.dashboards.iter().filter_map(|dashboard| match &dashboard.kind {
            config::Kind::App(app) if app.own_host => Some((app.origin.authority.clone(), app.id.clone())),
            _ => None,
        });
        Self { portal: config.portal.origin.clone(), apps: config.portal.apps.clone(), own: own.collect() }
    }

    /// `None` for a Host that is nobody's: 421.
    pub fn target(&self, authority: Authority) -> Option<Target> {
        if authority == self.portal.authority {
            return Some(Target::Portal);
        }
        let scheme = self.portal.scheme;
        if let Some(id) = self.own.get(&authority) {
            return Some(Target::Dashboard { id: id.clone(), origin: Origin { scheme, authority } });
        }
        let id = authority.label_under(&self.apps.suffix)?.parse().ok()?;
        Some(Target::Dashboard { id, origin: Origin { scheme: self.apps.scheme, authority } })
    }
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "hosts_properties.rs"]
pub mod properties;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Scheme;

    fn hosts() -> Hosts {
        let suffix = Authority::parse("lanyard.localhost:8080", Scheme::Http).expect("an authority");
        let own = Authority::parse("sales.example:8080", Scheme::Http).expect("an authority");
        Hosts {
            portal: "http://lanyard.localhost:8080".parse().expect("an origin"),
            apps: Wildcard { scheme: Scheme::Http, suffix, cross_site: false },
            own: HashMap::from([(own, "sales".parse().expect("an id"))]),
        }
    }

    fn target(host: &str) -> Option<Target> {
        hosts().target(Authority::parse(host, Scheme::Http).ok()?)
    }

    #[test]
    fn one_label_under_the_wildcard_is_a_dashboard_known_or_not() {
        assert_eq!(target("LANYARD.localhost.:8080"), Some(Target::Portal));
        for host in [
            "finance.lanyard.localhost:8080",
            "Finance.Lanyard.Localhost:8080",
            "finance.lanyard.localhost.:8080",
        ] {
            let found = target(host);
            assert!(
                matches!(&found, Some(Target::Dashboard { id, .. }) if id.as_str() == "finance"),
                "{host}: {found:?}"
            );
        }
        assert!(
            matches!(target("sales.example:8080"), Some(Target::Dashboard { id, .. }) if id.as_str() == "sales")
        );
    }

    #[test]
    fn every_other_host_is_nobody_s() {
        for host in [
            "",
            "lanyard.localhost",
            "lanyard.localhost:80",
            "a.b.lanyard.localhost:8080",
            "evil.example",
            "lanyard.localhost:8080:8080",
            "lanyard.localhost:8080@evil",
            "127.0.0.1:8080",
            "[::1]:8080",
            "-a.lanyard.localhost:8080",
        ] {
            assert_eq!(target(host), None, "{host}");
        }
    }
}
