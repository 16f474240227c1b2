//! What must hold between a request's Host and what answers it: held against a browser's reading of the same text.

use std::sync::LazyLock;

use http::{Request, header};
use url::Url;

use super::*;
use crate::{
    config::{
        Scheme,
        properties::{authority, browser, is_encoded},
    },
    dashboards::framing,
    fuzzing::configuration,
};

/// Each line is a Host, or a request target and a Host.
pub fn hosts(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    for line in text.split('\n').take(8) {
        let (target, host) = line.split_once(' ').unwrap_or(("/", line));
        authority(host);
        answered(host);
        framed(target, host);
    }
}

/// At most one of us answers, and it is the one that the browser wanted.
fn answered(host: &str) {
    static HOSTS: LazyLock<Hosts> = LazyLock::new(|| Hosts::new(&configuration()));
    let Ok(authority) = Authority::parse(host, Scheme::Https) else { return };
    let Some(url) = browser(Scheme::Https, host) else { return };
    let name = url.host_str().map(|name| name.strip_suffix('.').unwrap_or(name)).unwrap_or_default();
    let label = name.strip_suffix(".dash.example").and_then(|label| label.parse::<DashboardId>().ok());
    let own = (name == "sales.example").then(|| "sales".parse().ok()).flatten();
    let portal = name == "dash.example";
    assert!(usize::from(portal) + usize::from(own.is_some()) + usize::from(label.is_some()) <= 1, "{host:?}");

    let target = HOSTS.target(authority.clone());
    let standard = url.port().is_none();
    let found = match &target {
        None => (false, None),
        Some(Target::Portal) => (true, None),
        Some(Target::Dashboard { id, origin }) => {
            assert_eq!((origin.scheme, &origin.authority), (Scheme::Https, &authority));
            (false, Some(id.clone()))
        }
    };
    let expected = if standard { (portal, own.or(label)) } else { (false, None) };
    assert_eq!(found, expected, "{host:?}");
}

/// A request is for one authority, and it says so once.
fn framed(target: &str, host: &str) {
    let request = Request::builder().uri(target).header(header::HOST, host).body(());
    let Ok(mut parts) = request.map(|request| request.into_parts().0) else { return };
    if let Ok(named) = framing::check(&parts, Scheme::Https) {
        assert_eq!(Authority::parse(host.trim_ascii(), Scheme::Https).as_ref(), Ok(&named));
        assert!(parts.uri.path().starts_with('/'), "{target:?}");
        if parts.uri.authority().is_some() && !is_encoded(target) {
            let url = Url::parse(target);
            assert!(url.is_ok(), "{target:?}");
            if let Ok(url) = url {
                let name = url.host_str().map(|name| name.strip_suffix('.').unwrap_or(name));
                assert_eq!((name, url.username()), (Some(named.host()), ""), "{target:?} beside {host:?}");
            }
        }
    }
    let again = parts.headers[header::HOST].clone();
    parts.headers.append(header::HOST, again);
    assert!(framing::check(&parts, Scheme::Https).is_err(), "two Host lines");
}
