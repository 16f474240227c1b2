//! The provider's answer, as it stands in the address of `/callback`: read strictly, and taken out of the
//! address bar before anything else happens. Redeeming it is the page's work.

use std::fmt;

use leptos::prelude::window;
use openidconnect::url::form_urlencoded;
use wasm_bindgen::JsValue;

/// Where the provider sends people back to.
pub const PATH: &str = "/callback";

/// An answer that belongs to some flow; whether to one of this browser, its state will tell.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    pub state: String,
    /// The issuer, by its own account (RFC 9207).
    pub iss: Option<String>,
    pub outcome: Outcome,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    Code(String),
    /// RFC 6749, section 4.1.2.1. The description is foreign text: show it only as text.
    Refused {
        description: Option<String>,
    },
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
}

/// Why an answer is not even looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    #[error("a parameter came twice")]
    Duplicated,
    #[error("there is no state")]
    NoState,
    #[error("there is not exactly one of code and error")]
    NoOutcome,
}

/// The longest description that is shown, in characters.
const LONGEST_DESCRIPTION: usize = 300;

/// Reads a query without its question mark. RFC 6749, section 3.1: no parameter more than once.
pub fn parse(query: &str) -> Result<Callback, CallbackError> {
    let mut seen: Vec<(String, String)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if seen.iter().any(|(known, _)| *known == name) {
            return Err(CallbackError::Duplicated);
        }
        seen.push((name.into_owned(), value.into_owned()));
    }
    let mut take = |wanted: &str| {
        let at = seen.iter().position(|(name, _)| name == wanted)?;
        Some(seen.swap_remove(at).1).filter(|value| !value.is_empty())
    };
    let state = take("state").ok_or(CallbackError::NoState)?;
    let outcome = match (take("code"), take("error")) {
        (Some(code), None) => Outcome::Code(code),
        (None, Some(_)) => Outcome::Refused {
            description: take("error_description")
                .map(|text| text.chars().take(LONGEST_DESCRIPTION).collect()),
        },
        _ => return Err(CallbackError::NoOutcome),
    };
    Ok(Callback { state, iss: take("iss"), outcome })
}

/// At `/callback`, takes the query out of the address bar and the history, and returns it.
pub fn take_query() -> Option<String> {
    let location = window().location();
    if location.pathname().ok()? != PATH {
        return None;
    }
    let query = location.search().ok()?;
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(PATH));
    }
    Some(query.strip_prefix('?').unwrap_or(&query).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_with_its_state_and_issuer() {
        let callback =
            parse("code=a%2Fb&state=s1&iss=https%3A%2F%2Fid.example&session_state=x").expect("a code");
        assert_eq!(callback.state, "s1");
        assert_eq!(callback.iss.as_deref(), Some("https://id.example"));
        assert!(callback.outcome == Outcome::Code("a/b".into()));
    }

    #[test]
    fn a_refusal_keeps_its_description_short() {
        let query = format!("error=access_denied&error_description={}&state=s", "x".repeat(4_000));
        let Ok(Callback { outcome: Outcome::Refused { description: Some(text) }, .. }) = parse(&query) else {
            panic!("not read as a refusal");
        };
        assert_eq!(text.len(), LONGEST_DESCRIPTION);
    }

    #[test]
    fn a_parameter_that_comes_twice_is_refused_whatever_its_name() {
        for query in [
            "code=a&code=b&state=s",
            "code=a&state=s&state=s",
            "code=a&state=s&x=1&x=2",
            "code=a&st%61te=s&state=s",
        ] {
            assert_eq!(parse(query), Err(CallbackError::Duplicated), "{query}");
        }
    }

    #[test]
    fn half_an_answer_is_none() {
        assert_eq!(parse(""), Err(CallbackError::NoState));
        assert_eq!(parse("code=a"), Err(CallbackError::NoState));
        assert_eq!(parse("code=a&state="), Err(CallbackError::NoState));
        assert_eq!(parse("state=s"), Err(CallbackError::NoOutcome));
        assert_eq!(parse("state=s&code=a&error=b"), Err(CallbackError::NoOutcome));
    }
}
