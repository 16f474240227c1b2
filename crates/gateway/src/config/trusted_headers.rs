//! `[identity.trusted_headers]`: the proxy in front that signs people in, and by which headers it says whom. What a
//! request's headers say is read in `identity::trusted_headers`.

use std::sync::Arc;

use http::{HeaderName, header};
use url::Url;

use super::{
    Authority, Identity, Scheme, Secret, Severity,
    keys::{IDENTITY, TRUSTED_HEADERS},
    secret::Around,
    section::Section,
    value::Value,
};

/// Who signs people in.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// An identity provider, through the gateway.
    Provider(Identity),
    /// A proxy in front of the gateway.
    Headers(Arc<TrustedHeaders>),
}

impl SignIn {
    pub fn provider(&self) -> Option<&Identity> {
        match self {
            Self::Provider(identity) => Some(identity),
            Self::Headers(_) => None,
        }
    }

    pub fn strip_slash(&self) -> bool {
        match self {
            Self::Provider(identity) => identity.strip_slash,
            Self::Headers(headers) => headers.strip_slash,
        }
    }

    pub fn headers(&self) -> Option<&Arc<TrustedHeaders>> {
        match self {
            Self::Provider(_) => None,
            Self::Headers(headers) => Some(headers),
        }
    }
}

/// `[identity.trusted_headers]`
#[derive(Debug, Clone)]
pub struct TrustedHeaders {
    /// `identity.name`: what people call whoever signs them in.
    pub called: String,
    /// At least [`SHORTEST_SECRET`] bytes.
    pub secret: Secret,
    pub secret_header: HeaderName,
    pub user: HeaderName,
    pub groups: HeaderName,
    pub email: HeaderName,
    pub name: HeaderName,
    /// Between two groups.
    pub separator: char,
    /// `cookies`: how the names of its cookies begin.
    pub cookies: Vec<String>,
    /// `identity.strip_slash`
    pub strip_slash: bool,
    /// `sign_out`: where the proxy's own session ends.
    pub sign_out: Option<String>,
}

/// Nobody guesses so many.
const SHORTEST_SECRET: usize = 32;

/// The longest URL of a sign-out, in bytes.
const LONGEST_URL: usize = 2000;

const SEPARATORS: [(&str, char); 3] = [(",", ','), ("|", '|'), (";", ';')];

/// Keys of `[identity]` that a proxy has as well.
const OF_BOTH: [&str; 3] = ["name", "strip_slash", "trusted_headers"];

/// Headers that say something else already.
const TAKEN: [HeaderName; 20] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::HOST,
    header::ORIGIN,
    header::PRAGMA,
    header::RANGE,
    header::REFERER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-lanyard-request"),
];

pub fn read(identity: &Section<'_>, around: &Around<'_>) -> Option<TrustedHeaders> {
    for value in identity.entries() {
        let known = IDENTITY.iter().any(|key| key.name == value.name());
        if known && !OF_BOTH.contains(&value.name()) {
            value.refuse_key(
                "is about an identity provider, which [identity.trusted_headers] stands instead of: leave one of \
                 the two out",
            );
        }
    }
    let called = identity.get("name").and_then(|value| value.text());
    let strip_slash = identity.get("strip_slash").and_then(|value| value.boolean());
    let section = identity.section("trusted_headers", TRUSTED_HEADERS);
    let why = "what the proxy in front proves itself by; 'env:NAME' or 'file:PATH'";
    let secret = section.require("secret", why).and_then(|value| secret(&value, around));
    let mut names: Vec<HeaderName> = Vec::new();
    let mut header = |key, default| {
        let value = section.get(key);
        let name = value.as_ref().map_or(Some(HeaderName::from_static(default)), header_name)?;
        if names.contains(&name) {
            let why = format!("'{name}' cannot say two things: two keys have this header");
            section.say(Severity::Error, &why);
            return None;
        }
        names.push(name.clone());
        Some(name)
    };
    let secret_header = header("secret_header", "x-lanyard-proxy");
    let groups = header("groups", "remote-groups");
    let email = header("email", "remote-email");
    let name = header("name", "remote-name");
    let user = header("user", "remote-user");
    let separator = section.get("separator").and_then(|value| value.choice(&SEPARATORS));
    let cookies = section.get("cookies").and_then(|value| beginnings(&value));
    let sign_out = section.get("sign_out").and_then(|value| sign_out(&value));
    Some(TrustedHeaders {
        called: called.unwrap_or("the proxy in front").to_owned(),
        // A file that is read by itself has no secrets, and lets nobody in.
        secret: if around.alone { Secret::new(String::new()) } else { secret? },
        secret_header: secret_header?,
        user: user?,
        groups: groups?,
        email: email?,
        name: name?,
        separator: separator.unwrap_or(','),
        cookies: cookies.unwrap_or_else(|| ["authelia_session", "_oauth2_proxy"].map(str::to_owned).into()),
        strip_slash: strip_slash.unwrap_or(false),
        sign_out,
    })
}

fn secret(value: &Value<'_>, around: &Around<'_>) -> Option<Secret> {
    let secret = around.secret(value)?;
    if secret.reveal().len() < SHORTEST_SECRET {
        value.refuse(format!(
            "refers to a secret of fewer than {SHORTEST_SECRET} characters; `openssl rand -hex 32` makes one"
        ))
    } else if !secret.reveal().bytes().all(|b| b.is_ascii_graphic()) {
        value.refuse(
            "refers to a secret with spaces or characters that are not ASCII, which no header carries",
        )
    } else {
        Some(secret)
    }
}

/// Of letters, digits and `-`: other characters are one with these to some servers, and two to others.
fn header_name(value: &Value<'_>) -> Option<HeaderName> {
    let text = value.string()?;
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let Some(name) = HeaderName::from_bytes(text.as_bytes()).ok().filter(|_| plain) else {
        return value.refuse("must be the name of a header, of letters, digits and '-'");
    };
    if TAKEN.contains(&name) || name.as_str().starts_with("sec-") {
        return value.refuse("is a header that says something else already");
    }
    Some(name)
}

fn beginnings(value: &Value<'_>) -> Option<Vec<String>> {
    let mut beginnings = Vec::new();
    for element in value.list()? {
        match element.word() {
            Some(name) if name.contains(['=', ';']) => {
                element.refuse::<()>("has a character that no cookie's name has");
            }
            Some(name) => beginnings.push(name.to_owned()),
            None => {}
        }
    }
    Some(beginnings)
}

fn sign_out(value: &Value<'_>) -> Option<String> {
    let text = value.word()?;
    let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST_URL);
    let secure = url.as_ref().is_some_and(|url| match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => Authority::parse(host, Scheme::Http).is_ok_and(|host| host.is_loopback()),
        _ => false,
    });
    match url.filter(|_| secure) {
        Some(url) => Some(url.into()),
        None => value.refuse(
            "must be an https URL, such as 'https://auth.example/logout'; http is only for localhost, names \
             under it and loopback addresses",
        ),
    }
}
