//! How a sign-in fails, as one list, and the sentence for each. What to do next is on the page that shows it.

use lanyard_contract::wire::ProblemCode;

use crate::{
    api::ApiError,
    config::Portal,
    ui::words::{self, Words},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    /// Finds it in the gateway's log, when the gateway saw it.
    pub reference: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// Too old, of another browser, or never begun here.
    Expired,
    /// By the provider, or because of what it said. With its own words, if it had any.
    Refused(Option<String>),
    GroupsUnreadable,
    CookieNotKept,
    /// It has no source of random numbers.
    BrowserUnfit,
    ProviderSilent,
    /// The portal itself does not answer.
    PortalSilent,
    /// This page is of another build than the portal.
    Outdated,
}

impl Failure {
    pub fn of(kind: FailureKind) -> Self {
        Self { kind, reference: None }
    }

    pub fn words(&self, portal: Portal) -> Words {
        match &self.kind {
            FailureKind::Expired => words::expired(),
            FailureKind::Refused(description) => words::refused(&portal.provider(), description.as_deref()),
            FailureKind::GroupsUnreadable => words::groups_unreadable(&portal.contact()),
            FailureKind::CookieNotKept => words::cookie_not_kept(),
            FailureKind::BrowserUnfit => words::browser_unfit(),
            FailureKind::ProviderSilent => words::provider_silent(&portal.provider()),
            FailureKind::PortalSilent => words::portal_silent(&portal.title()),
            FailureKind::Outdated => words::outdated(),
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let reference = error.reference();
        let kind = match error {
            ApiError::Problem(problem) => match problem.code {
                ProblemCode::SignInExpired => FailureKind::Expired,
                ProblemCode::GroupsUnreadable => FailureKind::GroupsUnreadable,
                ProblemCode::ProviderUnreachable => FailureKind::ProviderSilent,
                ProblemCode::TooManyRequests | ProblemCode::Unavailable => FailureKind::PortalSilent,
                _ => FailureKind::Refused(Some(problem.message)),
            },
            ApiError::Outdated => FailureKind::Outdated,
            ApiError::Network | ApiError::Unreadable => FailureKind::PortalSilent,
        };
        Self { kind, reference }
    }
}

#[cfg(test)]
mod tests {
    use lanyard_contract::wire::Problem;

    use super::*;

    #[test]
    fn the_code_decides_and_the_reference_stays() {
        let problem =
            |code| ApiError::Problem(Problem { code, message: "m".into(), reference: "r-1".into() });
        for (code, kind) in [
            (ProblemCode::SignInExpired, FailureKind::Expired),
            (ProblemCode::GroupsUnreadable, FailureKind::GroupsUnreadable),
            (ProblemCode::ProviderUnreachable, FailureKind::ProviderSilent),
            (ProblemCode::SignInRefused, FailureKind::Refused(Some("m".into()))),
            (ProblemCode::Unavailable, FailureKind::PortalSilent),
        ] {
            let failure = Failure::from(problem(code));
            assert_eq!((failure.kind, failure.reference.as_deref()), (kind, Some("r-1")));
        }
        assert_eq!(Failure::from(ApiError::Outdated).kind, FailureKind::Outdated);
        assert_eq!(Failure::from(ApiError::Network).kind, FailureKind::PortalSilent);
    }
}
