//! docs/configuration.md describes what the reader reads, no more and no less.

use std::collections::BTreeSet;

use super::{
    super::keys::{self, DASHBOARD, IDENTITY, LIMITS, PORTAL, ROOT, SERVER, SESSION},
    complete, repository, said,
};

const SECTIONS: [(&str, &[&str]); 6] = [
    ("portal", PORTAL),
    ("identity", IDENTITY),
    ("dashboards.<id>", DASHBOARD),
    ("server", SERVER),
    ("session", SESSION),
    ("limits", LIMITS),
];

fn reference() -> String {
    std::fs::read_to_string(repository().join("docs/configuration.md")).expect("the reference")
}

/// What is under one heading.
fn under<'a>(reference: &'a str, section: &str) -> &'a str {
    let heading = format!("\n## `[{section}]`\n");
    let (_, after) = reference.split_once(&heading).unwrap_or_else(|| panic!("no heading for {section}"));
    after.split("\n## ").next().unwrap_or(after)
}

#[test]
fn the_reference_has_every_key_with_type_default_and_a_sentence_and_no_other() {
    let reference = reference();
    for (section, keys) in SECTIONS {
        let mut described = BTreeSet::new();
        for row in under(&reference, section).lines().filter(|line| line.starts_with("| `")) {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            let [key, kind, _default, sentence] = cells[..] else { panic!("{row}") };
            assert!(!kind.is_empty() && sentence.ends_with('.'), "{row}");
            described.insert(key.trim_matches('`').to_owned());
        }
        assert_eq!(described, keys.iter().map(|key| (*key).to_owned()).collect(), "[{section}]");
    }
    for section in ROOT {
        assert!(reference.contains(&format!("\n## `[{section}")), "{section}");
    }
    assert!(keys::APP_ONLY.iter().all(|key| DASHBOARD.contains(key)));
}

#[test]
fn the_reference_says_what_becomes_public() {
    let reference = reference();
    assert!(
        reference.contains("**every dashboard's own `host` and the origin of every `external` dashboard**")
    );
}

#[test]
fn every_known_key_is_read_and_refuses_what_it_cannot_be() {
    for (section, keys) in SECTIONS {
        for key in keys {
            let section = section.replace("<id>", "some");
            // No key takes a date.
            let other = if *key == "app" || section != "dashboards.some" || *key == "external" {
                ""
            } else {
                "app = \"http://localhost:1\"\n"
            };
            let said = said(complete(&format!("[{section}]\n{other}{key} = 2026-01-02")));
            let expected = format!("error: {section}.{key}: must be ");
            assert!(said.iter().any(|line| line.contains(&expected)), "{section}.{key}: {said:?}");
        }
    }
}
