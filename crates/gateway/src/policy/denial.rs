//! What a caller learns when the answer is no: as little as there is to say.

use http::StatusCode;
use lanyard_contract::wire::ProblemCode;

/// A refusal. Forbidden and unknown are one and the same to the caller; the audit trail knows better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("Sign in to go on.")]
    SignedOut,
    #[error("You don't have permission to view this dashboard, or it does not exist.")]
    NotFound,
    /// The event of a new grant could not be stored.
    #[error("Access cannot be recorded at the moment, so it is not given. Try again in a minute.")]
    Unrecorded,
}

impl Denied {
    pub fn status(self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unrecorded => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub fn code(self) -> ProblemCode {
        match self {
            Self::SignedOut => ProblemCode::SignedOut,
            Self::NotFound => ProblemCode::NotFound,
            Self::Unrecorded => ProblemCode::Unavailable,
        }
    }

    /// Its name in the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::NotFound => "not-found",
            Self::Unrecorded => "unrecorded",
        }
    }
}
