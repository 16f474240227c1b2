//! A request's headers on the way to the upstream: everything by which a client could claim to be somebody
//! or to come from somewhere is dropped, then ours are set. Knows no session: see `identity_headers`.

use std::{collections::HashSet, net::IpAddr};

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{framing::tokens, prepared::Prepared};
use crate::{config::HostHeader, identity::session::cookies};

/// Names that say who somebody is, where they come from, or how the message travels. Lower case.
const DROPPED: [&str; 43] = [
    "access-token",
    "authentication",
    "base-url",
    "bokeh-session-id",
    "client-cert",
    "client-cert-chain",
    "expect",
    "forwarder-for",
    "front-end-https",
    "gap-auth",
    "http2-settings",
    "id-token",
    "jwt",
    "keep-alive",
    "mail",
    "proxy",
    "script-name",
    "te",
    "trailer",
    "upgrade",
    "via",
    "x-access-token",
    "x-auth",
    "x-forwarder-for",
    "x-http-destinationurl",
    "x-http-method",
    "x-http-method-override",
    "x-https",
    "x-id-token",
    "x-jwt",
    "x-method-override",
    "x-name",
    "x-override-url",
    "x-port",
    "x-protocol",
    "x-rewrite-url",
    "x-scheme",
    "x-script-name",
    "x-sendfile-type",
    "x-server-name",
    "x-server-port",
    "x-token",
    "x-url-scheme",
];

/// Families of such names.
const DROPPED_PREFIXES: [&str; 59] = [
    "akamai-",
    "ali-cdn-",
    "cf-",
    "fastly-",
    "forwarded",
    "impersonate-",
    "iv-",
    "jwt-",
    "kubeflow-",
    "oidc-",
    "plotly-",
    "posit-",
    "proxy-",
    "remote-",
    "rstudio-",
    "saml-",
    "sf-context-",
    "shib-",
    "shiny-server-",
    "sm-",
    "ssl-",
    "tailscale-",
    "wl-proxy-",
    "x-accel-",
    "x-akamai-",
    "x-amzn-mtls-",
    "x-amzn-oidc-",
    "x-appengine-",
    "x-arr-",
    "x-auth-",
    "x-authenticate-",
    "x-authenticated-",
    "x-authentik-",
    "x-azure-",
    "x-client-",
    "x-consumer-",
    "x-credential-",
    "x-envoy-",
    "x-fd-",
    "x-forwarded",
    "x-goog-",
    "x-jwt-",
    "x-kubeflow-",
    "x-lanyard",
    "x-ms-client-",
    "x-ms-token-",
    "x-okta-",
    "x-original-",
    "x-pomerium-",
    "x-proxy-",
    "x-remote-",
    "x-rstudio-",
    "x-ssl-",
    "x-streamlit-",
    "x-sucuri-",
    "x-teleport-",
    "x-user",
    "x-vouch-",
    "x-webauth-",
];

/// Words that make a name one of a person or of a place, wherever they stand in it: every proxy has its own
/// spelling.
const PERSONAL: [&str; 24] = [
    "authorization",
    "clientip",
    "credential",
    "credentials",
    "email",
    "eppn",
    "group",
    "groups",
    "host",
    "identity",
    "ip",
    "login",
    "principal",
    "role",
    "roles",
    "sub",
    "subject",
    "uid",
    "upn",
    "user",
    "userid",
    "userinfo",
    "username",
    "users",
];

/// Names that hold such a word and are the browser's own (Fetch Metadata, section 2.4; RFC 9110, section 10.1.5).
const OF_THE_BROWSER: [&str; 2] = ["sec-fetch-user", "user-agent"];

/// Whether a client's header goes no further. `name` is in lower case.
fn is_dropped(name: &str) -> bool {
    // An app may read `X_Forwarded_User` as `X-Forwarded-User` (RFC 3875, section 4.1.18), and a proxy on
    // the way may do so with other characters: only plain names pass.
    !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        || DROPPED.binary_search(&name).is_ok()
        || DROPPED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || (name.split('-').any(|word| PERSONAL.contains(&word)) && !OF_THE_BROWSER.contains(&name))
}

/// What a request to the upstream is, besides ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Http,
    WebSocket,
}

/// The headers for the upstream, without those of the session.
pub(super) fn rewrite(mut inbound: HeaderMap, to: &Prepared, peer: IpAddr, purpose: Purpose) -> HeaderMap {
    let named: HashSet<HeaderName> = tokens(&inbound, header::CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token).ok())
        // Ordinary values of Connection itself, which name nothing.
        .filter(|name| !matches!(name.as_str(), "keep-alive" | "close" | "upgrade"))
        .collect();
    let cookie = cookies::without_ours(&inbound);
    let mut headers = HeaderMap::with_capacity(inbound.len() + 12);
    let mut current: Option<HeaderName> = None;
    for (name, value) in inbound.drain() {
        if name.is_some() {
            current = name.filter(|name| keeps(name, &named, to));
        }
        if let Some(name) = &current {
            headers.append(name, value);
        }
    }
    if let Some(cookie) = cookie.filter(|_| !named.contains(&header::COOKIE)) {
        headers.insert(header::COOKIE, cookie);
    }
    length(&mut headers);
    address(&mut headers, to, peer);
    if purpose == Purpose::WebSocket {
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.remove(header::CONTENT_LENGTH);
    }
    headers
}

fn keeps(name: &HeaderName, named: &HashSet<HeaderName>, to: &Prepared) -> bool {
    if *name == header::AUTHORIZATION {
        return to.pass_authorization && !named.contains(name);
    }
    !matches!(*name, header::HOST | header::COOKIE | header::CONNECTION | header::TRANSFER_ENCODING)
        && !named.contains(name)
        && !is_dropped(name.as_str())
}

/// The length that our reading of the message went by, in its plainest form. How a body of unknown length
/// travels is said by whoever writes it.
fn length(headers: &mut HeaderMap) {
    let Some(length) = headers.get_mut(header::CONTENT_LENGTH) else { return };
    let digits = length.to_str().map(str::trim).ok().filter(|digits| digits.starts_with('0'));
    if let Some(number) = digits.and_then(|digits| digits.parse::<u64>().ok()) {
        *length = number.into();
    }
}

/// Host and Origin as the upstream wants them, and where the request came from: the peer, nothing it said.
fn address(headers: &mut HeaderMap, to: &Prepared, peer: IpAddr) {
    let (host, origin) = match to.host_header {
        HostHeader::Rewrite => (&to.upstream_host, Some(&to.upstream_origin)),
        HostHeader::Preserve => (&to.public_host, Some(&to.public_origin)),
        HostHeader::Drop => (&to.upstream_host, None),
    };
    headers.insert(header::HOST, host.clone());
    match origin {
        // `null` stays: it is what the app would have seen, and no more than the app's own pages can send.
        Some(origin) => {
            if let Some(first) = headers.get(header::ORIGIN) {
                let one = if first == "null" { first.clone() } else { origin.clone() };
                headers.insert(header::ORIGIN, one);
            }
        }
        None => drop(headers.remove(header::ORIGIN)),
    }
    if let Ok(peer) = HeaderValue::try_from(peer.to_canonical().to_string()) {
        headers.insert(X_FORWARDED_FOR, peer);
    }
    headers.insert(X_FORWARDED_HOST, to.public_host.clone());
    headers.insert(X_FORWARDED_PROTO, to.public_proto.clone());
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

#[cfg(any(test, feature = "fuzzing"))]
#[path = "request_headers_properties.rs"]
pub mod properties;

#[cfg(test)]
#[path = "request_headers_tests.rs"]
mod tests;
