//! What the provider says about people: the ID token, and the same claims at the userinfo endpoint.

use openidconnect::{
    AccessToken, Audience, EndUserEmail, EndUserName, EndUserUsername, IdTokenClaims, IssuerUrl,
    JsonWebTokenError, Nonce, StandardClaims, SubjectIdentifier,
    core::{CoreGenderClaim, CoreJwsSigningAlgorithm},
};

use crate::{
    claims::{Extra, ID_TOKEN, Token, UserInfo},
    clock::Timestamp,
    key::SigningKey,
    misbehave::Order,
    people::Person,
    store::{Access, Grant},
};

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
