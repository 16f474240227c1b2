//! The Ed25519 keys that sign assertions: read from the configuration, or made once and kept on disk.
//! The first key signs, all are published, so that a key can be replaced without a gap.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{
    Signer as _, SigningKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, spki::der::pem::LineEnding},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    config::Config,
    random::{self, NoRandomness},
};

const FILE: &str = "signing-key.pem";
const END: &str = "-----END PRIVATE KEY-----";

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("[portal] signing_key holds no PKCS#8 PEM of an Ed25519 key, or something else besides")]
    Configured,
    #[error("{} holds no PKCS#8 PEM of an Ed25519 key; move it away and a new one is made", .0.display())]
    Stored(PathBuf),
    #[error("{} can be read by others; run: chmod 600 {}", .0.display(), .0.display())]
    Exposed(PathBuf),
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

struct Key {
    id: String,
    secret: SigningKey,
}

/// At least one key. Never printed.
pub struct Keys {
    first: Key,
    rest: Vec<Key>,
}

impl Keys {
    /// The configured keys, or the kept one, or a new one that is kept in `[server] state`.
    pub fn load(config: &Config) -> Result<Self, KeyError> {
        match &config.portal.signing_key {
            Some(pem) => Self::from_pem(pem.reveal()).ok_or(KeyError::Configured),
            None => Self::kept(&config.server.state),
        }
    }

    /// One or more PKCS#8 blocks (RFC 5958, RFC 8410), and nothing but white space between them.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let mut keys = pem.split_inclusive(END).filter(|block| !block.trim().is_empty()).map(|block| {
            let secret = SigningKey::from_pkcs8_pem(block.trim()).ok()?;
            Some(Key { id: thumbprint(&secret), secret })
        });
        let first = keys.next()??;
        let rest = keys.collect::<Option<_>>()?;
        Some(Self { first, rest })
    }

    fn kept(folder: &Path) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        let failed = |error| KeyError::Io(path.clone(), error);
        let pem = match fs::read_to_string(&path) {
            Ok(pem) => {
                let mode = fs::metadata(&path).map_err(failed)?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(KeyError::Exposed(path));
                }
                pem
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = SigningKey::from_bytes(&random::bytes()?);
                let pem = secret.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Stored(path.clone()))?;
                store(folder, &path, pem.as_bytes())?;
                pem.as_str().to_owned()
            }
            Err(error) => return Err(failed(error)),
        };
        Self::from_pem(&pem).ok_or(KeyError::Stored(path))
    }

    /// SHA-256 over a signature of a purpose and a digest: nobody without the key can make it. What is signed
    /// can never be a JWT's signing input, which begins with `ey` (RFC 7515, section 5.1).
    pub fn seal(&self, purpose: &str, digest: &[u8; 32]) -> [u8; 32] {
        let message = [b"lanyard seal ", purpose.as_bytes(), b"\0", digest].concat();
        Sha256::digest(self.first.secret.sign(&message).to_bytes()).into()
    }

    /// For `/.well-known/jwks.json` (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = std::iter::once(&self.first).chain(&self.rest).map(published).collect();
        json!({ "keys": keys })
    }

    /// A compact JWS (RFC 7515, section 7.1) over these claims.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "kid": self.first.id, "typ": "lanyard-assertion+jwt" });
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature = self.first.secret.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
        token
    }
}

/// Writes the whole file or none of it, readable by nobody else at any moment.
fn store(folder: &Path, path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let failed = |error| KeyError::Io(path.to_owned(), error);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    let draft = folder.join(format!("{FILE}.{}", random::reference()?));
    let written =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&draft, path)?;
            fs::File::open(folder)?.sync_all()
        });
    written.map_err(|error| {
        let _ = fs::remove_file(&draft);
        failed(error)
    })
}

fn public(secret: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(secret.verifying_key().as_bytes())
}

/// RFC 7638 over the members that RFC 8037, section 2 requires, in lexicographic order.
fn thumbprint(secret: &SigningKey) -> String {
    let required = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, public(secret));
    URL_SAFE_NO_PAD.encode(Sha256::digest(required))
}

fn published(key: &Key) -> Value {
    let x = public(&key.secret);
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.id, "x": x })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> PathBuf {
        std::env::temp_dir().join(format!("lanyard-{}", random::reference().expect("randomness")))
    }

    fn pem() -> String {
        let secret = SigningKey::from_bytes(&random::bytes().expect("randomness"));
        secret.to_pkcs8_pem(LineEnding::LF).expect("PEM").to_string()
    }

    fn kids(keys: &Keys) -> Vec<String> {
        let jwks = keys.jwks();
        let keys = jwks["keys"].as_array().expect("an array");
        keys.iter().map(|key| key["kid"].as_str().expect("text").to_owned()).collect()
    }

    #[test]
    fn a_key_is_made_once_and_kept_to_ourselves() {
        let folder = folder().join("state");
        let first = Keys::kept(&folder).expect("a new key");
        let again = Keys::kept(&folder).expect("the same key");
        assert_eq!(kids(&first), kids(&again));
        let path = folder.join(FILE);
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "no draft is left behind");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("chmod");
        assert!(matches!(Keys::kept(&folder), Err(KeyError::Exposed(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
        fs::write(&path, "nonsense").expect("writing");
        assert!(matches!(Keys::kept(&folder), Err(KeyError::Stored(_))));
        fs::remove_dir_all(folder.parent().expect("a parent")).expect("cleaning up");
    }

    #[test]
    fn all_keys_are_published_and_the_first_signs() {
        let (old, new) = (pem(), pem());
        let keys = Keys::from_pem(&format!("\n{new}\n{old}\n")).expect("two keys");
        let kids = kids(&keys);
        assert_eq!(kids.len(), 2);
        let token = keys.sign(&json!({}));
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
        let header: Value = serde_json::from_slice(&header).expect("JSON");
        assert_eq!(header["kid"].as_str(), Some(kids[0].as_str()));
    }

    #[test]
    fn anything_but_keys_is_refused() {
        let good = pem();
        for text in ["", " \n", "nonsense", &format!("{good}nonsense"), &good.replace("PRIVATE", "PUBLIC")] {
            assert!(Keys::from_pem(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_is_named_as_rfc_8037_shows() {
        // RFC 8037, appendix A.1 to A.3.
        let d = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").expect("base64url");
        let secret = SigningKey::from_bytes(&d.try_into().expect("32 bytes"));
        assert_eq!(thumbprint(&secret), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
