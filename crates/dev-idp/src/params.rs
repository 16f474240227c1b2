//! The parameters of a query or form, each at most once (RFC 6749, section 3.1).

use std::{collections::BTreeMap, fmt};

use url::form_urlencoded;

/// A parameter stood there twice, which two readers could understand differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a parameter is there more than once")]
pub struct Duplicated;

/// Names and decoded values. The values may hold secrets, so only the names are printed.
pub struct Params(BTreeMap<String, String>);

impl Params {
    pub fn parse(encoded: &str) -> Result<Self, Duplicated> {
        let mut params = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded.as_bytes()) {
            if params.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Duplicated);
            }
        }
        Ok(Self(params))
    }

    /// An empty value counts as left out.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
