//! Collects the problems of one file while it is read. What a syntax mistake took away is not reported a second
//! time as missing: one slip, one line.

use std::{cell::RefCell, sync::Arc};

use super::{
    problem::{Problem, Severity},
    syntax::{Recovered, position},
};

pub struct Report {
    file: Arc<str>,
    recovered: Recovered,
    problems: RefCell<Vec<Problem>>,
}

impl Report {
    /// Begins with the syntax mistakes.
    pub fn new(file: Arc<str>, recovered: Recovered) -> Self {
        let problem = |mistake: &super::syntax::Mistake| Problem {
            file: file.clone(),
            line: mistake.line,
            column: mistake.column,
            severity: Severity::Error,
            key: String::new(),
            message: mistake.message.clone(),
        };
        let problems = RefCell::new(recovered.mistakes.iter().map(problem).collect());
        Self { file, recovered, problems }
    }

    /// The text that offsets point into.
    pub fn text(&self) -> &str {
        &self.recovered.text
    }

    /// Something is wrong at this byte offset.
    pub fn at(&self, offset: usize, severity: Severity, key: &str, message: String) {
        let (line, column) = position(self.text(), offset);
        if self.recovered.broken.contains_key(&line) {
            return;
        }
        let (file, key) = (self.file.clone(), key.to_owned());
        let problem = Problem { file, line, column, severity, key, message };
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// Whether a line that could not be read may have held this word, so that nobody can say it is missing.
    pub fn may_have_held(&self, word: &str) -> bool {
        self.recovered.gave_up || self.recovered.broken.values().any(|line| line.contains(word))
    }

    /// All problems in the order of the file.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems
    }
}
