//! Verifies the assertion: the signed statement in `X-Lanyard-Assertion` of who is looking.
//! The plain `X-Forwarded-*` headers are not asked: only a signature tells the portal from a neighbour.

use std::{fmt, time::Duration};

use axum::http::HeaderMap;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use crate::{
    clock::Timestamp,
    keys::{KeyError, Keys},
    portal::Portal,
};

const HEADER: &str = "x-lanyard-assertion";
const TYPE: &str = "lanyard-assertion+jwt";
/// Assertions are at most 4 KB; longer ones are not worth a look.
const LONGEST: usize = 4 * 1024;
/// For clocks that differ a little.
const LEEWAY: Duration = Duration::from_secs(10);

/// Why nobody is known to be looking.
#[derive(Debug, thiserror::Error)]
pub enum AssertionError {
    #[error("there is no assertion")]
    Missing,
    #[error("there is more than one assertion")]
    Several,
    #[error("the assertion is not a JWT of at most {LONGEST} bytes")]
    Form,
    #[error("the JWT is not a '{TYPE}' signed with EdDSA under a named key")]
    Type,
    #[error("the assertion is not valid here: {0}")]
    Invalid(#[from] jsonwebtoken::errors::Error),
    #[error("the assertion is over, or not valid yet")]
    Time,
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Who is looking, as the portal signed it.
#[derive(Clone, Deserialize)]
pub struct Viewer {
    pub sub: String,
    name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    pub groups: Vec<String>,
    iat: u64,
    exp: u64,
    /// Present in every assertion; nothing here is opened with it.
    #[serde(rename = "jti")]
    _id: String,
}

impl Viewer {
    /// What to call them.
    pub fn display_name(&self) -> &str {
        [&self.name, &self.email].into_iter().flatten().find(|name| !name.is_empty()).unwrap_or(&self.sub)
    }
}

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Viewer").field("sub", &self.sub).finish_non_exhaustive()
    }
}

/// What an assertion must say to be meant for this app.
pub struct Verifier {
    keys: Keys,
    rules: Validation,
}

impl Verifier {
    /// `audience` is the dashboard's own origin, as browsers see it.
    pub fn new(portal: Portal, audience: &str) -> Self {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[portal.origin()]);
        rules.set_audience(&[audience]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Judged below instead, against the time that is handed in.
        rules.validate_exp = false;
        Self { keys: Keys::new(portal), rules }
    }

    pub async fn verify(&self, headers: &HeaderMap, now: Timestamp) -> Result<Viewer, AssertionError> {
        let mut values = headers.get_all(HEADER).iter();
        let token = match (values.next(), values.next()) {
            (None, _) => return Err(AssertionError::Missing),
            (Some(token), None) => token.to_str().map_err(|_| AssertionError::Form)?,
            (Some(_), Some(_)) => return Err(AssertionError::Several),
        };
        if token.len() > LONGEST {
            return Err(AssertionError::Form);
        }
        let header = decode_header(token).map_err(|_| AssertionError::Form)?;
        let kid = match (header.alg, header.typ.as_deref(), header.kid) {
            (Algorithm::EdDSA, Some(TYPE), Some(kid)) => kid,
            _ => return Err(AssertionError::Type),
        };
        let key = self.keys.find(&kid, now).await?;
        let viewer = decode::<Viewer>(token, &key, &self.rules)?.claims;
        let (now, leeway) = (now.as_secs(), LEEWAY.as_secs());
        if viewer.exp.saturating_add(leeway) <= now || viewer.iat > now + leeway {
            return Err(AssertionError::Time);
        }
        Ok(viewer)
    }
}
