//! Groups that grant no role, and what was probably meant: groups are compared byte for byte, which nobody sees in a
//! list of names.

use std::fmt;

use crate::config::{Rules, nearest::nearest, quoted};

/// A group that no role names.
#[derive(Debug, PartialEq, Eq)]
pub struct Stray {
    pub group: String,
    pub meant: Option<Meant>,
}

/// The group that a role does name, and why this is not it.
#[derive(Debug, PartialEq, Eq)]
pub enum Meant {
    /// It is, without the slash that the provider puts before it.
    Slash(String),
    /// It is, with the slash that `strip_slash` has taken off.
    Stripped(String),
    Spelling(String),
}

pub(super) fn among(groups: &[String], rules: &Rules) -> Vec<Stray> {
    let known: Vec<&str> = rules.roles.iter().flat_map(|(_, groups)| groups).map(String::as_str).collect();
    let strays = groups.iter().filter(|group| !known.contains(&group.as_str()));
    strays
        .map(|group| Stray { group: group.clone(), meant: meant(group, &known, rules.strip_slash) })
        .collect()
}

fn meant(group: &str, known: &[&str], strip_slash: bool) -> Option<Meant> {
    let (with, without) = (format!("/{group}"), group.strip_prefix('/'));
    if let Some(without) = without.filter(|without| !strip_slash && known.contains(without)) {
        return Some(Meant::Slash(without.to_owned()));
    }
    if strip_slash && known.contains(&with.as_str()) {
        return Some(Meant::Stripped(with));
    }
    nearest(group, known.iter().copied()).map(|near| Meant::Spelling(near.to_owned()))
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.meant {
            None => write!(f, "no role names it"),
            Some(Meant::Spelling(near)) => {
                write!(
                    f,
                    "no role names it; did you mean {}? Groups are compared byte for byte",
                    quoted(near)
                )
            }
            Some(Meant::Slash(without)) => write!(
                f,
                "no role names it, but one names {}: 'strip_slash = true' in [identity] takes the '/' off",
                quoted(without)
            ),
            Some(Meant::Stripped(with)) => write!(
                f,
                "no role names it, but one names {}: 'strip_slash' has taken the '/' off; take it off in [roles] too",
                quoted(with)
            ),
        }
    }
}
