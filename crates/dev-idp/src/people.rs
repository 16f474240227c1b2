//! Who can sign in: the demo's five people, or those of a file. Nobody has a password here.

use std::{collections::BTreeSet, path::Path};

use serde::Deserialize;

/// Somebody whom the provider knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The subject: never changes, unlike the rest.
    pub sub: String,
    pub name: String,
    pub email: String,
    #[serde(default)]
    pub groups: Vec<String>,
}

impl Person {
    fn new(sub: &str, name: &str, email: &str, groups: &[&str]) -> Self {
        let groups = groups.iter().map(|group| (*group).into()).collect();
        Self { sub: sub.into(), name: name.into(), email: email.into(), groups }
    }

    /// What comes before the `@`.
    pub fn username(&self) -> &str {
        self.email.split('@').next().unwrap_or_default()
    }
}

/// Why a file of people cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("cannot read the people: {0}")]
    Read(#[from] std::io::Error),
    #[error("the people are not as they should be: {0}")]
    Form(#[from] toml::de::Error),
    #[error("the file names nobody; it needs at least one [[people]]")]
    Nobody,
    #[error("two people have the sub '{0}'")]
    Twice(String),
}

/// The people of the demo.
pub fn demo() -> Vec<Person> {
    vec![
        Person::new("a", "Ada Albrecht", "ada@harbour.example", &["Manager"]),
        Person::new("b", "Ben Brandt", "ben@harbour.example", &["Data Science Team"]),
        Person::new("c", "Carla Costa", "carla@harbour.example", &["Finance Team"]),
        Person::new("d", "Dov Demir", "dov@harbour.example", &[]),
        Person::new(
            "e",
            "Elif Eriksen",
            "elif@harbour.example",
            &["Data Science Team", "Finance Team", "Finance Leads"],
        ),
    ]
}

/// Reads `[[people]]` tables with `sub`, `name`, `email` and `groups`.
pub fn from_file(path: &Path) -> Result<Vec<Person>, PeopleError> {
    parse(&std::fs::read_to_string(path)?)
}

fn parse(text: &str) -> Result<Vec<Person>, PeopleError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        people: Vec<Person>,
    }
    let people = toml::from_str::<File>(text)?.people;
    let mut seen = BTreeSet::new();
    if let Some(twice) = people.iter().find(|person| !seen.insert(&person.sub)) {
        return Err(PeopleError::Twice(twice.sub.clone()));
    }
    if people.is_empty() { Err(PeopleError::Nobody) } else { Ok(people) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_people_once_each() {
        let one = "[[people]]\nsub = 'x'\nname = 'Xenia'\nemail = 'x@y.example'\n";
        assert_eq!(parse(one).expect("one person")[0].groups, Vec::<String>::new());
        assert!(matches!(parse(&one.repeat(2)), Err(PeopleError::Twice(sub)) if sub == "x"));
        assert!(matches!(parse(""), Err(PeopleError::Nobody)));
        assert!(matches!(parse("[[people]]\nsub = 'x'\nrole = 'y'"), Err(PeopleError::Form(_))));
    }
}
