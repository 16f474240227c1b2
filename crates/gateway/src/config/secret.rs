//! Fetches secrets from where the file says they are: `env:NAME` or `file:PATH`. A secret written into the file
//! is refused, and never repeated in a message.

use std::{
    cell::RefCell,
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
    /// Reads a file that is no longer than so many bytes.
    pub read: fn(&Path, u64) -> io::Result<Vec<u8>>,
    /// Whether the file is read by itself: nothing that it refers to is fetched then, nor missed.
    pub alone: bool,
    /// The files that secrets were read from.
    pub secret_files: RefCell<Vec<PathBuf>>,
}

impl Around<'_> {
    /// A path, relative to the configuration file's folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The secret that a value refers to.
    pub fn secret(&self, value: &Value<'_>) -> Option<Secret> {
        let text = value.string()?;
        let refers = text.starts_with("env:") || text.starts_with("file:");
        if self.alone && refers {
            return None;
        }
        let secret = if let Some(name) = text.strip_prefix("env:") {
            match (self.env)(name) {
                Some(secret) => secret,
                None => {
                    let name: String = name.escape_debug().collect();
                    return value.refuse(format!("the environment variable '{name}' is not set"));
                }
            }
        } else if let Some(path) = text.strip_prefix("file:") {
            match (self.read)(&self.path(path), LONGEST).and_then(utf8) {
                Ok(secret) => {
                    self.secret_files.borrow_mut().push(self.path(path));
                    secret
                }
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

/// For [`Around::read`]. A pipe would keep it waiting for whoever writes into it, and a device has no end.
pub fn read(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    let found = path.metadata()?;
    if !found.is_file() && !found.is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(longest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > longest { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}
