//! The configuration as a JSON Schema, for editors: keys, sentences, defaults, and the rules that a schema can hold.
//! It refuses nothing that the reader accepts. Every word in it means the same in draft 4, which editors of TOML
//! read at least, and in draft 7, which it says it is.

use serde_json::{Map, Value, json};

use super::keys::{DASHBOARD, Form, GROUP, ID, Key, Kind, Preset, ROOT};

/// The whole schema.
pub fn schema() -> Value {
    let mut schema = table(ROOT);
    schema["properties"]["identity"]["oneOf"] = json!([
        { "required": ["issuer", "client_id", "client_secret"] },
        { "required": ["trusted_headers"] },
    ]);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("Lanyard's configuration");
    schema
}

fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.to_owned(), described(key))).collect();
    let mut table = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let required: Vec<&str> =
        keys.iter().filter(|key| matches!(key.preset, Preset::Required)).map(|key| key.name).collect();
    // Draft 4 has no empty list there.
    if !required.is_empty() {
        table["required"] = json!(required);
    }
    table
}

fn described(key: &Key) -> Value {
    let mut value = kind(&key.kind);
    let mut sentences = vec![key.sentence.to_owned()];
    if let Kind::Duration(least, most) = key.kind {
        sentences.push(format!("From {least} to {most}."));
    }
    match key.preset {
        Preset::Value(text) => value["default"] = written(text),
        Preset::Words(words) if !matches!(key.kind, Kind::Table(_) | Kind::Roles | Kind::Dashboards) => {
            sentences.push(format!("Default: {words}."));
        }
        Preset::Words(_) | Preset::Required => {}
    }
    value["description"] = json!(sentences.join(" "));
    value
}

/// A value of the file, as JSON.
fn written(text: &str) -> Value {
    let table: Map<String, Value> = toml::from_str(&format!("value = {text}")).unwrap_or_default();
    table.get("value").cloned().unwrap_or_default()
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Duration(least, _) => {
            let number = if least.starts_with('0') { "[0-9]+" } else { "0*[1-9][0-9]*" };
            json!({ "type": "string", "pattern": format!("^{number}(ms|s|min|h|d)$") })
        }
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Text(form) => text(form),
        Kind::List(element) => json!({ "type": "array", "items": self::kind(element) }),
        Kind::NonEmpty(element) => json!({ "type": "array", "minItems": 1, "items": self::kind(element) }),
        Kind::Table(keys) => table(keys),
        Kind::Roles => {
            let mut roles = named(&self::kind(&Kind::List(&GROUP)));
            // Everybody who is signed in has it: it is not the file's to grant.
            roles["not"] = json!({ "required": ["signed-in"] });
            roles
        }
        Kind::Dashboards => named(&dashboard()),
    }
}

fn text(form: &Form) -> Value {
    let mut text = json!({ "type": "string", "pattern": form.pattern });
    if let Some(longest) = form.longest {
        text["maxLength"] = json!(longest);
    }
    text
}

/// A table whose keys are ids.
fn named(value: &Value) -> Value {
    json!({ "type": "object", "patternProperties": { ID: value }, "additionalProperties": false })
}

/// The keys, and which of them go together.
fn dashboard() -> Value {
    let app_only = DASHBOARD.iter().filter(|key| key.app_only);
    let dependencies: Map<String, Value> =
        app_only.map(|key| (key.name.to_owned(), json!(["app"]))).collect();
    let yes = json!({ "enum": [true] });
    let mut dashboard = table(DASHBOARD);
    dashboard["dependencies"] = json!(dependencies);
    dashboard["oneOf"] = json!([{ "required": ["app"] }, { "required": ["external"] }]);
    let never = |properties: Value| {
        let required: Vec<&String> = properties.as_object().into_iter().flat_map(Map::keys).collect();
        json!({ "not": { "required": required, "properties": properties } })
    };
    dashboard["allOf"] = json!([
        never(json!({ "public": yes, "roles": {} })),
        never(json!({ "public": yes, "forward_access_token": yes })),
        never(json!({ "pass_authorization": yes, "forward_access_token": yes })),
        never(json!({ "app": { "pattern": "^[Hh][Tt][Tt][Pp]:" }, "ca": {} })),
    ]);
    dashboard
}
