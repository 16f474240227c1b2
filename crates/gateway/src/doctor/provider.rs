//! Whether the identity provider can be discovered as the gateway does it, and can do what a sign-in needs.

use std::future::ready;

use futures_util::future::BoxFuture;

use super::{Finding, Setup, Severity};
use crate::identity::oidc::{DiscoveryError, inspection::Says};

const ABOUT: &str = "identity";

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let Some(asked) = &setup.provider else {
        let message =
            "a proxy in front signs people in; what it says of them is looked at by signing in through it";
        return Box::pin(ready(vec![Finding::new(ABOUT, Severity::Note, message)]));
    };
    let found = match &asked.inspected {
        Err(error) => vec![Finding::new(ABOUT, Severity::Error, format!("{error}; {}", remedy(error)))],
        Ok(inspected) => {
            let issuer = &asked.identity.issuer;
            let mut found =
                vec![Finding::new(ABOUT, Severity::Fine, format!("{issuer} describes itself as such"))];
            found.extend(shortcomings(&inspected.says));
            found
        }
    };
    Box::pin(ready(found))
}

pub(super) fn remedy(error: &DiscoveryError) -> String {
    use DiscoveryError as E;
    match error {
        E::Document(_) | E::Keys(_) => {
            "see that this machine reaches it, and trusts whoever signed its certificate".into()
        }
        E::DocumentStatus(_) => {
            "'issuer' is what stands before '/.well-known/openid-configuration' in the provider's address"
                .into()
        }
        E::Nonsense(_) | E::KeysStatus(_) | E::NotKeys(_) => {
            "see whether 'issuer' is the provider's own address, and what stands between it and this machine"
                .into()
        }
        E::Issuer(named) => format!("write issuer = {named:?} if that is the one"),
        E::Address(_) => "let the provider call itself by https, behind whatever ends TLS for it".into(),
        E::ClientAuthentication => {
            "let the provider take one of them: the gateway shows its secret in no other way".into()
        }
    }
}

fn shortcomings(says: &Says) -> Vec<Finding> {
    let names = |list: &Option<Vec<String>>, name: &str| {
        list.as_ref().map(|list| list.iter().any(|offered| offered == name))
    };
    let mut found = Vec::new();
    if names(&says.challenges, "S256") != Some(true) {
        let message = "does not announce PKCE with S256 (code_challenge_methods_supported): it is sent all the \
                       same, and protects only if the provider looks at it; require it for this client there";
        found.push(Finding::new(ABOUT, Severity::Warning, message));
    }
    if names(&says.response_types, "code") == Some(false) {
        let message = "does not offer the response type 'code'; allow the authorization-code flow there";
        found.push(Finding::new(ABOUT, Severity::Error, message));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sign_in_needs_is_missed_and_nothing_else() {
        let says = |challenges: Option<&[&str]>, types: Option<&[&str]>| {
            let list = |words: Option<&[&str]>| words.map(|w| w.iter().map(|w| (*w).to_owned()).collect());
            let says = Says { algorithms: None, challenges: list(challenges), response_types: list(types) };
            shortcomings(&says).into_iter().map(|finding| finding.severity).collect::<Vec<_>>()
        };
        assert!(says(Some(&["plain", "S256"]), Some(&["code", "token"])).is_empty());
        assert_eq!(says(None, None), [Severity::Warning]);
        assert_eq!(says(Some(&["plain"]), Some(&["id_token"])), [Severity::Warning, Severity::Error]);
    }
}
