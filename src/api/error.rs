//! What can go wrong when the shell asks the gateway. It says what happened; what to do next is decided by
//! whoever asked.

use lanyard_contract::wire::{Problem, ProblemCode};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The gateway refused and said why.
    #[error("{}", .0.message)]
    Problem(Problem),
    /// No answer came, or one of a server in between that got none.
    #[error("No answer came.")]
    Network,
    /// The answer is of a gateway that serves another build of the shell, and this page cannot read it.
    #[error("This page is of another build.")]
    Outdated,
    /// Something answered, but not the way the gateway does.
    #[error("The answer could not be read.")]
    Unreadable,
}

impl ApiError {
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// Finds this refusal in the gateway's log.
    pub fn reference(&self) -> Option<String> {
        match self {
            Self::Problem(problem) => Some(problem.reference.clone()),
            _ => None,
        }
    }
}
