//! The relying party: the gateway's half of OpenID Connect's code flow. The shell sends people to the
//! provider; here the code they come back with is redeemed, the ID token judged and the person read.
//! Keeps no session and decides no permission.

pub mod backchannel;
mod discovery;
mod error;
mod exchange;
pub mod inspection;
mod judge;
mod keys;
mod person;
mod push;
mod refresh;
mod userinfo;

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

pub use backchannel::Backchannel;
pub use discovery::{DiscoveryError, Endpoints};
pub use error::SignInError;
pub use judge::LEEWAY;
pub use keys::{algorithm, name as algorithm_name};
pub use push::Beginning;

use self::{
    exchange::Tokens,
    judge::{Claims, Expected},
    keys::KeySet,
    refresh::Refresher,
};
use super::{
    Person,
    groups::{self, Groups},
};
use crate::{
    clock::Timestamp,
    config::{Identity, Origin, Secret},
};

/// The longest logout address that every browser and provider takes, in bytes.
const LONGEST_LOGOUT_URL: usize = 2000;

/// The nonce of a flow: base64url(SHA-256(secret ‖ state)). The secret is the value of the sign-in cookie,
/// which has one fixed length, so the two cannot be shifted against each other.
pub fn nonce(secret: &[u8], state: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(secret).chain_update(state).finalize())
}

/// What the callback brought, with the nonce that the gateway computed itself.
pub struct Redemption<'a> {
    pub code: &'a str,
    /// The PKCE verifier (RFC 7636).
    pub verifier: &'a str,
    /// The callback's `iss` (RFC 9207).
    pub iss: Option<&'a str>,
    pub nonce: &'a str,
}

/// A person whom the provider vouches for, and the tokens that say so.
pub struct SignedIn {
    pub person: Person,
    pub id_token: Secret,
    pub access_token: Secret,
    /// What the ID token says, and userinfo where it was asked.
    pub claims: Value,
    pub userinfo: Option<Value>,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(…)")
    }
}

/// What is known of the provider at one time.
#[derive(Clone)]
struct Known {
    endpoints: Arc<Endpoints>,
    keys: Arc<KeySet>,
}

/// The identity provider. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Provider {
    inner: Arc<Inner>,
}

struct Inner {
    identity: Identity,
    portal: String,
    backchannel: Backchannel,
    refresher: Refresher,
}

impl Provider {
    pub fn new(identity: &Identity, portal: &Origin, backchannel: Backchannel) -> Self {
        let refresher = Refresher::default();
        let inner = Inner { identity: identity.clone(), portal: portal.to_string(), backchannel, refresher };
        Self { inner: Arc::new(inner) }
    }

    /// Runs for ever: discovers the provider, trying again from 1 s to 60 s apart while it is down, then
    /// hourly; and fetches its keys anew when a sign-in asks for it. To be spawned once.
    pub async fn run(self) {
        let Inner { identity, backchannel, refresher, .. } = &*self.inner;
        refresher.run(backchannel, &identity.issuer, identity.client_secret.is_some()).await;
    }

    /// `None` until discovery has succeeded for the first time.
    pub fn endpoints(&self) -> Option<Arc<Endpoints>> {
        self.inner.refresher.known().map(|known| known.endpoints)
    }

    /// Where the provider sends people back to: `<portal>/callback`.
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.inner.portal)
    }

    /// Hands the provider the request that a sign-in begins with, where it wants that: the name under which it is
    /// kept there.
    pub async fn push(&self, beginning: &Beginning<'_>) -> Result<Option<String>, SignInError> {
        let Inner { identity, backchannel, .. } = &*self.inner;
        let Some(endpoints) = self.endpoints() else { return Ok(None) };
        Ok(push::push(backchannel, &endpoints, identity, &self.redirect_uri(), beginning).await?)
    }

    /// Redeems a code for a person. Userinfo is asked only after the ID token has been judged.
    pub async fn redeem(&self, flow: Redemption<'_>, now: Timestamp) -> Result<SignedIn, SignInError> {
        let Inner { identity, backchannel, refresher, .. } = &*self.inner;
        let known = refresher.known().ok_or(SignInError::NotDiscovered)?;
        let endpoints = &*known.endpoints;
        match flow.iss {
            Some(iss) if iss != identity.issuer => return Err(SignInError::IssWrong),
            None if endpoints.iss_parameter => return Err(SignInError::IssMissing),
            _ => {}
        }
        let uri = self.redirect_uri();
        let tokens =
            exchange::redeem(backchannel, endpoints, identity, &uri, flow.code, flow.verifier).await?;
        let claims = self.judge(&tokens, flow.nonce, now).await?;
        let userinfo = match &endpoints.userinfo {
            Some(url) if identity.userinfo => {
                Some(userinfo::fetch(backchannel, url, &tokens.access_token, &claims.subject).await?)
            }
            _ => None,
        };
        let found = groups::read(&identity.groups, identity.strip_slash, &claims.all, userinfo.as_ref())?;
        if found == Groups::Absent && !identity.groups.is_empty() {
            tracing::info!("somebody signed in without any of the configured group claims");
        }
        let groups = found.into_names();
        let person =
            person::person(&identity.issuer, &claims.subject, &claims.all, userinfo.as_ref(), groups);
        let Tokens { id_token, access_token } = tokens;
        Ok(SignedIn { person, id_token, access_token, claims: claims.all, userinfo })
    }

    /// Judges the ID token with the keys of this moment, and a second time with keys fetched anew if changed
    /// keys would explain a refusal. The moment matters: of many sign-ins after a rotation, those that come
    /// back from the token endpoint after the first fetch need no other.
    async fn judge(&self, tokens: &Tokens, nonce: &str, now: Timestamp) -> Result<Claims, SignInError> {
        let Inner { identity, refresher, .. } = &*self.inner;
        let expected = Expected {
            issuer: &identity.issuer,
            client_id: &identity.client_id,
            algorithms: &identity.algorithms,
            nonce,
            access_token: tokens.access_token.reveal(),
        };
        let judge = |keys: &KeySet| judge::judge(tokens.id_token.reveal(), keys, &expected, now);
        let known = refresher.known().ok_or(SignInError::NotDiscovered)?;
        match judge(&known.keys) {
            Err(refused) if refused.may_be_stale_keys() => {
                let keys = refresher.newer_keys(now).await.ok_or(refused)?;
                Ok(judge(&keys)?)
            }
            judged => Ok(judged?),
        }
    }

    /// Where the provider ends its own session (OpenID Connect RP-Initiated Logout 1.0), if it has such an
    /// address. Above 2 000 bytes the token is left out and the subject hinted at instead.
    pub fn logout_url(&self, id_token: &str, subject: &str) -> Option<String> {
        let endpoints = self.endpoints()?;
        let end_session = endpoints.end_session.as_ref()?;
        let with = |hint, value| self.logout_address(end_session.clone(), hint, value);
        let full = with("id_token_hint", id_token);
        Some(if full.len() <= LONGEST_LOGOUT_URL { full } else { with("logout_hint", subject) })
    }

    fn logout_address(&self, mut url: Url, hint: &str, value: &str) -> String {
        url.query_pairs_mut()
            .append_pair("client_id", &self.inner.identity.client_id)
            .append_pair("post_logout_redirect_uri", &format!("{}/signed-out", self.inner.portal))
            .append_pair(hint, value);
        url.into()
    }
}

#[cfg(test)]
mod tests;
