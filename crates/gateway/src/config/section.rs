//! One table of the file while it is read: hands out its values, and refuses keys that nobody knows.
//! What a key means is in the files named after the sections.

use std::borrow::Cow;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{keys::Key, nearest, problem::Severity, report::Report, value::Value};

pub struct Section<'a> {
    report: &'a Report,
    name: String,
    /// Byte offset of its head.
    offset: usize,
    table: Option<&'a DeTable<'a>>,
    keys: &'static [Key],
    /// Known keys that unknown ones probably meant: they are not missing as well.
    meant: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// The file itself.
    pub fn root(report: &'a Report, table: &'a DeTable<'a>, keys: &'static [Key]) -> Self {
        Self::new(report, String::new(), 0, Some(table), keys)
    }

    /// A table whose keys are known. Every other key is reported here and now.
    pub fn new(
        report: &'a Report,
        name: String,
        offset: usize,
        table: Option<&'a DeTable<'a>>,
        keys: &'static [Key],
    ) -> Self {
        let mut section = Self { report, name, offset, table, keys, meant: Vec::new() };
        let known = keys.iter().map(|key| key.name);
        for value in section.entries() {
            if known.clone().any(|key| key == value.name()) {
                continue;
            }
            section.meant.extend(nearest::nearest(value.name(), known.clone()));
            let hint = nearest::hint(value.name(), known.clone());
            value.refuse_key(format!("unknown key{hint}"));
        }
        section
    }

    /// A table inside. One that is not there is empty.
    pub fn section(&self, key: &'static str, keys: &'static [Key]) -> Self {
        let value = self.get(key);
        let offset = value.as_ref().map_or(0, |value| value.offset());
        let table = value.and_then(|value| value.table());
        Self::new(self.report, self.path(key), offset, table, keys)
    }

    /// A table that is a value of an open one.
    pub fn of(value: &Value<'a>, keys: &'static [Key]) -> Option<Self> {
        let table = value.table()?;
        Some(Self::new(value.report(), value.key().to_owned(), value.offset(), Some(table), keys))
    }

    /// The values of a table inside whose keys are the file's own.
    pub fn open(&self, key: &'static str) -> Vec<Value<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let (name, offset, table) = (self.path(key), value.offset(), value.table());
        let open = Self { report: self.report, name, offset, table, keys: &[], meant: Vec::new() };
        open.entries()
    }

    pub fn get(&self, key: &'static str) -> Option<Value<'a>> {
        debug_assert!(
            self.keys.iter().any(|known| known.name == key),
            "{key} is read but not among the known keys"
        );
        let (name, value) = self.table?.get_key_value(key)?;
        Some(self.value(name, value))
    }

    /// A value that must be there. `why` says what it is for.
    pub fn require(&self, key: &'static str, why: &str) -> Option<Value<'a>> {
        let value = self.get(key);
        if value.is_none() && !self.may_be_lost(key) {
            self.report.at(self.offset, Severity::Error, &self.path(key), format!("is missing: {why}"));
        }
        value
    }

    /// Whether one of these keys is there, or was there before a slip made it unreadable.
    pub fn has_or_lost(&self, keys: &[&'static str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some() || self.may_be_lost(key))
    }

    /// Every key and its value, in the order of the file.
    pub fn entries(&self) -> Vec<Value<'a>> {
        self.table.into_iter().flatten().map(|(name, value)| self.value(name, value)).collect()
    }

    /// Something is wrong with the table as a whole.
    pub fn say(&self, severity: Severity, message: &str) {
        self.report.at(self.offset, severity, &self.name, message.to_owned());
    }

    /// As [`Self::say`], a warning at the value of a key.
    pub fn warn_at(&self, key: &'static str, message: &str) {
        if let Some(value) = self.get(key) {
            value.warn(message);
        }
    }

    pub fn report(&self) -> &'a Report {
        self.report
    }

    fn may_be_lost(&self, key: &str) -> bool {
        self.meant.contains(&key) || self.report.may_have_held(key)
    }

    fn path(&self, key: &str) -> String {
        let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let key = if !key.is_empty() && key.chars().all(bare) {
            Cow::Borrowed(key)
        } else {
            Cow::Owned(format!("{key:?}"))
        };
        if self.name.is_empty() { key.into_owned() } else { format!("{}.{key}", self.name) }
    }

    fn value(&self, name: &'a Spanned<toml::de::DeString<'a>>, value: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        Value::new(self.report, self.path(name.get_ref()), name, value)
    }
}
