//! What must hold of a proxy's headers, whatever lines come: one reading, nothing of them left, nobody without the
//! secret.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::take;
use crate::{
    config::{Secret, TrustedHeaders},
    identity::session::cookies,
};

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

pub fn config() -> TrustedHeaders {
    TrustedHeaders {
        called: "the proxy".into(),
        secret: Secret::new(SECRET.into()),
        secret_header: HeaderName::from_static("x-lanyard-proxy"),
        user: HeaderName::from_static("remote-user"),
        groups: HeaderName::from_static("remote-groups"),
        email: HeaderName::from_static("remote-email"),
        name: HeaderName::from_static("remote-name"),
        separator: ',',
        cookies: vec!["harbour".into()],
        strip_slash: false,
        sign_out: None,
    }
}

/// As a client sent them, and as the proxy sends them on with its secret.
pub fn proxied(headers: &HeaderMap) {
    let config = config();
    if headers.get(&config.secret_header).is_none_or(|shown| shown != SECRET) {
        assert!(take(&mut headers.clone(), &config).is_err(), "believed without the secret");
    }
    let mut passed = headers.clone();
    passed.insert(&config.secret_header, HeaderValue::from_static(SECRET));
    let Ok(said) = take(&mut passed, &config) else { return };
    let own = [&config.secret_header, &config.user, &config.groups, &config.email, &config.name];
    assert!(own.iter().all(|name| !passed.contains_key(*name)), "{passed:?}");
    assert!(cookies::pairs(&passed).all(|(name, _)| !name.starts_with(b"harbour")), "{passed:?}");
    assert!(own[1..].iter().all(|name| headers.get_all(*name).into_iter().count() <= 1), "{headers:?}");
    let Some(person) = said else { return };
    let texts = [Some(&person.subject), person.email.as_ref(), person.name.as_ref()];
    for text in texts.into_iter().flatten().chain(&person.groups) {
        assert!(
            !text.is_empty() && text.trim_matches(' ') == text && !text.chars().any(char::is_control),
            "{text:?}"
        );
    }
    assert!(person.groups.windows(2).all(|two| two[0] < two[1]), "{:?}", person.groups);
}
