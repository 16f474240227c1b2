//! One value of the file while it is read: takes it as the type that is expected, or reports what was found.
//! Every `None` from here has been reported, so that a caller may go on with anything to find what else is wrong.

use std::{ops::RangeInclusive, time::Duration};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{duration, nearest, problem::Severity, report::Report};

/// The longest text for people, in characters.
const LONGEST_TEXT: usize = 500;
/// Line separators, what turns the direction of writing round (Unicode TR 36, section 2.2), and spaces of no width.
/// The joiners of Persian and of emoji are none of them.
const HIDDEN: [char; 14] = [
    '\u{200b}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2060}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{feff}',
];

#[derive(Clone)]
pub struct Value<'a> {
    report: &'a Report,
    /// The whole key, as it is reported.
    key: String,
    name: &'a Spanned<DeString<'a>>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Value<'a> {
    pub fn new(
        report: &'a Report,
        key: String,
        name: &'a Spanned<DeString<'a>>,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Self {
        Self { report, key, name, value }
    }

    /// The key, without those of the tables around it.
    pub fn name(&self) -> &'a str {
        self.name.get_ref()
    }

    /// The whole key.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn report(&self) -> &'a Report {
        self.report
    }

    /// Byte offset of the value.
    pub fn offset(&self) -> usize {
        self.value.span().start
    }

    /// Something is wrong with the value. Always `None`, to end a reading with.
    pub fn refuse<T>(&self, message: impl Into<String>) -> Option<T> {
        self.report.at(self.offset(), Severity::Error, &self.key, message.into());
        None
    }

    /// Something is wrong with the key itself.
    pub fn refuse_key(&self, message: impl Into<String>) {
        self.report.at(self.name.span().start, Severity::Error, &self.key, message.into());
    }

    pub fn warn(&self, message: impl Into<String>) {
        self.report.at(self.offset(), Severity::Warning, &self.key, message.into());
    }

    pub fn string(&self) -> Option<&'a str> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text),
            _ => self.wrong_type("a string"),
        }
    }

    /// A text for people: not empty, without control characters, and without those that nobody sees and that change
    /// the order or the ends of what is read.
    pub fn text(&self) -> Option<&'a str> {
        let text = self.string()?;
        if text.trim().is_empty() {
            self.refuse("is empty")
        } else if text.chars().any(char::is_control) {
            self.refuse("has a control character")
        } else if let Some(hidden) = text.chars().find(|c| HIDDEN.contains(c)) {
            self.refuse(format!(
                "has U+{:04X}, which nobody sees and which can change how it reads",
                hidden as u32
            ))
        } else if text.chars().count() > LONGEST_TEXT {
            self.refuse(format!("is longer than {LONGEST_TEXT} characters"))
        } else {
            Some(text)
        }
    }

    /// A string with no character but the printable ones of ASCII, and no space.
    pub fn word(&self) -> Option<&'a str> {
        let text = self.string()?;
        if text.is_empty() {
            self.refuse("is empty")
        } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
            self.refuse("may hold only printable ASCII without spaces")
        } else {
            Some(text)
        }
    }

    pub fn boolean(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_type("true or false"),
        }
    }

    pub fn integer(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let DeValue::Integer(value) = self.value.get_ref() else {
            return self.wrong_type("a whole number");
        };
        match u64::from_str_radix(value.as_str(), value.radix()) {
            Ok(value) if range.contains(&value) => Some(value),
            _ => self.refuse(format!("must be from {} to {}", range.start(), range.end())),
        }
    }

    pub fn duration(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let DeValue::String(text) = self.value.get_ref() else {
            return self.wrong_type("a duration in quotes, such as \"30s\"");
        };
        match duration::parse(text) {
            Ok(value) if range.contains(&value) => Some(value),
            Ok(_) => {
                let (least, most) = (duration::write(*range.start()), duration::write(*range.end()));
                self.refuse(format!("must be from \"{least}\" to \"{most}\""))
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }

    /// One of several words.
    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.string()?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let words = choices.iter().map(|(word, _)| *word);
        self.refuse(format!("{} is not known here{}", quoted(text), nearest::hint(text, words)))
    }

    /// The elements of a list, each under the key of the list.
    pub fn list(&self) -> Option<Vec<Self>> {
        match self.value.get_ref() {
            DeValue::Array(array) => {
                let element = |value| Self { value, ..self.clone() };
                Some(array.iter().map(element).collect())
            }
            _ => self.wrong_type("a list"),
        }
    }

    pub fn table(&self) -> Option<&'a DeTable<'a>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => self.wrong_type("a table"),
        }
    }

    fn wrong_type<T>(&self, expected: &str) -> Option<T> {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(true) => "true",
            DeValue::Boolean(false) => "false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.refuse(format!("must be {expected}, not {found}"))
    }
}

/// A word of the file inside a message: short, and on one line.
pub fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    format!("'{short}'")
}
