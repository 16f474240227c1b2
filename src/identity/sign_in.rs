//! Starting a sign-in: state, PKCE and the authorization URL by `openidconnect`, bound to this browser by the
//! gateway's nonce; then the top window goes to the provider. What comes back is the callback's work.

use std::time::Duration;

use lanyard_contract::{
    paths::LocalPath,
    wire::{Provider, SignInRequest},
};
use leptos::{prelude::*, task::spawn_local};
use openidconnect::{
    AuthUrl, AuthenticationFlow, ClientId, CsrfToken, IssuerUrl, JsonWebKeySet, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreAuthPrompt, CoreClient, CoreResponseType},
    url::{ParseError, Url},
};

use super::{
    failure::{Failure, FailureKind},
    transaction::{self, Transaction},
};
use crate::{api, clock, config::Portal, random, waiting::Alarm};

/// How long to wait before the provider is asked for again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which account the provider should take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// The one it knows already, if any.
    Any,
    /// The person chooses (`prompt=select_account`).
    Choose,
}

/// Where a sign-in stands, until the window leaves for the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    Idle,
    Starting,
    Failed(Failure),
}

/// Signing in, as a context.
#[derive(Clone, Copy)]
pub struct SignIn {
    portal: Portal,
    progress: RwSignal<Progress>,
    wanted: StoredValue<(LocalPath, Account)>,
    trying: StoredValue<bool>,
    again: Alarm,
}

impl SignIn {
    pub fn new(portal: Portal) -> Self {
        Self {
            portal,
            progress: RwSignal::new(Progress::Idle),
            wanted: StoredValue::new((LocalPath::root(), Account::Any)),
            trying: StoredValue::new(false),
            again: Alarm::new(),
        }
    }

    pub fn progress(self) -> Progress {
        self.progress.get()
    }

    /// Leaves for the provider, to come back to this path.
    pub fn start(self, return_to: LocalPath, account: Account) {
        if self.progress.get_untracked() == Progress::Starting {
            return;
        }
        self.wanted.set_value((return_to, account));
        self.retry();
    }

    /// Tries again what was wanted last. The page that says it keeps trying stays while that goes on: another one
    /// would take the focus along.
    pub fn retry(self) {
        if self.trying.try_update_value(|trying| std::mem::replace(trying, true)) != Some(false) {
            return;
        }
        if !self.failed_by(FailureKind::ProviderSilent) {
            self.progress.set(Progress::Starting);
        }
        spawn_local(async move {
            let (return_to, account) = self.wanted.get_value();
            let prepared = prepare(self.portal, return_to, account).await;
            if self.trying.try_set_value(false).is_some() {
                return;
            }
            match prepared {
                Ok(url) => {
                    self.progress.set(Progress::Starting);
                    if window().location().assign(&url).is_err() {
                        self.progress.set(Progress::Failed(Failure::of(FailureKind::ProviderSilent)));
                    }
                }
                Err(failure) => self.fail(failure),
            }
        });
    }

    /// The gateway answers again: goes on with what failed because it did not.
    pub fn resume(self) {
        if self.failed_by(FailureKind::PortalSilent) {
            self.retry();
        }
    }

    fn failed_by(self, kind: FailureKind) -> bool {
        self.progress
            .with_untracked(|progress| matches!(progress, Progress::Failed(failure) if failure.kind == kind))
    }

    /// While the provider is silent, keeps trying by itself.
    fn fail(self, failure: Failure) {
        let silent = failure.kind == FailureKind::ProviderSilent;
        // The reference of the first time stays with its page.
        if !(silent && self.failed_by(FailureKind::ProviderSilent)) {
            self.progress.set(Progress::Failed(failure));
        }
        self.again.set(silent.then_some(PATIENCE), move || self.retry());
    }
}

/// Everything up to the moment of leaving: the address to go to, with the transaction kept for the way back.
async fn prepare(portal: Portal, return_to: LocalPath, account: Account) -> Result<String, Failure> {
    if portal.settings().is_none_or(|known| known.provider.authorization_endpoint.is_none()) {
        portal.load().await;
    }
    let settings = portal.settings().ok_or_else(|| Failure::of(FailureKind::PortalSilent))?;
    let provider = settings.provider;
    let Some(endpoint) = provider.authorization_endpoint.clone() else {
        return Err(Failure::of(FailureKind::ProviderSilent));
    };
    // `openidconnect` could draw them itself, with a generator that is kilobytes more to load.
    let (Some(state), Some(verifier)) = (random::secret(), random::secret()) else {
        return Err(Failure::of(FailureKind::BrowserUnfit));
    };
    let (state, verifier) = (CsrfToken::new(state), PkceCodeVerifier::new(verifier));
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    let request = SignInRequest {
        state: state.secret().clone(),
        challenge: Some(challenge.as_str().to_owned()),
        choose_account: account == Account::Choose,
    };
    let answer = api::begin_sign_in(&request).await?;
    // A proxy in front has said who it is.
    if answer.nonce.is_empty() {
        return Ok(return_to.as_str().to_owned());
    }
    let transaction = Transaction { verifier: verifier.into_secret(), return_to, started: clock::now() };
    if !transaction::keep(state.secret(), &transaction) {
        return Err(Failure::of(FailureKind::CookieNotKept));
    }
    match answer.request_uri {
        Some(uri) => pushed_url(&provider, &endpoint, &uri),
        None => authorization_url(&provider, endpoint, state, answer.nonce, challenge, account),
    }
    .map_err(|_| Failure::of(FailureKind::ProviderSilent))
}

/// RFC 9126, section 4: the gateway has handed over the rest.
fn pushed_url(provider: &Provider, endpoint: &str, request_uri: &str) -> Result<String, ParseError> {
    let mut url = Url::parse(endpoint)?;
    url.query_pairs_mut()
        .append_pair("client_id", &provider.client_id)
        .append_pair("request_uri", request_uri);
    Ok(url.into())
}

fn authorization_url(
    provider: &Provider,
    endpoint: String,
    state: CsrfToken,
    nonce: String,
    challenge: PkceCodeChallenge,
    account: Account,
) -> Result<String, ParseError> {
    let client = CoreClient::new(
        ClientId::new(provider.client_id.clone()),
        IssuerUrl::new(provider.issuer.clone())?,
        JsonWebKeySet::default(),
    )
    .set_auth_uri(AuthUrl::new(endpoint)?)
    .set_redirect_uri(RedirectUrl::new(provider.redirect_uri.clone())?);
    // `openid` is added by the crate itself.
    let scopes = provider.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
    let mut request = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            move || state,
            move || Nonce::new(nonce),
        )
        .add_scopes(scopes)
        .set_pkce_challenge(challenge);
    if account == Account::Choose {
        request = request.add_prompt(CoreAuthPrompt::SelectAccount);
    }
    let (url, ..) = request.url();
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        Provider {
            name: "Harbour".into(),
            issuer: "https://id.example".into(),
            client_id: "lanyard".into(),
            scopes: vec!["openid".into(), "profile".into()],
            redirect_uri: "https://dash.example/callback".into(),
            authorization_endpoint: Some("https://id.example/authorize?tenant=1".into()),
        }
    }

    fn url(account: Account) -> String {
        let verifier = PkceCodeVerifier::new("v".repeat(43));
        authorization_url(
            &provider(),
            "https://id.example/authorize?tenant=1".into(),
            CsrfToken::new("the-state".into()),
            "the-nonce".into(),
            PkceCodeChallenge::from_code_verifier_sha256(&verifier),
            account,
        )
        .expect("an address")
    }

    #[test]
    fn the_address_carries_state_nonce_challenge_and_no_verifier() {
        let url = url(Account::Any);
        assert!(url.starts_with("https://id.example/authorize?tenant=1&"), "{url}");
        for part in [
            "response_type=code",
            "client_id=lanyard",
            "state=the-state",
            "nonce=the-nonce",
            "code_challenge_method=S256",
            "redirect_uri=https%3A%2F%2Fdash.example%2Fcallback",
            "scope=openid+profile",
        ] {
            assert!(url.contains(part), "{part} is not in {url}");
        }
        assert!(!url.contains(&"v".repeat(43)) && !url.contains("prompt="), "{url}");
    }

    #[test]
    fn another_account_is_asked_for_only_when_wanted() {
        assert!(url(Account::Choose).contains("prompt=select_account"));
    }

    #[test]
    fn a_pushed_request_is_only_named() {
        let url = pushed_url(&provider(), "https://id.example/authorize?tenant=1", "urn:x:request uri")
            .expect("one");
        assert_eq!(
            url,
            "https://id.example/authorize?tenant=1&client_id=lanyard&request_uri=urn%3Ax%3Arequest+uri"
        );
    }
}
