//! The one relying party that is registered: its secret and the only addresses people are sent back to.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

use crate::{params::Params, random::Digest256};

/// A confidential client.
pub struct Client {
    pub id: String,
    secret: String,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
}

/// Why a caller is not the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTheClient {
    #[error("client authentication failed")]
    Failed,
    #[error("use one way of client authentication, not two")]
    TwoWays,
}

impl Client {
    pub fn new(id: &str, secret: &str, redirect_uris: &[String], post_logout: &[String]) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            redirect_uris: redirect_uris.into(),
            post_logout_redirect_uris: post_logout.into(),
        }
    }

    /// Exact comparison, as RFC 9700 (section 2.1) asks: no prefixes, no patterns.
    pub fn may_return_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri)
    }

    pub fn may_leave_to(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris.iter().any(|known| known == uri)
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// `client_secret_basic` or `client_secret_post` (RFC 6749, section 2.3.1), never both.
    pub fn authenticate(&self, authorization: Option<&str>, form: &Params) -> Result<(), NotTheClient> {
        let posted = form.get("client_secret");
        let (id, secret) = match (authorization, posted) {
            (Some(_), Some(_)) => return Err(NotTheClient::TwoWays),
            (Some(header), None) => basic(header).ok_or(NotTheClient::Failed)?,
            (None, Some(secret)) => (form.get("client_id").unwrap_or_default().into(), secret.into()),
            (None, None) => return Err(NotTheClient::Failed),
        };
        if form.get("client_id").is_some_and(|posted| posted != id) {
            return Err(NotTheClient::Failed);
        }
        // Digests have one length, so the time says nothing about the length either.
        let id_fits = Digest256::of(&id).ct_eq(&Digest256::of(&self.id));
        let secret_fits = Digest256::of(&secret).ct_eq(&Digest256::of(&self.secret));
        if (id_fits & secret_fits).into() { Ok(()) } else { Err(NotTheClient::Failed) }
    }
}

/// Both halves are form-encoded before they are joined.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        Client::new("lanyard", "s+c r%t", &["http://a/callback".into()], &[])
    }

    fn header(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn both_ways_work_and_nothing_else_does() {
        let client = client();
        let none = Params::parse("").expect("no parameters");
        let good = header("lanyard:s%2Bc+r%25t");
        assert_eq!(client.authenticate(Some(&good), &none), Ok(()));
        let posted = Params::parse("client_id=lanyard&client_secret=s%2Bc+r%25t").expect("two parameters");
        assert_eq!(client.authenticate(None, &posted), Ok(()));
        assert_eq!(client.authenticate(Some(&good), &posted), Err(NotTheClient::TwoWays));
        let other = Params::parse("client_id=other").expect("one parameter");
        for (header, form) in [
            (Some(header("lanyard:wrong")), &none),
            (Some(header("other:s%2Bc+r%25t")), &none),
            (Some(header("lanyard")), &none),
            (Some("Bearer x".into()), &none),
            (Some(good), &other),
            (None, &none),
        ] {
            assert_eq!(client.authenticate(header.as_deref(), form), Err(NotTheClient::Failed), "{header:?}");
        }
    }

    #[test]
    fn only_the_registered_address_is_returned_to() {
        for foreign in ["http://a/callback/", "http://a/callback?x", "http://a/", "http://A/callback", ""] {
            assert!(!client().may_return_to(foreign), "{foreign}");
        }
        assert!(client().may_return_to("http://a/callback"));
        assert!(!client().may_leave_to("http://a/callback"));
    }
}
