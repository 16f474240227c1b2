//! Whom a proxy in front names in a request's headers: believed only with its secret, and only where there is one
//! reading. Takes these headers out, so that nothing behind ever sees them. Knows no sessions.

use http::{HeaderMap, HeaderName, HeaderValue};
use subtle::ConstantTimeEq as _;

use super::{Person, groups, session::cookies};
use crate::config::TrustedHeaders;

/// The issuer of everybody whom a proxy names: in the audit trail, and as `idp` in what apps are told.
pub const ISSUER: &str = "trusted-headers";

/// The longest name of a user, in bytes: that of a subject (OpenID Connect Core, section 2).
const LONGEST_USER: usize = 255;
/// The longest address or name of a person, in bytes.
const LONGEST: usize = 1024;

/// Why a request's headers are not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadersError {
    #[error("the header {0} with the proxy's secret is missing")]
    NoSecret(HeaderName),
    #[error("the header {0} does not hold the proxy's secret")]
    WrongSecret(HeaderName),
    #[error("the header {0} came more than once")]
    Twice(HeaderName),
    #[error("the header {0} is no text, has a control character or is too long")]
    Unreadable(HeaderName),
    #[error("the header {0} names too many groups, or one with too long a name")]
    Groups(HeaderName),
}

impl HeadersError {
    /// Whether the request is none of the proxy's, rather than one that it wrote badly.
    pub fn is_foreign(&self, config: &TrustedHeaders) -> bool {
        match self {
            Self::NoSecret(_) | Self::WrongSecret(_) => true,
            Self::Twice(name) => *name == config.secret_header,
            Self::Unreadable(_) | Self::Groups(_) => false,
        }
    }
}

/// Takes the proxy's headers and cookies out of a request. `None`: it names nobody.
pub fn take(headers: &mut HeaderMap, config: &TrustedHeaders) -> Result<Option<Person>, HeadersError> {
    let secret = &config.secret_header;
    let shown = one(headers, secret)?.ok_or_else(|| HeadersError::NoSecret(secret.clone()))?;
    if !bool::from(shown.as_bytes().ct_eq(config.secret.reveal().as_bytes())) {
        return Err(HeadersError::WrongSecret(secret.clone()));
    }
    let user = text(headers, &config.user, LONGEST_USER)?;
    let groups = text(headers, &config.groups, usize::MAX)?;
    let email = text(headers, &config.email, LONGEST)?;
    let name = text(headers, &config.name, LONGEST)?;
    cookies::strip(headers, &config.cookies);
    let Some(subject) = user else { return Ok(None) };
    let groups = members(&groups.unwrap_or_default(), config)
        .ok_or_else(|| HeadersError::Groups(config.groups.clone()))?;
    Ok(Some(Person {
        issuer: ISSUER.to_owned(),
        preferred_username: Some(subject.clone()),
        subject,
        name,
        email_verified: email.is_some(),
        email,
        groups,
    }))
}

fn one(headers: &mut HeaderMap, name: &HeaderName) -> Result<Option<HeaderValue>, HeadersError> {
    if headers.get_all(name).into_iter().nth(1).is_some() {
        return Err(HeadersError::Twice(name.clone()));
    }
    Ok(headers.remove(name))
}

/// A header's text. What is empty is missing.
fn text(headers: &mut HeaderMap, name: &HeaderName, longest: usize) -> Result<Option<String>, HeadersError> {
    let Some(value) = one(headers, name)? else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).ok().map(trim);
    let text = text.filter(|text| {
        // Other white space at an end would make two names of one, or one of two.
        text.len() <= longest && text.trim() == *text && !text.chars().any(char::is_control)
    });
    let text = text.ok_or_else(|| HeadersError::Unreadable(name.clone()))?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Without what is white space in a header (RFC 9110, section 5.6.3), and no other.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// The groups in an order of their own: that of the proxy may change from one request to the next.
fn members(line: &str, config: &TrustedHeaders) -> Option<Vec<String>> {
    let slash = if config.strip_slash { "/" } else { "" };
    let names = line.split(config.separator).map(trim);
    let names = names.map(|name| trim(name.strip_prefix(slash).unwrap_or(name)));
    let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let fits = names.len() <= groups::MOST && names.iter().all(|name| name.len() <= groups::LONGEST);
    fits.then(|| names.into_iter().map(str::to_owned).collect())
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "trusted_headers_properties.rs"]
pub mod properties;

#[cfg(test)]
#[path = "trusted_headers_tests.rs"]
mod tests;
