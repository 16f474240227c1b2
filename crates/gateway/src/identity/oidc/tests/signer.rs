//! Real signatures for the tests, made by another implementation than the one that verifies them.
//! The keys beside this file sign nothing but tests.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use openidconnect::{PrivateSigningKey, core::CoreRsaPrivateSigningKey};
use serde_json::{Value, json};

pub const EC_X: &str = "MfGEuukIG0XJiTvs65uGmrqL-aHS8FdLBgNVUIu74Cc";
pub const EC_Y: &str = "LDD4xKzz-Vx2ByCAzNVVQ14LKhxFTT2oFYYrnZKE3xk";

/// A private key with its public half.
pub struct Signer {
    key: EncodingKey,
    jwk: Value,
}

impl Signer {
    pub fn rsa_one() -> Self {
        Self::rsa(include_str!("keys/rsa-one.pem"))
    }

    pub fn rsa_two() -> Self {
        Self::rsa(include_str!("keys/rsa-two.pem"))
    }

    fn rsa(pem: &str) -> Self {
        let public = CoreRsaPrivateSigningKey::from_pem(pem, None).expect("a key").as_verification_key();
        let jwk = serde_json::to_value(public).expect("a JWK");
        Self { key: EncodingKey::from_rsa_der(&der(pem)), jwk }
    }

    pub fn ec() -> Self {
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": EC_X, "y": EC_Y });
        Self { key: EncodingKey::from_ec_der(&der(include_str!("keys/ec.pem"))), jwk }
    }

    /// A shared secret: here to be refused.
    pub fn secret(secret: &[u8]) -> Self {
        let jwk = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(secret) });
        Self { key: EncodingKey::from_secret(secret), jwk }
    }

    /// The public key, with a `kid` if one is given.
    pub fn jwk(&self, id: Option<&str>) -> Value {
        let mut jwk = self.jwk.clone();
        if let Some(id) = id {
            jwk["kid"] = id.into();
        }
        jwk
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let name = header["alg"].as_str().expect("an algorithm");
        self.sign_as(name.parse().expect("an algorithm"), header, claims)
    }

    /// Signs with one algorithm, whatever the header says.
    pub fn sign_as(&self, algorithm: Algorithm, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let signature = crypto::sign(message.as_bytes(), &self.key, algorithm).expect("a signature");
        format!("{message}.{signature}")
    }
}

/// Header and payload, without a signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).expect("base64")
}
