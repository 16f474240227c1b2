//! Whole files, and to the letter what is printed about them.

use super::{PORTAL, complete, repository, said};

#[test]
fn five_mistakes_are_five_lines() {
    let file = r#"
[portal]
url = "http://dash.example"
titel = "Harbour analytics"

[identity]
issuer = "https://id.example/realms/harbour"
client_id = "lanyard"
client_secret = "hunter2"

[roles]
finance = ["Finance Team"]

[dashboards.finance]
app = "http://localhost:8502"
  role = ["finance"]

[dashboards.forecast]
app = "http://localhost:8503"
roles = ["signed-in", "finanse"]
"#;
    assert_eq!(
        said(file),
        [
            "lanyard.toml:3:7: error: portal.url: must be https; http is only for localhost, names under it and \
             loopback addresses",
            "lanyard.toml:4:1: error: portal.titel: unknown key; did you mean 'title'?",
            "lanyard.toml:9:17: error: identity.client_secret: must be a reference, 'env:NAME' or 'file:PATH': a \
             secret does not belong in this file",
            "lanyard.toml:16:3: error: dashboards.finance.role: unknown key; did you mean 'roles'?",
            "lanyard.toml:20:23: error: dashboards.forecast.roles: unknown role 'finanse'; did you mean \
             'finance'?",
        ]
    );
}

#[test]
fn five_slips_in_the_syntax_are_five_lines_too() {
    let file = r#"[portal
url "https://dash.example"
title = Harbour

[identity]
issuer = "https://id.example
client_id = "lanyard"
client_secret = "env:SECRET"

[roles]
finance = ["Finance Team"
manager = ["Manager"]

[dashboards.finance]
app = "http://localhost:8502"
roles = ["finance", "manager"]
"#;
    assert_eq!(
        said(file),
        [
            "lanyard.toml:1:8: error: unclosed table, expected `]`",
            "lanyard.toml:2:5: error: key with no value, expected `=`",
            "lanyard.toml:3:9: error: string values must be quoted, expected literal string",
            "lanyard.toml:6:29: error: invalid basic string, expected `\"`",
            "lanyard.toml:11:1: error: this value does not end: a quote or a bracket is missing",
        ]
    );
}

#[test]
fn mistakes_of_both_kinds_are_found_together() {
    let file = complete(
        r#"[roles]
finance = ["Finance Team",
]
manager = [
    "Manager"
    "Board",
]
[server]
drain = """10s
[session]
absolute = "8 h"
per_person = 0
[session]
[limits]
sign_ins = "many"
sign_ins = 3"#,
    );
    assert_eq!(
        said(file),
        [
            "lanyard.toml:6:5: error: missing comma between array elements, expected `,`",
            "lanyard.toml:9:1: error: this value does not end: a quote or a bracket is missing",
            "lanyard.toml:11:12: error: session.absolute: must be a whole number and a unit, such as '500ms', \
             '30s', '10min', '8h' or '2d'",
            "lanyard.toml:12:14: error: session.per_person: must be from 1 to 10000",
            "lanyard.toml:13:2: error: is given twice; the first counts",
            "lanyard.toml:15:12: error: limits.sign_ins: must be a whole number, not a string",
            "lanyard.toml:16:1: error: is given twice; the first counts",
        ]
    );
}

#[test]
fn one_slip_takes_nothing_else_along() {
    for (file, expected) in [
        // The unreadable head takes its keys with it, and nobody says that they are missing.
        (complete("[]\nurl = \"https://dash.example\"\n[portal]\nurl = \"https://dash.example\""), "1:2: "),
        (complete("[portal]\nurl \"https://dash.example\""), "2:5: error: key with no value"),
        (
            complete("[roles]\nboss = [\"Boss\"\n\n[dashboards.x]\napp = \"http://a:1\"\nroles = [\"boss\"]"),
            "2:1: ",
        ),
        (complete("[dashboards.x]\napp = \"http://a:1\"\nroles [\"signed-in\"]"), "3:7: "),
        (complete("[dashboards.x\napp = \"http://a:1\"\nroles = [\"signed-in\"]"), "1:14: "),
        (format!("{}[server]\ndrain = \"\"\"1s\n", complete("")), "12:1: error: this value does not end"),
    ] {
        let said = said(&file);
        let expected = format!("lanyard.toml:{expected}");
        assert!(said.len() == 1 && said[0].starts_with(&expected), "{file}\nsaid {said:#?}");
    }
}

#[test]
fn a_file_that_is_something_else_altogether_is_given_up_after_twenty_lines() {
    let said = said("what is\nthis?\n".repeat(100));
    assert_eq!(said.len(), 20, "{said:#?}");
    assert!(said.iter().all(|line| line.contains(": error: ")));
}

#[test]
fn an_empty_file_is_told_what_it_needs() {
    assert_eq!(
        said(""),
        [
            "lanyard.toml:1:1: error: portal.url: is missing: the address that people open, such as \
             'https://dash.example'",
            "lanyard.toml:1:1: error: identity.issuer: is missing: the identity provider's address, exactly as \
             it calls itself",
            "lanyard.toml:1:1: error: identity.client_id: is missing: the name under which the identity \
             provider knows this portal",
            "lanyard.toml:1:1: error: identity.client_secret: is missing: the gateway signs people in as a \
             confidential client; 'env:NAME' or 'file:PATH'",
            "lanyard.toml:1:1: warning: there is no dashboard yet: [dashboards.<id>]",
        ]
    );
}

#[test]
fn a_file_that_is_not_there_or_is_no_text_or_far_too_large_says_so() {
    let folder = super::Folder::new();
    let path = folder.0.join("none.toml");
    let missing = super::load(&path, &super::env).expect_err("no file");
    assert_eq!(
        missing.to_string(),
        format!("{}: cannot be read: No such file or directory (os error 2)", path.display())
    );
    assert_eq!(said(b"[portal]\nurl = \"\xff\"\n"), ["lanyard.toml:2:8: error: is not UTF-8"]);
    let large = said(vec![b'#'; 1024 * 1024 + 1]);
    assert_eq!(large, ["lanyard.toml: is larger than 1048576 bytes, which no configuration is"]);
}

#[test]
fn columns_count_characters_and_keys_are_printed_on_one_line() {
    let file = complete("[roles]\n\"ä\\nb\" = [\"ü\", 3]");
    assert_eq!(
        said(file),
        [
            "lanyard.toml:2:1: error: roles.\"ä\\nb\": a role's name may hold only a-z, 0-9 and '-', and neither \
             begins nor ends with '-'",
            "lanyard.toml:2:16: error: roles.\"ä\\nb\": must be a string, not a whole number",
        ]
    );
}

#[test]
fn the_example_has_nothing_wrong_with_it() {
    let example = std::fs::read(repository().join("examples/lanyard.toml")).expect("the example");
    assert_eq!(said(example), [""; 0]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_mistake() {
    let file = complete(PORTAL).replace('\n', "\r\n");
    assert_eq!(said(format!("\u{feff}{file}")), [""; 0]);
}
