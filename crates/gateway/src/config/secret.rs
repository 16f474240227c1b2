//! Fetches secrets from where the file says they are: `env:NAME` or `file:PATH`. A secret written into the file
//! is refused, and never repeated in a message.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{Secret, value::Value};

/// No key or password is longer, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What the file may refer to: the folder that it is in, and the environment.
pub struct Around<'a> {
    pub folder: PathBuf,
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

impl Around<'_> {
    /// A path, relative to the configuration file's folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The secret that a value refers to.
    pub fn secret(&self, value: &Value<'_>) -> Option<Secret> {
        let text = value.string()?;
        let secret = if let Some(name) = text.strip_prefix("env:") {
            match (self.env)(name) {
                Some(secret) => secret,
                None => {
                    let name: String = name.escape_debug().collect();
                    return value.refuse(format!("the environment variable '{name}' is not set"));
                }
            }
        } else if let Some(path) = text.strip_prefix("file:") {
            match read(&self.path(path)) {
                Ok(secret) => secret,
                Err(error) => {
                    let path = self.path(path).display().to_string();
                    return value.refuse(format!("'{}' cannot be read: {error}", path.escape_debug()));
                }
            }
        } else {
            return value.refuse(
                "must be a reference, 'env:NAME' or 'file:PATH': a secret does not belong in this file",
            );
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            value.refuse("refers to an empty secret")
        } else {
            Some(Secret::new(secret.into()))
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut secret = String::new();
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut secret)?;
    if secret.len() as u64 > LONGEST { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(secret) }
}
