//! Finds every place where the file is not TOML, and makes a text that is: the statement at fault is taken out
//! and the rest is read again, so that one slip hides neither the next one nor the meaning of the other lines.
//! Lines keep their numbers. Knows nothing about keys.

use std::collections::BTreeMap;

use toml::de::DeTable;

/// After so many the file is probably no configuration at all.
const MOST: usize = 20;

/// A place that is not TOML.
pub struct Mistake {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub message: String,
}

/// What could be saved of a file.
#[derive(Default)]
pub struct Recovered {
    /// TOML, apart from keys that are given twice. Of those the first counts.
    pub text: String,
    pub mistakes: Vec<Mistake>,
    /// The lines taken out or repaired, from 1, as they were.
    pub broken: BTreeMap<usize, String>,
    /// Whether more is wrong than was looked at. Nothing is left of the text then.
    pub gave_up: bool,
}

/// Reads `text` as far as it can be read.
pub fn recover(text: &str) -> Recovered {
    let mut recovered = Recovered::default();
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for _ in 0..MOST {
        recovered.text = lines.join("\n");
        let errors = errors(&recovered.text);
        let first = errors.iter().filter(|(_, message)| !is_duplicate(message)).min_by_key(|(at, _)| *at);
        let Some((at, message)) = first.cloned() else {
            duplicates(errors, &lines, &mut recovered);
            return recovered;
        };
        let (line, column) = position(&recovered.text, at);
        take_out(&mut lines, line, column, message, &mut recovered);
    }
    Recovered { text: String::new(), gave_up: true, ..recovered }
}

fn duplicates(errors: Vec<(usize, String)>, lines: &[String], recovered: &mut Recovered) {
    for (at, _) in errors {
        let (line, column) = position(&recovered.text, at);
        let was = lines.get(line - 1).cloned().unwrap_or_default();
        if recovered.broken.insert(line, was).is_none() {
            let message = "is given twice; the first counts".to_owned();
            recovered.mistakes.push(Mistake { line, column, message });
        }
    }
}

/// The line and column, from 1, of a byte offset. The column counts characters.
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let line = before.split(|b| *b == b'\n');
    let last = line.clone().next_back().unwrap_or_default();
    // Bytes that continue a UTF-8 sequence are no characters of their own.
    (line.count(), last.iter().filter(|b| **b & 0xC0 != 0x80).count() + 1)
}

fn is_duplicate(message: &str) -> bool {
    message.starts_with("duplicate key")
}

fn errors(text: &str) -> Vec<(usize, String)> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let place = |error: &toml::de::Error| error.span().map_or(text.len(), |span| span.start);
    errors.iter().map(|error| (place(error), error.message().replace(['\n', '\r'], " "))).collect()
}

fn is_toml(text: &str) -> bool {
    errors(text).iter().all(|(_, message)| is_duplicate(message))
}

/// Whether a line looks like the first of a statement: `[table]` or `key = …`.
fn begins(line: &str) -> bool {
    let line = line.trim_start();
    let key = line.split('=').next().unwrap_or_default();
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '"' | '\'');
    line.starts_with('[') || (line.contains('=') && !key.is_empty() && key.chars().all(named))
}

/// Takes the statement out that made the parser stumble at `line`, and records it.
fn take_out(lines: &mut [String], line: usize, column: usize, message: String, recovered: &mut Recovered) {
    let at = line.saturating_sub(1).min(lines.len().saturating_sub(1));
    let Some(stumbled) = lines.get(at).cloned() else { return };
    if !stumbled.trim().is_empty() && !is_toml(&stumbled) {
        recovered.mistakes.push(Mistake { line, column, message });
        return match header(&stumbled) {
            Some(repaired) => replace(lines, at..at + 1, &repaired, recovered),
            None if stumbled.trim_start().starts_with('[') => {
                let next = lines.iter().skip(at + 1).position(|line| line.trim_start().starts_with('['));
                let end = next.map_or(lines.len(), |next| at + 1 + next);
                replace(lines, at..end, "", recovered);
            }
            None => replace(lines, at..at + 1, "", recovered),
        };
    }
    // The line is fine by itself: something above it has not ended.
    let unfinished = (0..at).rev().find(|start| {
        lines.get(*start).is_some_and(|line| begins(line))
            && lines.get(*start..at).is_some_and(|above| !is_toml(&above.join("\n")))
    });
    match unfinished {
        Some(start) => {
            let column = lines[start].len() - lines[start].trim_start().len() + 1;
            let message = "this value does not end: a quote or a bracket is missing".to_owned();
            recovered.mistakes.push(Mistake { line: start + 1, column, message });
            let end = (start + 1..at).find(|line| begins(&lines[*line])).unwrap_or(at);
            replace(lines, start..end, "", recovered);
        }
        None => {
            recovered.mistakes.push(Mistake { line, column, message });
            replace(lines, at..at + 1, "", recovered);
        }
    }
}

fn replace(lines: &mut [String], which: std::ops::Range<usize>, with: &str, recovered: &mut Recovered) {
    let from = which.start;
    for (nth, line) in lines.iter_mut().enumerate().take(which.end).skip(from) {
        let with = if nth == from { with } else { "" };
        recovered.broken.entry(nth + 1).or_insert(std::mem::replace(line, with.to_owned()));
    }
}

/// `[name]` for a table header that lost its end, so that the keys below it stay where they belong.
fn header(line: &str) -> Option<String> {
    let name = line.trim_start().strip_prefix('[')?.trim_start();
    let bare = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let name = name.split(bare).next().unwrap_or_default();
    let repaired = format!("[{name}]");
    (is_toml(&repaired) && repaired != line.trim_end()).then_some(repaired)
}
