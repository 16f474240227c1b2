//! Refusals of the portal's API: one enum, and what each becomes on the wire.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use lanyard_contract::wire::{Problem, ProblemCode};

use super::caller::{Caller, Refused};
use crate::{identity::oidc::SignInError, policy::Denied, random::NoRandomness};

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("The request is not understood: {0}.")]
    BadRequest(&'static str),
    #[error("This request did not come from the portal's own page.")]
    NotFromThePortal,
    #[error("The sign-in took too long, or began in another browser. Sign in again.")]
    SignInExpired,
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error("The proxy in front of this portal says that nobody is signed in there. Sign in there first.")]
    NobodyNamed,
    #[error("Too many requests from here. Wait a minute and try again.")]
    TooManyRequests,
    #[error("So many people are signed in that there is no room for one more. Try again later.")]
    Full,
    #[error("The gateway cannot make a secret at the moment. Try again later.")]
    NoRandomness(#[from] NoRandomness),
    #[error("This session has ended, or it is not yours.")]
    NoSuchSession,
    #[error("There is nothing here.")]
    NoSuchEndpoint,
    #[error("The request did not arrive in time.")]
    TooSlow,
}

impl ApiError {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Denied(denied) => denied.status(),
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotFromThePortal | Self::NobodyNamed => StatusCode::FORBIDDEN,
            Self::SignInExpired => StatusCode::BAD_REQUEST,
            Self::SignIn(error) => match error.problem_code() {
                ProblemCode::ProviderUnreachable => StatusCode::BAD_GATEWAY,
                _ => StatusCode::FORBIDDEN,
            },
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Full | Self::NoRandomness(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoSuchSession | Self::NoSuchEndpoint => StatusCode::NOT_FOUND,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn code(&self) -> ProblemCode {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::BadRequest(_) | Self::TooSlow => ProblemCode::BadRequest,
            Self::NotFromThePortal => ProblemCode::Forbidden,
            Self::SignInExpired => ProblemCode::SignInExpired,
            Self::SignIn(error) => error.problem_code(),
            Self::NobodyNamed => ProblemCode::SignInRefused,
            Self::TooManyRequests => ProblemCode::TooManyRequests,
            Self::Full | Self::NoRandomness(_) => ProblemCode::Unavailable,
            Self::NoSuchSession | Self::NoSuchEndpoint => ProblemCode::NotFound,
        }
    }

    /// Its name in the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.name(),
            Self::BadRequest(_) => "bad-request",
            Self::NotFromThePortal => "not-from-the-portal",
            Self::SignInExpired => "sign-in-expired",
            Self::SignIn(error) => error.name(),
            Self::NobodyNamed => "nobody-named",
            Self::TooManyRequests => "rate-limited",
            Self::Full => "full",
            Self::NoRandomness(_) => "no-randomness",
            Self::NoSuchSession => "no-such-session",
            Self::NoSuchEndpoint => "no-such-endpoint",
            Self::TooSlow => "too-slow",
        }
    }

    /// The answer. What only an operator should read stays in the log.
    pub fn respond(self, caller: &Caller) -> Response {
        let message = match &self {
            Self::SignIn(error) => {
                tracing::warn!(reference = %caller.reference, address = %caller.address, %error, "sign-in refused");
                error.person_sentence().to_owned()
            }
            other => other.to_string(),
        };
        let problem = Problem { code: self.code(), message, reference: caller.reference.clone() };
        let mut response = (self.status(), Json(problem)).into_response();
        response.extensions_mut().insert(Refused);
        if matches!(self, Self::TooSlow) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if self.status() == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
