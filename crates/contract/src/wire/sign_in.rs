//! The words of a sign-in: what binds it to its browser, and what redeems the code that came of it.

use serde::{Deserialize, Serialize};

/// `POST /api/sign-in`: binds a flow to this browser. Where a proxy in front signs people in, it signs in whom that
/// names, and what is asked for does not count.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct SignInRequest {
    pub state: String,
    /// The PKCE challenge (RFC 7636, method S256), for a provider that wants requests pushed (RFC 9126).
    #[serde(default)]
    pub challenge: Option<String>,
    /// The person wants to choose the account, for the same case.
    #[serde(default)]
    pub choose_account: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct SignInAnswer {
    /// base64url(SHA-256(cookie secret ‖ state)): goes to the provider, comes back in the ID token. Empty where the person
    /// is signed in now.
    pub nonce: String,
    /// Stands at the authorization endpoint for the whole request, which has been pushed there (RFC 9126).
    #[serde(default)]
    pub request_uri: Option<String>,
}

/// `POST /api/session`: redeems a code.
#[derive(Clone, Serialize, Deserialize)]
pub struct SessionRequest {
    pub code: String,
    /// The PKCE verifier (RFC 7636).
    pub verifier: String,
    pub state: String,
    /// The `iss` parameter of the callback (RFC 9207), if it came.
    #[serde(default)]
    pub iss: Option<String>,
}
