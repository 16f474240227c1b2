//! Text for a terminal and for reading aloud: entries of a label and a sentence, folded where a line would be too
//! long, and lists of words as one says them.

use std::fmt::{self, Display};

use crate::config::quoted;

/// In characters.
pub(super) const WIDEST: usize = 100;

/// A label, and beside it a text. What does not fit goes on below itself, and so does what
/// follows a line break.
pub(super) fn entry(
    f: &mut fmt::Formatter<'_>,
    indent: usize,
    label: &str,
    width: usize,
    text: &str,
) -> fmt::Result {
    // A colon binds closer than a column.
    let gap = if label.ends_with(':') || width == 0 && indent == 0 { 1 } else { 2 };
    let left = indent + width.max(label.chars().count()) + gap;
    write!(f, "{:indent$}{label:width$}{:gap$}", "", "")?;
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            write!(f, "\n{:left$}", "")?;
        }
        folded(f, left, line)?;
    }
    writeln!(f)
}

fn folded(f: &mut fmt::Formatter<'_>, left: usize, line: &str) -> fmt::Result {
    let mut at = left;
    for (nth, word) in line.split(' ').enumerate() {
        let length = word.chars().count();
        if nth > 0 && at + 1 + length > WIDEST {
            write!(f, "\n{:left$}{word}", "")?;
            at = left + length;
        } else {
            let space = if nth > 0 { " " } else { "" };
            write!(f, "{space}{word}")?;
            at += space.len() + length;
        }
    }
    Ok(())
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(words: impl IntoIterator<Item = impl Display>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    match words.split_last() {
        Some((end, before)) if !before.is_empty() => format!("{} {last} {end}", before.join(", ")),
        _ => words.concat(),
    }
}

/// `the group 'A'`, `the groups 'A' and 'B'`.
pub(super) fn groups(groups: &[String], last: &str) -> String {
    named("group", &groups.iter().map(|group| quoted(group)).collect::<Vec<_>>(), last)
}

/// `the role a`, `the roles a and b`.
pub(super) fn named(what: &str, names: &[impl Display], last: &str) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("the {what}{plural} {}", list(names, last))
}
