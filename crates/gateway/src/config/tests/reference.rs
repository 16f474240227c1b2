//! docs/configuration.md is what the table of keys and the template make of each other.

use super::{
    super::{
        keys::{Key, Kind, ROOT},
        reference::page,
    },
    repository,
};

fn sentences(keys: &'static [Key]) -> Vec<&'static Key> {
    let inside = |key: &'static Key| match key.kind {
        Kind::Table(keys) => sentences(keys),
        Kind::Dashboards => sentences(super::super::keys::DASHBOARD),
        _ => vec![key],
    };
    keys.iter().flat_map(inside).collect()
}

#[test]
fn the_page_in_docs_is_the_generated_one() {
    let written = std::fs::read_to_string(repository().join("docs/configuration.md")).expect("the reference");
    let page = page();
    let first = written.lines().zip(page.lines()).find(|(written, page)| written != page);
    assert!(
        written == page,
        "docs/configuration.md is out of date: {first:#?}\nrenew it by 'cargo run --package lanyard -- \
         reference > docs/configuration.md'"
    );
}

#[test]
fn every_key_has_its_row_and_no_place_is_left_empty() {
    let page = page();
    assert!(!page.contains("<!-- keys"), "a place without keys:\n{page}");
    for key in sentences(ROOT).into_iter().filter(|key| key.name != "roles" || key.sentence.contains("sees"))
    {
        let row = page.lines().filter(|line| line.starts_with(&format!("| `{}` | ", key.name)));
        let row = row.filter(|line| line.ends_with(&format!(" | {} |", key.sentence))).count();
        assert_eq!(row, 1, "{key:?}");
        assert!(key.sentence.ends_with('.') && !key.sentence.contains(['|', '\n']), "{key:?}");
    }
    for section in ROOT {
        assert!(page.contains(&format!("\n## `[{}", section.name)), "{}", section.name);
    }
}

#[test]
fn the_reference_says_what_becomes_public() {
    assert!(page().contains("**every dashboard's own `host` and the origin of every `external` dashboard**"));
}
