//! Everything that can go wrong with a sign-in at the provider: a sentence for the log, a code for the
//! shell and a sentence for the person. None of them holds a token, a code or a secret.

use lanyard_contract::wire::ProblemCode;

use super::{
    backchannel::BackchannelError, exchange::ExchangeError, judge::TokenError, push::PushError,
    userinfo::UserinfoError,
};
use crate::identity::groups::{GroupsError, Malformation};

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("the provider has not been discovered yet")]
    NotDiscovered,
    #[error("the callback carries no 'iss' although the provider announces it (RFC 9207)")]
    IssMissing,
    #[error("the callback's 'iss' names another issuer (RFC 9207)")]
    IssWrong,
    #[error("the request was not pushed: {0}")]
    Push(#[from] PushError),
    #[error("the code was not redeemed: {0}")]
    Exchange(#[from] ExchangeError),
    #[error("the ID token was refused: {0}")]
    Token(#[from] TokenError),
    #[error("userinfo was refused: {0}")]
    Userinfo(#[from] UserinfoError),
    #[error("the groups cannot be read: {0}")]
    Groups(#[from] GroupsError),
}

impl SignInError {
    pub fn problem_code(&self) -> ProblemCode {
        match self {
            Self::Groups(_) => ProblemCode::GroupsUnreadable,
            _ if self.is_outage() => ProblemCode::ProviderUnreachable,
            _ => ProblemCode::SignInRefused,
        }
    }

    /// Its name in the metrics: a provider that is away, or whose groups cannot be read, refuses nobody.
    pub fn name(&self) -> &'static str {
        match self.problem_code() {
            ProblemCode::GroupsUnreadable => "groups-unreadable",
            ProblemCode::ProviderUnreachable => "provider-unreachable",
            _ => "sign-in-refused",
        }
    }

    /// For the page that the person sees.
    pub fn person_sentence(&self) -> &'static str {
        match (self, self.problem_code()) {
            (Self::Groups(GroupsError::OverProviderLimit), _) => {
                "You are in more groups than your sign-in service can tell us, so what you may see is not known."
            }
            (Self::Groups(GroupsError::Malformed { why: Malformation::TooMany, .. }), _) => {
                "You are in more groups than are read here, so what you may see is not known."
            }
            (_, ProblemCode::GroupsUnreadable) => {
                "Your sign-in service did not say which groups you are in, so what you may see is not known."
            }
            (Self::Exchange(ExchangeError::Backchannel(BackchannelError::TooLarge)), _)
            | (Self::Userinfo(UserinfoError::Backchannel(BackchannelError::TooLarge)), _) => {
                "Your sign-in service sent more than is read here. Please tell whoever runs this portal."
            }
            (_, ProblemCode::ProviderUnreachable) => {
                "Your sign-in service does not answer at the moment. Please try again in a minute."
            }
            _ => "Your sign-in could not be confirmed. Please sign in again.",
        }
    }

    /// Whether the provider is away, not wrong.
    fn is_outage(&self) -> bool {
        match self {
            Self::NotDiscovered
            | Self::Exchange(ExchangeError::Outage(_))
            | Self::Push(PushError::Outage(_)) => true,
            Self::Exchange(ExchangeError::Backchannel(error))
            | Self::Push(PushError::Backchannel(error))
            | Self::Userinfo(UserinfoError::Backchannel(error)) => BackchannelError::is_outage(error),
            Self::Userinfo(UserinfoError::Status(status)) => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}
