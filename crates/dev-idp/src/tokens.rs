//! What the provider says about people: the ID token, and the same claims at the userinfo endpoint.

use openidconnect::{
    AccessToken, Audience, EndUserEmail, EndUserName, EndUserUsername, IdTokenClaims, IssuerUrl,
    JsonWebTokenError, Nonce, StandardClaims, SubjectIdentifier,
    core::{CoreGenderClaim, CoreJwsSigningAlgorithm},
};
use serde_json::Map;

use crate::{
    claims::{Extra, ID_TOKEN, Token, UserInfo},
    clock::Timestamp,
    key::SigningKey,
    people::Person,
    store::{Access, Grant},
};

/// Signs what a grant stands for.
pub fn id_token(
    (issuer, client): (&IssuerUrl, &str),
    key: &SigningKey,
    (grant, person): (&Grant, &Person),
    (access_token, now): (&str, Timestamp),
) -> Result<String, JsonWebTokenError> {
    let time = |time: Timestamp| std::time::SystemTime::from(time).into();
    let claims = IdTokenClaims::new(
        issuer.clone(),
        vec![Audience::new(client.into())],
        time(now.plus(ID_TOKEN)),
        time(now),
        standard(person, &grant.scopes),
        groups(person),
    )
    .set_auth_time(Some(time(grant.auth_time)))
    .set_nonce(grant.nonce.clone().map(Nonce::new));
    let token = Token::new(
        claims,
        &key.private,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        Some(&AccessToken::new(access_token.into())),
        None,
    )?;
    Ok(token.to_string())
}

/// What an access token may read.
pub fn userinfo(access: &Access, person: &Person) -> UserInfo {
    UserInfo::new(standard(person, &access.scopes), groups(person))
}

fn groups(person: &Person) -> Extra {
    Extra { claims: Map::from_iter([("groups".to_owned(), person.groups.clone().into())]) }
}

/// The claims that the granted scopes ask for (OpenID Connect Core, section 5.4).
fn standard(person: &Person, scopes: &[String]) -> StandardClaims<CoreGenderClaim> {
    let granted = |scope: &str| scopes.iter().any(|granted| granted == scope);
    let mut claims = StandardClaims::new(SubjectIdentifier::new(person.sub.clone()));
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
