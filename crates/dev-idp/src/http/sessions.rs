//! The provider's own session cookie: it makes a second authorization silent, and sign-out ends it.

use axum::http::{HeaderMap, header};

use crate::{
    Provider,
    clock::Timestamp,
    random::{Digest256, NoRandomness, Secret},
    store::Session,
};

/// `Lax`, because applications send people here from their own sites.
const NAME: &str = "__Host-idp";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// Who is signed in in this browser.
pub fn current(provider: &Provider, headers: &HeaderMap, now: Timestamp) -> Option<Session> {
    provider.store.session(cookie(headers)?, now)
}

/// Begins a session in place of the one that the browser had, and gives the `Set-Cookie` for it.
pub fn begin(
    provider: &Provider,
    headers: &HeaderMap,
    sub: &str,
    now: Timestamp,
) -> Result<(Session, String), NoRandomness> {
    end(provider, headers, now);
    let id = Secret::new()?;
    let session = Session { sub: sub.into(), auth_time: now };
    provider.store.put_session(id.digest(), session.clone(), now);
    Ok((session, format!("{NAME}={}; {ATTRIBUTES}", id.reveal())))
}

/// Ends the browser's session, and gives the `Set-Cookie` that removes the cookie.
pub fn end(provider: &Provider, headers: &HeaderMap, now: Timestamp) -> String {
    if let Some(id) = cookie(headers) {
        provider.store.end_session(id, now);
    }
    format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")
}

/// Our cookie, if there is exactly one of that name. Values of other cookies need not be text.
fn cookie(headers: &HeaderMap) -> Option<Digest256> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut ours = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| pair.trim_ascii().strip_prefix(NAME.as_bytes())?.strip_prefix(b"="));
    match (ours.next(), ours.next()) {
        (Some(value), None) => std::str::from_utf8(value).ok().map(Digest256::of),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_cookie_of_exactly_that_name_counts() {
        let of = |lines: &[&'static [u8]]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, line.to_vec().try_into().expect("a header value"));
            }
            cookie(&headers)
        };
        let x = Some(Digest256::of("x"));
        assert_eq!(of(&[b"a=1; __Host-idp=x"]), x);
        assert_eq!(of(&[b"a=\xff", b"__Host-idp=x"]), x);
        assert_eq!(of(&[b"__Host-idp=x; __Host-idp=y"]), None);
        assert_eq!(of(&[b"__Host-idp=x", b"__Host-idp=x"]), None);
        for other in [b"__host-idp=x".as_slice(), b"_%5fHost-idp=x", b"__Host-idp2=x", b"__Host-idp", b""] {
            assert_eq!(of(&[other]), None);
        }
    }
}
