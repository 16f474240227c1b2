//! The groups a person is in, by JSON Pointers (RFC 6901) into the ID token, then into userinfo.
//! Absent, empty, over the provider's limit and malformed are four different things; only the first two
//! let anybody sign in.

use std::collections::HashSet;

use serde_json::Value;

/// Of one person.
pub(super) const MOST: usize = 10_000;
/// Of one name, in bytes.
pub(super) const LONGEST: usize = 1024;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    /// No source has any of the claims.
    Absent,
    /// Without repetitions, in the order in which they were found. May be empty.
    Present(Vec<String>),
}

impl Groups {
    pub fn into_names(self) -> Vec<String> {
        match self {
            Self::Absent => Vec::new(),
            Self::Present(names) => names,
        }
    }
}

/// Why nobody can say which groups somebody is in. Never to be taken for "none".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupsError {
    #[error("the provider left them out because there are too many (_claim_names or hasgroups)")]
    OverProviderLimit,
    #[error("the claim at {pointer:?} {why}")]
    Malformed { pointer: String, why: Malformation },
}

/// What is wrong with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformation {
    #[error("is neither an array of strings nor a string")]
    Type,
    #[error("has a member that is not a string")]
    Member,
    #[error("has a name with a control character")]
    ControlCharacter,
    #[error("has a name of more than 1 KB")]
    LongName,
    #[error("brings the person to more than 10 000 groups")]
    TooMany,
    #[error("is announced by a _claim_names that is no object")]
    ClaimNames,
}

/// Reads the groups. For each pointer the ID token's value counts, else userinfo's; what the pointers find
/// is united. `strip_slash` takes one leading `/` off each name.
pub fn read(
    pointers: &[String],
    strip_slash: bool,
    id_token: &Value,
    userinfo: Option<&Value>,
) -> Result<Groups, GroupsError> {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    let mut present = false;
    for pointer in pointers {
        let Some(value) = first(pointer, id_token, userinfo)? else { continue };
        present = true;
        let malformed = |why| GroupsError::Malformed { pointer: pointer.clone(), why };
        let members = match value {
            Value::Array(members) => members.as_slice(),
            Value::String(_) => std::slice::from_ref(value),
            _ => return Err(malformed(Malformation::Type)),
        };
        for member in members {
            let name = name(member, strip_slash).map_err(malformed)?;
            // An empty name names no group: what some providers send for "none".
            if !name.is_empty() && seen.insert(name) {
                names.push(name.to_owned());
            }
            if names.len() > MOST {
                return Err(malformed(Malformation::TooMany));
            }
        }
    }
    Ok(if present { Groups::Present(names) } else { Groups::Absent })
}

/// The value at `pointer` in the first source that has one. `null` is none.
fn first<'a>(
    pointer: &str,
    id_token: &'a Value,
    userinfo: Option<&'a Value>,
) -> Result<Option<&'a Value>, GroupsError> {
    for source in [Some(id_token), userinfo].into_iter().flatten() {
        over_limit(pointer, source)?;
        if let Some(value) = source.pointer(pointer).filter(|value| !value.is_null()) {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Whether a source says that it has left out the claim that the pointer begins with: by a distributed or
/// aggregated claim (OpenID Connect Core, section 5.6.2), which Entra sends above its limit, or by Entra's
/// `hasgroups`, which is about the claim `groups`.
fn over_limit(pointer: &str, source: &Value) -> Result<(), GroupsError> {
    let claim = pointer.strip_prefix('/').unwrap_or(pointer).split('/').next().unwrap_or_default();
    let claim = claim.replace("~1", "/").replace("~0", "~");
    let said = |member: &str| source.get(member).filter(|value| !value.is_null());
    let elsewhere = match said("_claim_names") {
        None => false,
        Some(Value::Object(names)) => names.contains_key(&claim),
        Some(_) => {
            let why = Malformation::ClaimNames;
            return Err(GroupsError::Malformed { pointer: pointer.to_owned(), why });
        }
    };
    let has_groups = said("hasgroups").is_some_and(|value| *value != Value::Bool(false) && value != "false");
    if elsewhere || (claim == "groups" && has_groups) {
        return Err(GroupsError::OverProviderLimit);
    }
    Ok(())
}

fn name(member: &Value, strip_slash: bool) -> Result<&str, Malformation> {
    let name = member.as_str().ok_or(Malformation::Member)?;
    if name.len() > LONGEST {
        return Err(Malformation::LongName);
    }
    if name.chars().any(char::is_control) {
        return Err(Malformation::ControlCharacter);
    }
    Ok(if strip_slash { name.strip_prefix('/').unwrap_or(name) } else { name })
}

#[cfg(any(test, feature = "fuzzing"))]
#[path = "groups_properties.rs"]
pub mod properties;

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
