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
    let (severity, message) = match (found, portal) {
        (Err(why), _) => {
            let record = record(app, &config.portal.apps);
            (
                Severity::Error,
                format!("{host} cannot be found in DNS: {why}; {record}, which leads where {own} does"),
            )
        }
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
    };
    Some(Finding::of(app, severity, message))
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
