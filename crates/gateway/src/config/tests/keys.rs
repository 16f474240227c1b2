//! What the table of keys says is what the reader does: types, ranges, choices and defaults.

use super::{
    super::keys::{DASHBOARD, IDENTITY, Key, Kind, LIMITS, PORTAL, Preset, SERVER, SESSION, TRUSTED_HEADERS},
    Folder, complete, said,
};

pub(super) const SECTIONS: [(&str, &[Key]); 7] = [
    ("portal", PORTAL),
    ("identity", IDENTITY),
    ("identity.trusted_headers", TRUSTED_HEADERS),
    ("dashboards.some", DASHBOARD),
    ("server", SERVER),
    ("session", SESSION),
    ("limits", LIMITS),
];

pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Key)> {
    SECTIONS.into_iter().flat_map(|(section, keys)| keys.iter().map(move |key| (section, key)))
}

/// A whole file with one key at this value, and beside it what its section needs.
pub(super) fn file(section: &str, key: &Key, value: &str) -> String {
    let needed: &[(&str, &str)] = match section {
        "portal" => &[("url", "\"https://dash.example\"")],
        "identity" if key.name == "trusted_headers" => &[],
        "identity.trusted_headers" => &[("secret", "\"env:LONG_SECRET\"")],
        "identity" => {
            &[("issuer", "\"https://i\""), ("client_id", "\"c\""), ("client_secret", "\"env:SECRET\"")]
        }
        "dashboards.some" if key.name == "external" => &[("roles", "[\"signed-in\"]")],
        "dashboards.some" if key.name == "public" => &[("app", "\"http://localhost:1\"")],
        "dashboards.some" => &[("app", "\"http://localhost:1\""), ("roles", "[\"signed-in\"]")],
        _ => &[],
    };
    let others = needed.iter().filter(|(name, _)| *name != key.name);
    let others: String = others.map(|(name, value)| format!("{name} = {value}\n")).collect();
    let file = complete(&format!("[{section}]\n{others}{} = {value}", key.name));
    match section {
        "identity.trusted_headers" => format!("{file}\n[server]\ntrusted_proxies = [\"127.0.0.1\"]\n"),
        _ => file,
    }
}

fn complaints(section: &str, key: &Key, value: &str) -> Vec<String> {
    let about = format!(": {section}.{}: ", key.name);
    said(file(section, key, value)).into_iter().filter(|line| line.contains(&about)).collect()
}

#[test]
fn every_key_is_read_and_refuses_what_it_cannot_be() {
    for (section, key) in all() {
        // No key takes a date.
        let said = complaints(section, key, "2026-01-02");
        assert!(said.iter().any(|line| line.contains(": must be ")), "{section}.{}: {said:?}", key.name);
    }
}

#[test]
fn ranges_end_where_the_table_says() {
    let mut ranges = 0;
    for (section, key) in all() {
        let (good, bad) = match key.kind {
            Kind::Count(least, most) => (
                vec![least.to_string(), most.to_string()],
                [least - 1, most + 1].iter().map(u64::to_string).collect(),
            ),
            Kind::Duration(least, most) => {
                let unit = most.trim_start_matches(|c: char| c.is_ascii_digit());
                let above: u64 = most.trim_end_matches(unit).parse().expect("a number");
                let below = if least == "0s" { vec![] } else { vec!["\"0s\"".to_owned()] };
                let above = format!("\"{}{unit}\"", above + 1);
                (vec![format!("\"{least}\""), format!("\"{most}\"")], [below, vec![above]].concat())
            }
            _ => continue,
        };
        for value in good {
            assert_eq!(complaints(section, key, &value), [""; 0]);
        }
        for value in bad {
            let said = complaints(section, key, &value);
            assert!(
                said.len() == 1 && said[0].contains(": must be from "),
                "{} = {value}: {said:?}",
                key.name
            );
        }
        ranges += 1;
    }
    assert!(ranges >= 10, "{ranges}");
}

#[test]
fn every_choice_is_one_and_another_word_is_not() {
    for (section, key) in all() {
        let (words, list) = match &key.kind {
            Kind::Choice(words) => (words, false),
            Kind::List(Kind::Choice(words)) | Kind::NonEmpty(Kind::Choice(words)) => (words, true),
            _ => continue,
        };
        let value = |word: &str| if list { format!("[\"{word}\"]") } else { format!("\"{word}\"") };
        for word in *words {
            assert_eq!(complaints(section, key, &value(word)), [""; 0]);
        }
        let said = complaints(section, key, &value("other"));
        // Nothing is near it, so the message has them all.
        let all = format!("known are {}", words.join(", "));
        assert!(said.len() == 1 && said[0].contains(&all), "{said:?}");
    }
}

#[test]
fn a_default_that_is_written_out_changes_nothing() {
    let mut defaults = 0;
    for (section, key) in all() {
        let Preset::Value(value) = key.preset else { continue };
        let written = file(section, key, value);
        let line = format!("{} = {value}", key.name);
        let without: String =
            written.lines().filter(|other| **other != *line).map(|line| format!("{line}\n")).collect();
        assert_ne!(written, without, "{line} is not in the file");
        let folder = Folder::new();
        let mean = |file: &str| format!("{:?}", folder.load(file).map(|(config, _)| config));
        assert!(mean(&written).starts_with("Ok("), "{written}");
        assert_eq!(mean(&written), mean(&without), "{section}.{line}");
        defaults += 1;
    }
    assert!(defaults >= 20, "{defaults}");
}

#[test]
fn what_is_required_is_missed() {
    for (section, key) in all().filter(|(_, key)| matches!(key.preset, Preset::Required)) {
        let said = said(complete(&format!("[{section}]\n")));
        assert!(
            said.iter().any(|line| line.contains(&format!("{section}.{}: is missing", key.name))),
            "{said:?}"
        );
    }
}
