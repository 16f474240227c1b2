//! Whether the portal's host and each dashboard's can be found in DNS from here, and at the same addresses: all of
//! them are this gateway, or whatever ends TLS in front of it.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use futures_util::future::{BoxFuture, join_all};
use hyper_util::client::legacy::connect::dns::Name;
use tokio::time::timeout;
use tower::Service as _;

use super::{Finding, Setup, Severity};
use crate::{
    config::{App, Config, Wildcard},
    resolver::{self, Resolver},
};

/// For one name.
const PATIENCE: Duration = Duration::from_secs(5);

type Found = Result<BTreeSet<IpAddr>, String>;

/// The addresses of a host, as the gateway would find them. The error is a sentence.
pub async fn addresses(host: &str) -> Found {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name: Name = bare.parse().map_err(|_| "it is no name".to_owned())?;
    let looked_up = timeout(PATIENCE, Resolver::new().call(name)).await;
    let found = looked_up.map_err(|_| format!("no answer within {} s", PATIENCE.as_secs()))?;
    Ok(found.map_err(|error| error.to_string())?.map(|address| address.ip()).collect())
}

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let config = setup.config;
    Box::pin(async move {
        let portal = config.portal.origin.authority.host();
        let apps: Vec<&App> = setup.apps.iter().map(|visited| &*visited.app).collect();
        let hosts = apps.iter().map(|app| app.origin.authority.host());
        let found = join_all(std::iter::once(portal).chain(hosts).map(addresses)).await;
        let [own, rest @ ..] = found.as_slice() else { return Vec::new() };
        let mut findings = vec![of_the_portal(portal, own)];
        findings.extend(apps.iter().zip(rest).filter_map(|(app, found)| of_an_app(app, found, own, config)));
        findings
    })
}

fn of_the_portal(host: &str, found: &Found) -> Finding {
    let (severity, message) = match found {
        _ if resolver::is_local(host) => (
            Severity::Fine,
            format!(
                "{host} and what is under it is this machine, in browsers; other programs may not know it"
            ),
        ),
        Ok(addresses) => (Severity::Fine, format!("{host} is at {}", list(addresses))),
        Err(why) => (
            Severity::Error,
            format!("{host} cannot be found in DNS: {why}; make a record that leads to this gateway"),
        ),
    };
    Finding::new("portal", severity, message)
}

/// Nothing where the portal's own line has said it.
fn of_an_app(app: &App, found: &Found, portal: &Found, config: &Config) -> Option<Finding> {
    let host = app.origin.authority.host();
    let own = config.portal.origin.authority.host();
    if resolver::is_local(host) && resolver::is_local(own) {
        return None;
    }
    let record = record(app, &config.portal.apps);
    let (severity, message) = compare(host, found, own, portal, &record);
    Some(Finding::of(app, severity, message))
}

/// A dashboard's host against the portal's own.
fn compare(host: &str, found: &Found, own: &str, portal: &Found, record: &str) -> (Severity, String) {
    match (found, portal) {
        (Err(why), _) => (
            Severity::Error,
            format!("{host} cannot be found in DNS: {why}; {record}, which leads where {own} does"),
        ),
        (Ok(here), Ok(there)) if here != there => (
            Severity::Warning,
            format!(
                "{host} is at {}, and {own} at {}: people reach the dashboard there and this gateway here; let both \
                 names lead to the gateway",
                list(here),
                list(there)
            ),
        ),
        (Ok(_), Ok(_)) => (Severity::Fine, format!("{host} is where {own} is")),
        (Ok(here), Err(_)) => (Severity::Fine, format!("{host} is at {}", list(here))),
    }
}

fn record(app: &App, apps: &Wildcard) -> String {
    if app.own_host {
        format!("make a record for {}", app.origin.authority.host())
    } else {
        format!("make one record for all dashboards, *.{}", apps.suffix.host())
    }
}

fn list(addresses: &BTreeSet<IpAddr>) -> String {
    addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dashboard_is_where_the_portal_is_or_it_is_told() {
        let at = |text: &[&str]| Ok(text.iter().map(|address| address.parse().unwrap()).collect());
        let none = || Err("no such name".to_owned());
        let of = |found: &Found, portal: &Found| {
            compare("finance.dash.example", found, "dash.example", portal, "make one record")
        };
        let both = at(&["192.0.2.7", "2001:db8::7"]);
        assert_eq!(of(&both, &at(&["2001:db8::7", "192.0.2.7"])).0, Severity::Fine);
        let (severity, message) = of(&at(&["192.0.2.8"]), &both);
        assert_eq!(severity, Severity::Warning);
        assert!(message.contains("192.0.2.8") && message.contains("192.0.2.7, 2001:db8::7"), "{message}");
        let (severity, message) = of(&none(), &both);
        assert_eq!(severity, Severity::Error);
        assert!(
            message.ends_with("no such name; make one record, which leads where dash.example does"),
            "{message}"
        );
        assert_eq!(of(&both, &none()).0, Severity::Fine, "the portal's own line tells");
    }

    #[tokio::test]
    async fn names_are_looked_up_as_the_gateway_does() {
        let local = addresses("finance.dash.localhost").await.unwrap();
        assert!(local.contains(&"127.0.0.1".parse().unwrap()), "{local:?}");
        assert_eq!(addresses("[::1]").await.unwrap(), BTreeSet::from(["::1".parse().unwrap()]));
        assert!(addresses("nobody.invalid").await.is_err());
    }
}
