//! How long everything is measured, and what of it: a full run for figures, a quick one to see that all works.

use std::{path::PathBuf, time::Duration};

/// What one run measures, and with which programs.
#[derive(Debug)]
pub struct Plan {
    pub quick: bool,
    /// Beginnings of ids. None: everything.
    pub only: Vec<String>,
    pub nginx: PathBuf,
    pub caddy: PathBuf,
    pub wrk: PathBuf,
    /// For configurations, files and logs.
    pub folder: PathBuf,
}

impl Plan {
    /// Whether any figure whose id begins like this is asked for.
    pub fn wants(&self, id: &str) -> bool {
        self.only.is_empty()
            || self.only.iter().any(|only| id.starts_with(only.as_str()) || only.starts_with(id))
    }

    /// In one or the other kind of run.
    pub fn pick<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// How often the contestants take turns.
    pub fn rounds(&self) -> usize {
        self.pick(1, 5)
    }

    /// How long each is under load in one round.
    pub fn span(&self) -> Duration {
        Duration::from_secs(self.pick(1, 5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_id_asks_for_what_begins_like_it_and_for_what_leads_there() {
        let plan = |only: &str| Plan {
            quick: true,
            only: vec![only.to_owned()],
            nginx: PathBuf::new(),
            caddy: PathBuf::new(),
            wrk: PathBuf::new(),
            folder: PathBuf::new(),
        };
        assert!(plan("http.1kb").wants("http.") && plan("http.1kb").wants("http.1kb.c16.rate"));
        assert!(!plan("http.1kb").wants("http.1mb.") && !plan("http.1kb").wants("memory."));
    }
}
