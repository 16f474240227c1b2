//! The part of a `[dashboards.<id>]` that only a proxied one has: where it listens, where viewers find it, and
//! what it is told about them.

use std::time::Duration;

use lanyard_contract::{
    DashboardId,
    paths::{LocalPath, is_reserved},
    policy::Access,
};

use super::{
    App, HostHeader, Origin, Portal,
    hosts::Hosts,
    roles::{self, Roles},
    secret::Around,
    section::Section,
    trust,
    value::Value,
};

const HOST_HEADERS: [(&str, HostHeader); 3] =
    [("rewrite", HostHeader::Rewrite), ("preserve", HostHeader::Preserve), ("drop", HostHeader::Drop)];

const TIMEOUT: Duration = Duration::from_secs(60);
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// What every dashboard is read with.
pub struct Reading<'r, 'a> {
    /// `None` where `[portal]` is wrong. Everything that does not depend on it is read all the same.
    pub portal: Option<&'r Portal>,
    pub roles: &'r Roles,
    pub hosts: &'r mut Hosts<'a>,
    pub around: &'r Around<'r>,
    /// Whether there is a provider that issues access tokens.
    pub tokens: bool,
}

/// What is known of the dashboard already.
pub struct Named<'n> {
    pub id: Option<&'n DashboardId>,
    pub title: Option<&'n str>,
    pub access: &'n Access,
}

pub fn read<'a>(
    app: &Value<'a>,
    section: &Section<'a>,
    named: &Named<'_>,
    reading: &mut Reading<'_, 'a>,
) -> Option<App> {
    let upstream = upstream(app);
    let trust = trust::read(app, upstream.as_ref(), section.get("ca").as_ref(), reading.around);
    let own = section.get("host");
    let origin = match (&own, reading.portal) {
        (Some(host), Some(portal)) => reading.hosts.own(host, portal),
        (None, Some(portal)) => named.id.map(|id| below(portal, id)),
        (_, None) => None,
    };
    if let (Access::Public, Some(portal), Some(origin)) = (named.access, reading.portal, &origin) {
        warn_of_neighbours(section, portal, origin);
    }
    let flag = |key| section.get(key).filter(|value| value.boolean() == Some(true));
    let (authorization, token) = (flag("pass_authorization"), flag("forward_access_token"));
    if let Some(token) = &token {
        if !reading.tokens {
            token.refuse::<()>("a proxy in front, as in [identity.trusted_headers], hands no token over");
        } else if *named.access == Access::Public {
            token.refuse::<()>("a public dashboard is never told who is looking, and gets nobody's token");
        } else if authorization.is_some() {
            token.refuse::<()>(
                "needs the Authorization header, which 'pass_authorization' leaves to the viewer",
            );
        }
    }
    let forward_groups = section.get("forward_groups");
    let more = forward_groups.as_ref().and_then(roles::groups).unwrap_or_default();
    let (visible_groups, visible_roles) = match named.access {
        Access::Public => {
            if let Some(value) = forward_groups {
                value.warn("has no effect: a public dashboard is never told who is looking");
            }
            (Vec::new(), Vec::new())
        }
        Access::Roles(roles) => (reading.roles.visible_groups(roles, &more), roles.iter().cloned().collect()),
    };
    let host_header = section.get("host_header").and_then(|value| value.choice(&HOST_HEADERS));
    let csp = section.get("csp").and_then(|value| csp(&value)).map(str::to_owned);
    let start_path = section.get("start_path").and_then(|value| local_path(&value));
    let health = section.get("health").and_then(|value| health(&value));
    let timeout = section.get("timeout").and_then(|value| value.duration(SHORTEST_TIMEOUT..=LONGEST_TIMEOUT));
    let id = named.id?;
    Some(App {
        id: id.clone(),
        title: named.title.unwrap_or(id.as_str()).to_owned(),
        origin: origin?,
        own_host: own.is_some(),
        upstream: upstream?,
        trust,
        host_header: host_header.unwrap_or_default(),
        forward_groups: more,
        visible_groups,
        visible_roles,
        pass_authorization: authorization.is_some(),
        forward_access_token: token.is_some(),
        csp,
        start_path: start_path.unwrap_or_else(LocalPath::root).as_str().to_owned(),
        timeout: timeout.unwrap_or(TIMEOUT),
        health: health.map(|path| path.as_str().to_owned()),
    })
}

/// `<id>.<suffix>` of the wildcard.
fn below(portal: &Portal, id: &DashboardId) -> Origin {
    Origin { scheme: portal.apps.scheme, authority: portal.apps.suffix.child(id.as_str()) }
}

/// Cookies do not keep sibling hosts apart, and nobody signs in to reach a public dashboard.
fn warn_of_neighbours(section: &Section<'_>, portal: &Portal, origin: &Origin) {
    if portal.may_share_cookies(origin) {
        section.warn_at(
            "public",
            "shares the portal's site: its scripts can crowd out the portal's cookies and set cookies for other \
             dashboards; a 'host' or portal.apps on another registrable domain stops that",
        );
    }
}

fn upstream(value: &Value<'_>) -> Option<Origin> {
    let origin = value.string()?.parse().ok();
    origin.or_else(|| value.refuse("must be 'http://host:port' or 'https://host[:port]', without a path"))
}

/// A header's value (RFC 9110, section 5.5) without the one directive that is always the gateway's.
fn csp<'a>(value: &Value<'a>) -> Option<&'a str> {
    let text = value.string()?;
    if !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return value.refuse("may hold only printable ASCII");
    }
    let mut directives = text.split([';', ',']).filter_map(|directive| directive.split_whitespace().next());
    if directives.any(|name| name.eq_ignore_ascii_case("frame-ancestors")) {
        return value
            .refuse("must not set frame-ancestors: the gateway does, and lets the portal alone frame it");
    }
    Some(text)
}

/// Goes to the app as it stands, so that nothing in it may be for a browser only.
fn health(value: &Value<'_>) -> Option<LocalPath> {
    let path = local_path(value)?;
    if path.as_str().contains('#') {
        return value.refuse("must not have a '#': what follows it is never sent to an app");
    }
    Some(path)
}

fn local_path(value: &Value<'_>) -> Option<LocalPath> {
    match LocalPath::parse(value.string()?) {
        Ok(path) if is_reserved(path.as_str()) => value.refuse("is reserved for Lanyard"),
        Ok(path) => Some(path),
        Err(error) => value.refuse(error.to_string()),
    }
}
