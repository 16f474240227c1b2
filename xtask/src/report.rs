//! Everything xtask says. Results go to stdout, progress and errors to stderr: on a terminal one line that
//! is rewritten, elsewhere (CI) a line every ten seconds, so that no minute is silent.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks on the command line"
)]

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use crate::clock::{Stopwatch, spoken};

/// Between two lines of progress where there is no terminal.
const QUIET: Duration = Duration::from_secs(10);
/// Between two rewritings on a terminal.
const REDRAW: Duration = Duration::from_millis(200);
/// Steps shorter than this are not worth a line.
const BRIEF: Duration = Duration::from_secs(1);

/// A result, to stdout.
pub(crate) fn line(text: &str) {
    println!("{text}");
    let _ = std::io::stdout().flush();
}

/// Something worth knowing on the way, to stderr.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Why the command ends.
pub(crate) fn error(text: &str) {
    eprintln!("error: {text}");
}

/// How far one step is.
pub(crate) struct Progress {
    what: String,
    since: Stopwatch,
    spoke: Stopwatch,
    terminal: bool,
}

impl Progress {
    pub(crate) fn start(what: &str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let progress =
            Self { what: what.to_owned(), since: Stopwatch::start(), spoke: Stopwatch::start(), terminal };
        if terminal {
            progress.draw("");
        }
        progress
    }

    /// Says how far it is (`39 of 143`), unless it did so a moment ago.
    pub(crate) fn update(&mut self, how_far: &str) {
        if self.spoke.elapsed() < if self.terminal { REDRAW } else { QUIET } {
            return;
        }
        self.spoke = Stopwatch::start();
        if self.terminal {
            self.draw(how_far);
        } else {
            note(&self.text(how_far));
        }
    }

    /// Ends the step. One that took a while leaves a line behind.
    pub(crate) fn finish(self, outcome: &str) {
        let took = self.since.elapsed();
        if self.terminal {
            eprint!("\r\x1b[2K");
        }
        if took >= BRIEF {
            note(&format!("{}: {outcome}, {}", self.what, spoken(took)));
        }
    }

    fn draw(&self, how_far: &str) {
        let text: String = self.text(how_far).chars().take(100).collect();
        eprint!("\r\x1b[2K{text}");
        let _ = std::io::stderr().flush();
    }

    fn text(&self, how_far: &str) -> String {
        let comma = if how_far.is_empty() { "" } else { ", " };
        format!("{}… {how_far}{comma}{}", self.what, spoken(self.since.elapsed()))
    }
}
