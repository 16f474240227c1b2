//! The names that a configuration gives: of dashboards and of roles.
//! They are checked once, where they enter, and are plain strings to everybody else.

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest DNS label (RFC 1035, section 2.3.4).
const LONGEST: usize = 63;

/// Why a name cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("is empty")]
    Empty,
    #[error("is longer than {LONGEST} characters")]
    TooLong,
    #[error("may hold only a-z, 0-9 and '-', and neither begins nor ends with '-'")]
    Characters,
}

fn label(name: &str) -> Result<(), IdError> {
    if name.is_empty() {
        return Err(IdError::Empty);
    }
    if name.len() > LONGEST {
        return Err(IdError::TooLong);
    }
    let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !letters || name.starts_with('-') || name.ends_with('-') {
        return Err(IdError::Characters);
    }
    Ok(())
}

macro_rules! id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(name: &str) -> Result<Self, IdError> {
                label(name).map(|()| Self(name.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(name: String) -> Result<Self, IdError> {
                name.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A dashboard's id: one DNS label in lower case, because it becomes a host name.
    DashboardId
}

id! {
    /// A role's id, of the same letters as a dashboard's.
    RoleId
}

impl RoleId {
    /// The built-in role that every signed-in person has.
    pub fn signed_in() -> Self {
        Self("signed-in".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dns_label_in_lower_case_and_nothing_else() {
        for good in ["a", "data-science", "q3", "0", "x--y"] {
            assert!(good.parse::<DashboardId>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a.b", "a_b", "ä", "a b", "a/b", &"x".repeat(64)] {
            assert!(bad.parse::<DashboardId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn json_is_checked_like_everything_else() {
        assert!(serde_json::from_str::<DashboardId>("\"fin ance\"").is_err());
        assert_eq!(
            serde_json::to_string(&"finance".parse::<RoleId>().ok()).ok().as_deref(),
            Some("\"finance\"")
        );
    }
}
