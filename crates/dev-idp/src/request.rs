//! An authorization request (OpenID Connect Core, section 3.1.2.1), read and judged.
//! Nothing is stored: the sign-in page carries the request, and it is judged again when the page comes back.

use std::time::Duration;

use openidconnect::core::CoreAuthErrorResponseType as Kind;
use url::Url;

use crate::{client::Client, clock::Timestamp, params::Params, store::Session};

/// Longer requests are refused, so that a page never carries more.
const LONGEST: usize = 8_000;

/// A request that may be answered with a code.
#[derive(Debug)]
pub struct Request {
    pub back: Return,
    pub nonce: Option<String>,
    /// S256 of the verifier.
    pub challenge: String,
    pub scopes: Vec<String>,
    prompt: Vec<String>,
    max_age: Option<Duration>,
}

/// Where the answer goes: a registered address, with the caller's `state`.
#[derive(Debug, Clone)]
pub struct Return {
    pub redirect_uri: String,
    state: Option<String>,
}

/// Why a request is not answered with a code.
#[derive(Debug)]
pub enum Refused {
    /// It is not certain that the address is the client's, so nobody is sent there.
    Here(&'static str),
    /// The client is told.
    Back(Return, Kind, &'static str),
}

/// What to do with a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Answer for the person who is signed in.
    Silent,
    SignIn,
    /// `prompt=none`, and nobody is signed in.
    LoginRequired,
}

impl Request {
    pub fn parse(encoded: &str, client: &Client) -> Result<Self, Refused> {
        if encoded.len() > LONGEST {
            return Err(Refused::Here("The request is too long."));
        }
        let params = Params::parse(encoded)
            .map_err(|_| Refused::Here("The request names one of its parameters more than once."))?;
        if params.get("client_id") != Some(&client.id) {
            return Err(Refused::Here("The application that sent you here is not registered."));
        }
        let Some(redirect_uri) = params.get("redirect_uri").filter(|uri| client.may_return_to(uri)) else {
            return Err(Refused::Here("The address to return to is not registered for this application."));
        };
        let back =
            Return { redirect_uri: redirect_uri.into(), state: params.get("state").map(str::to_owned) };
        Self::judge(&params, back.clone()).map_err(|(kind, why)| Refused::Back(back, kind, why))
    }

    fn judge(params: &Params, back: Return) -> Result<Self, (Kind, &'static str)> {
        let words = |name: &str| -> Vec<String> {
            params.get(name).unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect()
        };
        if params.get("request").is_some() {
            return Err((Kind::RequestNotSupported, "request objects are not supported"));
        }
        if params.get("request_uri").is_some() {
            return Err((Kind::RequestUriNotSupported, "request_uri is not supported"));
        }
        if params.get("response_type") != Some("code") {
            return Err((Kind::UnsupportedResponseType, "only response_type=code is supported"));
        }
        if params.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err((Kind::InvalidRequest, "only response_mode=query is supported"));
        }
        let scopes = words("scope");
        if !scopes.iter().any(|scope| scope == "openid") {
            return Err((Kind::InvalidScope, "the scope openid is missing"));
        }
        if params.get("code_challenge_method") != Some("S256") {
            return Err((Kind::InvalidRequest, "PKCE with code_challenge_method=S256 is required"));
        }
        let challenge = params.get("code_challenge").unwrap_or_default();
        if challenge.len() != 43
            || !challenge.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        {
            return Err((Kind::InvalidRequest, "code_challenge is not the base64url of a SHA-256"));
        }
        let prompt = words("prompt");
        if prompt.len() > 1 && prompt.iter().any(|word| word == "none") {
            return Err((Kind::InvalidRequest, "prompt=none stands alone"));
        }
        let max_age = match params.get("max_age").map(str::parse) {
            None => None,
            Some(Ok(seconds)) => Some(Duration::from_secs(seconds)),
            Some(Err(_)) => return Err((Kind::InvalidRequest, "max_age is not a number of seconds")),
        };
        let nonce = params.get("nonce").map(str::to_owned);
        Ok(Self { back, nonce, challenge: challenge.into(), scopes, prompt, max_age })
    }

    pub fn step(&self, session: Option<&Session>, now: Timestamp) -> Step {
        let asked = |word: &str| self.prompt.iter().any(|asked| asked == word);
        let fresh =
            session.filter(|session| self.max_age.is_none_or(|age| session.auth_time.plus(age) > now));
        match fresh {
            Some(_) if !asked("login") && !asked("select_account") => Step::Silent,
            _ if asked("none") => Step::LoginRequired,
            _ => Step::SignIn,
        }
    }
}

impl Return {
    pub fn with_code(&self, issuer: Option<&str>, code: &str) -> String {
        self.with(issuer, &[("code", code)])
    }

    pub fn with_error(&self, issuer: Option<&str>, kind: &Kind, description: &str) -> String {
        self.with(issuer, &[("error", kind.as_ref()), ("error_description", description)])
    }

    /// `iss` says which provider answers, against mix-up (RFC 9207).
    fn with(&self, issuer: Option<&str>, answer: &[(&str, &str)]) -> String {
        let Ok(mut url) = Url::parse(&self.redirect_uri) else {
            return self.redirect_uri.clone();
        };
        url.query_pairs_mut()
            .extend_pairs(answer)
            .extend_pairs(self.state.as_deref().map(|state| ("state", state)))
            .extend_pairs(issuer.map(|issuer| ("iss", issuer)));
        url.into()
    }

    /// For `form-action`: browsers hold a form's redirects against it as well.
    pub fn origin(&self) -> String {
        Url::parse(&self.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
