//! The schema for editors, by an independent validator: it refuses nothing that the gateway accepts, and finds what
//! a schema can find.

use std::path::Path;

use boon::{Compiler, Schemas};
use serde_json::{Map, Value, json};

use super::{
    super::{
        keys::{Kind, Preset},
        schema::schema,
    },
    complete, keys, repository, said,
};

/// Why a file does not fit the schema.
fn misfit(file: &str) -> Result<(), String> {
    let table: toml::Table = file.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let value = serde_json::to_value(table).map_err(|error| error.to_string())?;
    thread_local! {
        static SCHEMA: (Schemas, boon::SchemaIndex) = compiled(schema());
    }
    SCHEMA.with(|(schemas, index)| schemas.validate(&value, *index).map_err(|error| error.to_string()))
}

fn compiled(schema: Value) -> (Schemas, boon::SchemaIndex) {
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.add_resource("http://lanyard.example/schema.json", schema).expect("an address");
    let index = compiler.compile("http://lanyard.example/schema.json", &mut schemas);
    (schemas, index.unwrap_or_else(|error| panic!("{error}")))
}

/// Called for every file of all these tests that the reader has accepted.
pub(super) fn assert_accepts(file: &[u8]) {
    let file = std::str::from_utf8(file).expect("the reader takes only UTF-8");
    if let Err(error) = misfit(file) {
        panic!("the schema refuses what the gateway accepts: {error}\n{file}");
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn it_is_a_schema_of_both_drafts() {
    for draft in ["http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-07/schema#"] {
        let mut schema = schema();
        schema["$schema"] = json!(draft);
        compiled(schema);
    }
}

#[test]
fn the_example_and_every_file_of_the_readme_fit() {
    assert_accepts(read(&repository().join("examples/lanyard.toml")).as_bytes());
    let readme = read(&repository().join("README.md"));
    let files: Vec<&str> =
        readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(files.len() >= 2, "{files:?}");
    files.iter().for_each(|file| assert_accepts(file.as_bytes()));
}

#[test]
fn every_key_refuses_a_wrong_type() {
    for (section, key) in keys::all() {
        let wrong = if matches!(key.kind, Kind::Flag) { "\"true\"" } else { "true" };
        let file = keys::file(section, key, wrong);
        let error = misfit(&file).expect_err(&file);
        assert!(error.contains(&format!("/{}'", key.name)), "{} is not the reason: {error}", key.name);
        if matches!(key.kind, Kind::List(_) | Kind::NonEmpty(_)) {
            assert!(misfit(&keys::file(section, key, "[true]")).is_err(), "{section}.{}", key.name);
        }
    }
}

#[test]
fn ranges_ids_forms_and_unknown_keys_are_held() {
    for (section, key) in keys::all() {
        if let Kind::Count(least, most) = key.kind {
            for value in [least - 1, most + 1] {
                assert!(misfit(&keys::file(section, key, &value.to_string())).is_err(), "{}", key.name);
            }
        }
    }
    for wrong in [
        "[portal]",
        "[portal]\nurl = \"dash.example\"",
        "[portal]\nurl = \"https://dash.example/x\"",
        "[portal]\nurl = \"https://d\"\ntitle = \" \"",
        "[portal]\nurl = \"https://d\"\ncontact = \"a\\u0007\"",
        "[portal]\nurl = \"https://d\"\napps = \"https://apps.example\"",
        "[portal]\nurl = \"https://d\"\ntitel = \"x\"",
        "[portal]\nurl = \"https://d\"\nsigning_key = \"-----BEGIN\"",
        "[roles]\nsigned-in = [\"x\"]",
        "[roles]\nFinance = [\"x\"]",
        "[roles]\nfinance = [\"A, B\"]",
        "[roles]\nfinance = [\"\"]",
        "[dashboards.Fin]\napp = \"http://a:1\"",
        "[dashboards.x]\nroles = [\"signed-in\"]",
        "[dashboards.x]\napp = \"http://a:1\"\nexternal = \"https://w.example\"",
        "[dashboards.x]\nexternal = \"https://w.example\"\ncsp = \"\"",
        "[dashboards.x]\napp = \"http://a:1\"\npublic = true\nroles = [\"signed-in\"]",
        "[dashboards.x]\napp = \"http://a:1\"\npublic = true\nforward_access_token = true",
        "[dashboards.x]\napp = \"http://a:1\"\npass_authorization = true\nforward_access_token = true",
        "[dashboards.x]\napp = \"http://a:1\"\nca = \"ca.pem\"",
        "[dashboards.x]\napp = \"a:1\"",
        "[dashboards.x]\napp = \"http://a:1\"\nroles = [\"Big Boss\"]",
        "[dashboards.x]\napp = \"http://a:1\"\nstart_path = \"//evil.example\"",
        "[dashboards.x]\napp = \"http://a:1\"\nhealth = \"/up#now\"",
        "[dashboards.x]\napp = \"http://a:1\"\ntimeout = \"0s\"",
        "[dashboards.x]\napp = \"http://a:1\"\nhost_header = \"preserved\"",
        "[server]\nlisten = []",
        "[server]\nlisten = [\"localhost:1\"]",
        "[server]\ntrusted_proxies = [\"10.0.0.0/8\"]",
        "[session]\nabsolute = \"8m\"",
        "[identity]\nissuer = \"https://i\"\nclient_id = \"c\"",
        "[identity.trusted_headers]\nuser = \"Remote-User\"",
        "[identity.trusted_headers]\nsecret = \"env:LONG_SECRET\"\nuser = \"Remote_User\"",
        "[server.more]",
        "[servers]",
    ] {
        let file = complete(wrong);
        assert!(misfit(&file).is_err(), "the schema lets pass:\n{file}");
        assert!(said(&file).iter().any(|line| line.contains(": error: ")), "and the reader too:\n{file}");
    }
    for pointer in ["groups", "", "/a~b", "/a~2"] {
        let key = super::super::keys::IDENTITY.iter().find(|key| key.name == "groups").expect("groups");
        assert!(misfit(&keys::file("identity", key, &format!("[{pointer:?}]"))).is_err(), "{pointer}");
    }
}

#[test]
fn every_key_has_its_sentence_and_its_default() {
    fn find<'v>(schema: &'v Value, section: &str, key: &str) -> &'v Value {
        let properties = match section.strip_suffix(".some") {
            Some(table) => {
                let named = schema["properties"][table]["patternProperties"].as_object();
                &named.and_then(|named: &Map<_, _>| named.values().next()).expect("one pattern")["properties"]
            }
            None => &schema
                .pointer(&format!("/properties/{}", section.replace('.', "/properties/")))
                .expect(section)["properties"],
        };
        &properties[key]
    }
    let schema = schema();
    for (section, key) in keys::all() {
        let described = find(&schema, section, key.name);
        let description = described["description"].as_str().unwrap_or_default();
        assert!(description.starts_with(key.sentence), "{section}.{}: {described}", key.name);
        let has_default = matches!(key.preset, Preset::Value(_));
        assert_eq!(
            described.get("default").is_some_and(|value| !value.is_null()),
            has_default,
            "{described}"
        );
    }
}
