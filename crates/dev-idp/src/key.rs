//! The RSA key that signs ID tokens: made at the start, or kept in a file so that tokens outlive a restart.

use std::{fs, io, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreJsonWebKeySet, CoreRsaPrivateSigningKey},
};
use rsa::{
    RsaPrivateKey,
    pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _, LineEnding},
    traits::PublicKeyParts as _,
};
use sha2::{Digest as _, Sha256};

use crate::random;

const BITS: usize = 2048;

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("cannot make a key: {0}")]
    Make(rsa::Error),
    #[error("the key file is not a PKCS#1 PEM of an RSA key: {0}")]
    Form(rsa::pkcs1::Error),
    #[error("cannot use the key file: {0}")]
    File(#[from] io::Error),
    #[error("the key was refused: {0}")]
    Refused(String),
}

/// The signing key and its public half.
pub struct SigningKey {
    pub private: CoreRsaPrivateSigningKey,
    pub public: CoreJsonWebKeySet,
}

impl SigningKey {
    /// A key of this process alone.
    pub fn generate() -> Result<Self, KeyError> {
        Self::of(&make()?)
    }

    /// The key in the file, which is made if there is none.
    pub fn kept_in(path: &Path) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(pem) => Self::of(&RsaPrivateKey::from_pkcs1_pem(&pem).map_err(KeyError::Form)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = make()?;
                write_private(path, key.to_pkcs1_pem(LineEnding::LF).map_err(KeyError::Form)?.as_bytes())?;
                Self::of(&key)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn of(key: &RsaPrivateKey) -> Result<Self, KeyError> {
        let pem = key.to_pkcs1_pem(LineEnding::LF).map_err(KeyError::Form)?;
        let private =
            CoreRsaPrivateSigningKey::from_pem(&pem, Some(thumbprint(key))).map_err(KeyError::Refused)?;
        let public = CoreJsonWebKeySet::new(vec![private.as_verification_key()]);
        Ok(Self { private, public })
    }
}

fn make() -> Result<RsaPrivateKey, KeyError> {
    RsaPrivateKey::new(&mut random::generator(), BITS).map_err(KeyError::Make)
}

/// RFC 7638: the name follows from the key, so that two keys never share one.
fn thumbprint(key: &RsaPrivateKey) -> JsonWebKeyId {
    let number = |value: &rsa::BigUint| URL_SAFE_NO_PAD.encode(value.to_bytes_be());
    let canonical = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, number(key.e()), number(key.n()));
    JsonWebKeyId::new(URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))
}

fn write_private(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_key_is_the_same_after_a_restart_and_readable_to_nobody_else() {
        let path = std::env::temp_dir().join(format!("lanyard-dev-idp-{}.pem", std::process::id()));
        let first = SigningKey::kept_in(&path).expect("a key");
        let second = SigningKey::kept_in(&path).expect("the key");
        assert_eq!(first.public, second.public);
        #[cfg(unix)]
        {
            let metadata = fs::metadata(&path).expect("the file");
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600);
        }
        fs::write(&path, "no key").expect("written");
        assert!(matches!(SigningKey::kept_in(&path), Err(KeyError::Form(_))));
        fs::remove_file(&path).expect("removed");
    }
}
