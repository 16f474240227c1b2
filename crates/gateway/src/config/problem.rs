//! What can be wrong with a configuration file, as it is printed: one line a problem, in the order of the file.
//! Nothing here looks for problems, and no problem ever quotes a secret.

use std::{fmt, io, path::PathBuf, sync::Arc};

/// Whether the gateway still starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// One problem, at its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's path, as it was asked for.
    pub file: Arc<str>,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub severity: Severity,
    /// The whole key, such as `dashboards.finance.roles`. Empty where the file cannot be read as TOML.
    pub key: String,
    pub message: String,
}

/// `lanyard.toml:12:5: error: dashboards.finance.role: unknown key; did you mean 'roles'?`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}:{}: {severity}: ", self.file, self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum Problems {
    #[error("{}: cannot be read: {source}", .file.display().to_string().escape_debug())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("{}: is larger than {limit} bytes, which no configuration is", .file.display().to_string().escape_debug())]
    TooLarge { file: PathBuf, limit: u64 },
    /// At least one of them is an error. In the order of the file, warnings among them.
    #[error("{}", Lines(.0))]
    Found(Vec<Problem>),
}

impl Problems {
    /// Those that have a place in the file.
    pub fn found(&self) -> &[Problem] {
        match self {
            Self::Found(problems) => problems,
            Self::Unreadable { .. } | Self::TooLarge { .. } => &[],
        }
    }
}

struct Lines<'a>(&'a [Problem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, problem) in self.0.iter().enumerate() {
            let between = if nth == 0 { "" } else { "\n" };
            write!(f, "{between}{problem}")?;
        }
        Ok(())
    }
}
