//! The provider's claims as types: what the standard names, and groups beside it.

use std::{fmt, time::Duration};

use openidconnect::{
    AdditionalClaims, IdToken, IdTokenClaims, UserInfoClaims,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long an ID token is valid.
pub const ID_TOKEN: Duration = Duration::from_secs(300);

/// Claims that the standard does not name: groups.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Extra {
    #[serde(flatten)]
    pub claims: Map<String, Value>,
}

impl AdditionalClaims for Extra {}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.claims.keys()).finish()
    }
}

pub type Claims = IdTokenClaims<Extra, CoreGenderClaim>;
pub type Token = IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub type UserInfo = UserInfoClaims<Extra, CoreGenderClaim>;
