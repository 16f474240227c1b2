//! `lanyard explain`, `schema` and `reference` as commands: explained is what the running gateway does, the pages in
//! docs/ show what is really printed, and bad input gets one line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use lanyard_gateway::{
    config::rules,
    explain::{Who, explain},
};
use lanyard_testbed::{
    Person, Stage,
    person::{ADA, BEN, CARLA, DOV, ELIF, ids},
};
use serde_json::{Value, json};

/// Without the client's secret in its environment.
fn lanyard(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanyard"));
    command.args(arguments).env_remove("LANYARD_CLIENT_SECRET").current_dir(repository());
    command.output().expect("the gateway can be run")
}

fn printed(arguments: &[&str]) -> String {
    let output = lanyard(arguments);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{arguments:?}: {complaints}");
    String::from_utf8(output.stdout).expect("text")
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[tokio::test]
async fn what_is_explained_is_what_the_running_gateway_answers() {
    let stage = Stage::demo().await;
    let rules = rules(stage.config()).expect("the demo's configuration");
    let mut answers =
        vec![(Who::Anonymous, stage.portal().get("/api/session").fetch().send().await.expect(200).json())];
    for name in [ADA, BEN, CARLA, DOV, ELIF] {
        let session = Person::sign_in(&stage, name).await.session;
        let groups = serde_json::from_value(session["identity"]["groups"].clone()).expect("groups");
        answers.push((Who::SignedIn(groups), session));
    }
    for (who, session) in answers {
        let explained = explain(&rules, who.clone()).expect("groups of a provider");
        let sees: Vec<String> = explained.sees.iter().map(|seen| seen.dashboard.id.to_string()).collect();
        assert_eq!(sees, ids(&session), "{who:?}");
        for (seen, dashboard) in explained.sees.iter().zip(session["dashboards"].as_array().expect("a list"))
        {
            let access = seen.by.as_ref().map_or(json!("public"), |by| json!({ "roles": by }));
            assert_eq!(access, dashboard["access"], "{who:?} at {}", seen.dashboard.id);
        }
        let roles: Vec<&str> = explained.roles.iter().map(|(role, _)| role.as_str()).collect();
        let known = session["roles"].as_array().expect("roles");
        // Who is not signed in has no role to be told of.
        assert_eq!(roles, known.iter().filter_map(Value::as_str).collect::<Vec<_>>(), "{who:?}");
        assert_eq!(explained.sees.len() + explained.shut.len(), rules.dashboards.len());
    }
}

#[tokio::test]
async fn what_an_app_is_said_to_hear_it_hears() {
    let stage = Stage::start(
        lanyard_testbed::StageOptions::default()
            .upstream_with("rec", "forward_groups = [\"Finance Leads\"]")
            .without_apps(),
    )
    .await;
    let rules = rules(stage.config()).expect("the configuration");
    for name in [ADA, CARLA, ELIF] {
        let person = Person::sign_in(&stage, name).await;
        let Ok(groups) = serde_json::from_value(person.session["identity"]["groups"].clone()) else {
            continue;
        };
        // Of two roles only one opens `rec` to Elif.
        let explained = explain(&rules, Who::SignedIn(groups)).expect("groups of a provider");
        let seen = explained.sees.iter().find(|seen| seen.dashboard.id.as_str() == "rec").expect("rec");
        let told = seen.told.as_ref().expect("an app that is told");
        let cookie = person.enter(&stage, "rec").await;
        stage.dashboard("rec").get("/told").fetch().cookie(&cookie).send().await.expect(200);
        let heard = stage.recorder("rec").latest("/told");
        assert_eq!(heard.header("x-forwarded-groups"), Some(told.groups.join(",").as_str()), "{name}");
    }
}

/// Every command that a page shows with its output: `$ lanyard …` in a block of the kind `console`.
#[test]
fn the_pages_show_what_the_commands_print() {
    let mut shown = 0;
    let page = std::fs::read_to_string(repository().join("docs/explain.md")).expect("the page");
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().expect("an end");
        let (command, output) = block.split_once('\n').expect("a command and its output");
        let words = words(command.strip_prefix("$ lanyard ").expect("a command of ours"));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(
            printed(&words),
            output,
            "'{command}' prints something else; put that into docs/explain.md"
        );
        shown += 1;
    }
    assert!(shown >= 3, "{shown}");
}

/// As a shell splits them, as far as the pages need it.
fn words(command: &str) -> Vec<String> {
    let quoted = command.split('"').enumerate();
    quoted
        .flat_map(|(nth, part)| match nth % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[tokio::test]
async fn the_printed_schema_is_fit_for_the_demo_and_the_reference_is_the_page() {
    let stage = Stage::demo().await;
    let schema: Value = serde_json::from_str(&printed(&["schema"])).expect("JSON");
    let (mut compiler, mut schemas) = (boon::Compiler::new(), boon::Schemas::new());
    compiler.add_resource("http://lanyard.example/schema.json", schema).expect("an address");
    let index = compiler.compile("http://lanyard.example/schema.json", &mut schemas).expect("a schema");
    let file: toml::Table = std::fs::read_to_string(stage.config()).expect("a file").parse().expect("TOML");
    let file = serde_json::to_value(file).expect("JSON");
    schemas.validate(&file, index).unwrap_or_else(|error| panic!("{error}"));
    let page = std::fs::read_to_string(repository().join("docs/configuration.md")).expect("the page");
    assert_eq!(printed(&["reference"]), page);
}

#[test]
fn bad_input_gets_one_line_that_says_what_to_do() {
    let example = "examples/lanyard.toml";
    for (arguments, expected) in [
        (vec!["explain", "-c", example], "say one of these: --groups"),
        (vec!["explain", "-c", example, "--groups", "A", "--matrix"], "say one of these: --groups"),
        (vec!["explain", "-c", example, "--anonymous", "--groups"], "say one of these: --groups"),
        (vec!["explain", "-c", example, "--anonymous", "--format", "csv"], "--format is for --matrix"),
        (vec!["explain", "-c", "none.toml", "--matrix"], "none.toml: cannot be read: No such file"),
        (vec!["explain", "-c", example, "--groups", "a\u{7}b"], "has a name with a control character"),
    ] {
        let output = lanyard(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said.contains(expected) && said.lines().count() == 1, "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("explain-bad.toml");
    std::fs::write(&path, "[portal]\nurl = \"http://d\"\n[identity]\nclient_secret = \"hunter2\"\n")
        .expect("a file");
    let output = lanyard(&["explain", "--matrix", "-c", path.to_str().expect("a path")]);
    let said = String::from_utf8_lossy(&output.stderr);
    for line in [
        "portal.url: must be https",
        "identity.client_secret: must be a reference",
        "identity.issuer: is missing",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn no_group_and_several_are_both_said_by_groups() {
    let said = |arguments: &[&str]| {
        printed(&[&["explain", "--config", "examples/lanyard.toml"], arguments].concat())
            .lines()
            .next()
            .map(str::to_owned)
    };
    assert_eq!(said(&["--groups"]).as_deref(), Some("Somebody who is signed in, in no group."));
    let two = Some("Somebody who is signed in, in the groups 'A' and 'B'.");
    assert_eq!(said(&["--groups", "A", "--groups", "B"]).as_deref(), two);
    assert_eq!(said(&["--groups", "A", "B"]).as_deref(), two);
    assert_eq!(said(&["--anonymous"]).as_deref(), Some("Somebody who is not signed in."));
}
