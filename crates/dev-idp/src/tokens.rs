//! What the provider says about people: the ID token, and the same claims at the userinfo endpoint.

use std::{fmt, time::Duration};

use openidconnect::{
    AccessToken, AdditionalClaims, Audience, EndUserEmail, EndUserName, EndUserUsername, IdToken,
    IdTokenClaims, IssuerUrl, JsonWebTokenError, Nonce, StandardClaims, SubjectIdentifier, UserInfoClaims,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    clock::Timestamp,
    key::SigningKey,
    misbehave::Order,
    people::Person,
    store::{Access, Grant},
};

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

/// Signs what a grant stands for.
pub fn id_token(
    (issuer, client): (&IssuerUrl, &str),
    key: &SigningKey,
    (grant, person): (&Grant, &Person),
    (access_token, now): (&str, Timestamp),
    order: &Order,
) -> Result<String, JsonWebTokenError> {
    let time = |time: Timestamp| std::time::SystemTime::from(time).into();
    let claims = IdTokenClaims::new(
        issuer.clone(),
        vec![Audience::new(client.into())],
        time(now.plus(ID_TOKEN)),
        time(now),
        standard(person, &person.sub, &grant.scopes),
        Extra { claims: order.groups(&person.groups) },
    )
    .set_auth_time(Some(time(grant.auth_time)))
    .set_nonce(grant.nonce.clone().map(Nonce::new));
    let token = Token::new(
        order.claims(claims, now),
        &key.private,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        Some(&AccessToken::new(access_token.into())),
        None,
    )?;
    Ok(order.id_token(token.to_string()))
}

/// What an access token may read.
pub fn userinfo(access: &Access, person: &Person, order: &Order) -> UserInfo {
    let sub = order.userinfo_subject(&person.sub);
    UserInfo::new(standard(person, &sub, &access.scopes), Extra { claims: order.groups(&person.groups) })
}

/// The claims that the granted scopes ask for (OpenID Connect Core, section 5.4).
fn standard(person: &Person, sub: &str, scopes: &[String]) -> StandardClaims<CoreGenderClaim> {
    let granted = |scope: &str| scopes.iter().any(|granted| granted == scope);
    let mut claims = StandardClaims::new(SubjectIdentifier::new(sub.into()));
    if granted("profile") {
        claims = claims
            .set_name(Some(EndUserName::new(person.name.clone()).into()))
            .set_preferred_username(Some(EndUserUsername::new(person.username().into())));
    }
    if granted("email") {
        claims =
            claims.set_email(Some(EndUserEmail::new(person.email.clone()))).set_email_verified(Some(true));
    }
    claims
}
