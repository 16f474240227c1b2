//! `[portal]`: where the shell is, and where the dashboards without a host of their own are.

use super::{
    Authority, Origin, Portal, Scheme, Wildcard, accent, logo, secret::Around, section::Section, value::Value,
};

const FORM: &str = "must be an origin, such as 'https://dash.example': scheme, host and port, nothing more";
const HTTPS: &str = "must be https; http is only for localhost, names under it and loopback addresses";

impl Portal {
    /// Whether an origin is neither at the portal's host nor below it, so that cookies in its frames need
    /// `SameSite=None; Partitioned`. It may still be of the same registrable domain; that does no harm.
    pub fn cross_site(&self, origin: &Origin) -> bool {
        cross_site(&self.origin, &origin.authority)
    }

    /// Whether an origin probably shares cookies with the portal. Without the list of public suffixes this goes
    /// by the last two labels, and says "shares" once too often rather than once too little.
    pub fn may_share_cookies(&self, origin: &Origin) -> bool {
        last_two(self.origin.authority.host()) == last_two(origin.authority.host())
    }
}

fn cross_site(portal: &Origin, other: &Authority) -> bool {
    let below = other.host().strip_suffix(portal.authority.host());
    !below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
}

fn last_two(host: &str) -> &str {
    let dot = host.rmatch_indices('.').nth(1);
    dot.map_or(host, |(at, _)| &host[at + 1..])
}

/// Whether browsers take a host for an address (WHATWG URL, section 3.5): no name can be below it.
pub fn is_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.starts_with('[') || last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x")
}

pub fn read(section: &Section<'_>, around: &Around<'_>) -> Option<Portal> {
    let origin = section
        .require("url", "the address that people open, such as 'https://dash.example'")
        .and_then(|value| url(&value));
    let title = section.get("title").and_then(|value| value.text()).unwrap_or("Dashboards");
    let contact = section.get("contact").and_then(|value| value.text());
    let accent = section.get("accent").and_then(|value| accent::read(&value));
    let logo = logo::read(section, around);
    let kept_frames = section.get("kept_frames").and_then(|value| value.integer(1..=20));
    let signing_key = section.get("signing_key").and_then(|value| signing_key(&value, around));
    let apps = match section.get("apps") {
        Some(value) => wildcard(&value, origin.as_ref()),
        None => origin.as_ref().and_then(|origin| below(section, origin)),
    };
    Some(Portal {
        origin: origin?,
        title: title.into(),
        contact: contact.map(str::to_owned),
        accent,
        logo,
        kept_frames: kept_frames.map_or(6, |count| count as usize),
        apps: apps?,
        signing_key,
    })
}

fn url(value: &Value<'_>) -> Option<Origin> {
    let Ok(origin) = value.string()?.parse::<Origin>() else {
        return value.refuse(FORM);
    };
    if origin.scheme == Scheme::Http && !origin.authority.is_loopback() {
        return value.refuse(HTTPS);
    }
    Some(origin)
}

fn signing_key(value: &Value<'_>, around: &Around<'_>) -> Option<super::Secret> {
    let key = around.secret(value)?;
    if key.reveal().contains("-----BEGIN PRIVATE KEY-----") {
        Some(key)
    } else {
        value.refuse("refers to something that is not a PKCS#8 private key in PEM")
    }
}

/// `*.<portal host>`, the default.
fn below(section: &Section<'_>, origin: &Origin) -> Option<Wildcard> {
    if is_address(origin.authority.host()) {
        let why = "dashboards need names of their own, and there are none below an address";
        section.require("apps", why)?;
    }
    Some(Wildcard { scheme: origin.scheme, suffix: origin.authority.clone(), cross_site: false })
}

/// `scheme://*.host[:port]`
fn wildcard(value: &Value<'_>, portal: Option<&Origin>) -> Option<Wildcard> {
    let text = value.string()?;
    let parts = text.split_once("://*.");
    let Some(Ok(origin)) = parts.map(|(scheme, rest)| format!("{scheme}://{rest}").parse::<Origin>()) else {
        return value.refuse("must be 'https://*.' and a host, such as 'https://*.harbour-apps.example'");
    };
    let suffix = origin.authority;
    if is_address(suffix.host()) {
        return value.refuse("is below an address, where no names are");
    }
    if origin.scheme == Scheme::Http && !suffix.is_loopback() {
        return value.refuse(HTTPS);
    }
    let portal = portal?;
    if origin.scheme != portal.scheme {
        return value.refuse(format!("must be {}, like portal.url", portal.scheme.as_str()));
    }
    let parent = portal.authority.host().split_once('.').map(|(_, parent)| parent);
    if parent == Some(suffix.host()) {
        return value.refuse("covers the portal itself: a dashboard's id could be the portal's name");
    }
    let cross_site = cross_site(portal, &suffix);
    Some(Wildcard { scheme: origin.scheme, suffix, cross_site })
}
