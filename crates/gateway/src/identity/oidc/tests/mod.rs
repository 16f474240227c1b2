//! The whole relying party against a provider on a real port: the scene that the tests beside this file
//! play in. Its provider does everything right until a test changes an answer.

mod provider;
mod sign_in;
pub(super) mod signer;
mod trouble;

use std::time::Duration;

use serde_json::{Value, json};

use self::{
    provider::{Reply, TestProvider},
    signer::Signer,
};
use super::*;
use crate::config::Algorithm;

const NOW: u64 = 1_800_000_000;
const CODE: &str = "the-code";
const VERIFIER: &str = "the-verifier";
const ACCESS: &str = "the-access-token";

fn identity(issuer: &str) -> Identity {
    Identity {
        issuer: issuer.to_owned(),
        name: "Harbour".into(),
        client_id: "lanyard".into(),
        client_secret: Some(Secret::new("the-secret".into())),
        scopes: vec!["openid".into()],
        groups: vec!["/groups".into()],
        strip_slash: false,
        trust_email: false,
        algorithms: vec![Algorithm::Rs256, Algorithm::Es256],
        userinfo: true,
    }
}

/// A provider that does everything right, and the relying party that has discovered it.
struct Scene {
    idp: TestProvider,
    provider: Provider,
}

impl Scene {
    async fn new() -> Self {
        Self::with(json!({}), |_| {}).await
    }

    /// Its provider wants authorization requests pushed (RFC 9126).
    async fn pushing() -> Self {
        let idp = TestProvider::start().await;
        let endpoint = format!("{}/push", idp.issuer);
        let document = json!({
            "pushed_authorization_request_endpoint": endpoint, "require_pushed_authorization_requests": true,
        });
        Self::at(idp, document, |_| {}).await
    }

    async fn with(changes: Value, configure: impl FnOnce(&mut Identity)) -> Self {
        Self::at(TestProvider::start().await, changes, configure).await
    }

    async fn at(idp: TestProvider, changes: Value, configure: impl FnOnce(&mut Identity)) -> Self {
        let mut document = idp.document();
        for (member, value) in changes.as_object().expect("an object") {
            document[member] = value.clone();
        }
        idp.on("/.well-known/openid-configuration", Reply::Json(200, document));
        idp.on("/keys", Reply::Json(200, json!({ "keys": [Signer::ec().jwk(Some("one"))] })));
        idp.on("/userinfo", Reply::Json(200, json!({ "sub": "a", "groups": ["Finance Team"] })));
        let mut identity = identity(&idp.issuer);
        configure(&mut identity);
        let provider = spawn(&identity);
        until(|| provider.endpoints().is_some()).await;
        let scene = Self { idp, provider };
        scene.answer_with(scene.token(&Signer::ec(), json!({ "alg": "ES256", "kid": "one" }), json!({})));
        scene
    }

    fn token(&self, signer: &Signer, header: Value, changes: Value) -> String {
        let mut claims = json!({
            "iss": self.idp.issuer, "sub": "a", "aud": "lanyard", "nonce": "n",
            "exp": NOW + 300, "iat": NOW, "name": "Ada",
        });
        for (claim, value) in changes.as_object().expect("an object") {
            claims[claim] = value.clone();
        }
        signer.sign(&header, &claims)
    }

    fn answer_with(&self, id_token: String) {
        let body = json!({ "access_token": ACCESS, "token_type": "Bearer", "id_token": id_token });
        self.idp.on("/token", Reply::Json(200, body));
    }

    async fn sign_in(&self) -> Result<SignedIn, SignInError> {
        self.sign_in_from(None).await
    }

    async fn sign_in_from(&self, iss: Option<&str>) -> Result<SignedIn, SignInError> {
        let flow = Redemption { code: CODE, verifier: VERIFIER, iss, nonce: "n" };
        self.provider.redeem(flow, Timestamp(NOW * 1000)).await
    }

    async fn refusal(&self) -> SignInError {
        let refused = self.sign_in().await.expect_err("a refusal");
        let line = format!("{refused} {refused:?} {}", refused.person_sentence());
        for secret in [CODE, VERIFIER, ACCESS, "the-secret", "eyJ"] {
            assert!(!line.contains(secret), "{line}");
        }
        refused
    }
}

fn spawn(identity: &Identity) -> Provider {
    let portal = "https://dash.example".parse().expect("an origin");
    let provider = Provider::new(identity, &portal, Backchannel::with_timeout(Duration::from_secs(2)));
    tokio::spawn(provider.clone().run());
    provider
}

async fn until(holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen within 10 seconds");
}
