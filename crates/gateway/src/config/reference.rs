//! docs/configuration.md: the prose of reference.template with a table of keys in each place that it keeps for one.
//! Knows what is said of a key, not what it means.

use lanyard_contract::icons::ICONS;

use super::keys::{DASHBOARD, IDENTITY, Key, LIMITS, PORTAL, Preset, SERVER, SESSION, TRUSTED_HEADERS};

const TEMPLATE: &str = include_str!("reference.template");

/// The places by their names: which keys, and which of them.
const TABLES: [(&str, &[Key], bool); 8] = [
    ("portal", PORTAL, false),
    ("identity", IDENTITY, false),
    ("trusted headers", TRUSTED_HEADERS, false),
    ("dashboards", DASHBOARD, false),
    ("dashboards with app", DASHBOARD, true),
    ("server", SERVER, false),
    ("session", SESSION, false),
    ("limits", LIMITS, false),
];

/// The page, in Markdown.
pub fn page() -> String {
    let mut page = TEMPLATE.to_owned();
    for (name, keys, app_only) in TABLES {
        let rows = keys.iter().filter(|key| key.app_only == app_only).map(row);
        let table = "| key | type | default | |\n|---|---|---|---|\n".to_owned()
            + &rows.collect::<Vec<_>>().join("\n");
        page = page.replace(&format!("<!-- keys: {name} -->"), &table);
    }
    page.replace("<!-- icons -->", &ICONS.map(|name| format!("`{name}`")).join(", "))
}

fn row(key: &Key) -> String {
    let default = match key.preset {
        Preset::Required => "required".to_owned(),
        Preset::Value(value) => format!("`{value}`"),
        Preset::Words(words) => words.to_owned(),
    };
    format!("| `{}` | {} | {default} | {} |", key.name, key.kind.name(), key.sentence)
}
