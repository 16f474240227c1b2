//! What a relying party makes of an ID token, with openidconnect's client side and the published key.

use lanyard_dev_idp::claims::{Claims, Token};
use openidconnect::{
    AccessToken, AccessTokenHash, ClientId, ClientSecret, IssuerUrl, Nonce,
    core::{CoreIdTokenVerifier, CoreJsonWebKeySet},
};

use crate::wire::{SECRET, Site};

/// The verified claims, or why there are none.
pub async fn judge(site: &Site, tokens: &serde_json::Value, nonce: &str) -> Result<Claims, String> {
    let keys: CoreJsonWebKeySet = serde_json::from_value(site.get("/jwks").await.json()).expect("keys");
    let verifier = CoreIdTokenVerifier::new_confidential_client(
        ClientId::new("lanyard".into()),
        ClientSecret::new(SECRET.into()),
        IssuerUrl::new(site.issuer()).expect("a URL"),
        keys,
    );
    let token: Token = tokens["id_token"].as_str().expect("an ID token").parse().expect("a JWT");
    let claims = token.claims(&verifier, &Nonce::new(nonce.into())).map_err(|error| error.to_string())?;
    let access = AccessToken::new(tokens["access_token"].as_str().expect("an access token").into());
    let hash = AccessTokenHash::from_token(
        &access,
        token.signing_alg().expect("an algorithm"),
        token.signing_key(&verifier).expect("a key"),
    );
    assert_eq!(claims.access_token_hash(), Some(&hash.expect("a hash")));
    Ok(claims.clone())
}
