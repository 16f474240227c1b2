//! Hosts that stand in the file by name: own ones of dashboards, and those of external ones. They must not meet
//! the portal's, the wildcard's or each other's. Compared without ports, because cookies know no ports.

use url::Url;

use super::{Authority, Kind, Origin, Portal, Scheme, value::Value};

#[derive(Default)]
pub struct Hosts<'a> {
    own: Vec<(Value<'a>, String)>,
    external: Vec<(Value<'a>, String)>,
}

impl<'a> Hosts<'a> {
    /// The `host` of a dashboard.
    pub fn own(&mut self, value: &Value<'a>, portal: &Portal) -> Option<Origin> {
        let text = value.string()?;
        let scheme = portal.origin.scheme;
        let port = portal.origin.authority.port();
        // A port of its own is one that parses: with the portal's added, it would be one too many.
        let whole =
            Authority::parse(&format!("{text}:{port}"), scheme).or_else(|_| Authority::parse(text, scheme));
        let Ok(authority) = whole else {
            return value.refuse("must be a host, such as 'finance.example', without scheme and path");
        };
        let host = authority.host();
        if host == portal.origin.authority.host() {
            return value.refuse("is the portal's host; a dashboard needs another, whatever the port");
        }
        if let Some(label) = label_under(host, portal) {
            return value.refuse(format!(
                "'{label}' is a name under the wildcard of portal.apps, where names are dashboards' ids; \
                 leave 'host' out, or take one elsewhere"
            ));
        }
        if scheme == Scheme::Http && !authority.is_loopback() {
            return value.refuse("must be localhost, a name under it or a loopback address, like portal.url");
        }
        if self.own.iter().any(|(_, other)| other == host) {
            return value.refuse("is the host of another dashboard already");
        }
        self.own.push((value.clone(), host.to_owned()));
        Some(Origin { scheme, authority })
    }

    /// The URL of an `external` dashboard.
    pub fn external(&mut self, value: &Value<'a>, portal: Option<&Portal>) -> Option<Kind> {
        const FORM: &str = "must be a URL, such as 'https://wiki.example/start'";
        let Ok(url) = Url::parse(value.word()?) else { return value.refuse(FORM) };
        // Of anything but http and https the origin is opaque, or none that parses.
        let Ok(origin) = url.origin().ascii_serialization().parse::<Origin>() else {
            return value.refuse(FORM);
        };
        if !url.username().is_empty() || url.password().is_some() {
            return value.refuse("must name no user: the URL is public");
        }
        let portal = portal?;
        let host = origin.authority.host();
        if host == portal.origin.authority.host() {
            return value.refuse("is at the portal's own host, which is not to be framed");
        }
        if label_under(host, portal).is_some() {
            return value.refuse("is under the wildcard of portal.apps, where only proxied dashboards are");
        }
        if portal.origin.scheme == Scheme::Https
            && origin.scheme == Scheme::Http
            && !origin.authority.is_loopback()
        {
            value.warn("is http: browsers show no http frame in an https page");
        }
        self.external.push((value.clone(), host.to_owned()));
        Some(Kind::External { url: url.into(), origin })
    }

    /// What can be judged only when all are known.
    pub fn check(&self) {
        for (value, host) in &self.external {
            if self.own.iter().any(|(_, own)| own == host) {
                value.refuse::<()>("is at the host of a proxied dashboard");
            }
        }
    }
}

fn label_under<'h>(host: &'h str, portal: &Portal) -> Option<&'h str> {
    let label = host.strip_suffix(portal.apps.suffix.host())?.strip_suffix('.')?;
    (!label.is_empty() && !label.contains('.')).then_some(label)
}
