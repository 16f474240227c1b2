//! What is explained about files with everything odd in them, to the letter.

use std::path::PathBuf;

use super::{Format, Matrix, Who, explain};
use crate::config::{Rules, rules};

const HEAD: &str = "[portal]\nurl = \"https://dash.example\"\n[identity]\nissuer = \"https://id.example\"\n\
    client_id = \"c\"\nclient_secret = \"env:NOWHERE\"\n";
const ODD: &str = r#"
[roles]
lead = ["Leads", "Chefs"]
team = ["Finance Team"]
auditor = []
idle = ["Idle"]
[dashboards.open]
app = "http://a:1"
public = true
host = "open.elsewhere"
[dashboards.team]
title = "The team's"
app = "https://a:2"
ca = "nowhere.pem"
roles = ["lead", "team"]
forward_groups = ["Idle"]
forward_access_token = true
[dashboards.all]
external = "https://w.example"
roles = ["signed-in", "lead"]
[dashboards.audit]
app = "http://a:3"
roles = ["auditor"]
[dashboards.none]
app = "http://a:4"
"#;

fn read(name: &str, identity: &str, rest: &str) -> Rules {
    let path = std::env::temp_dir().join(format!("lanyard-explain-{}-{name}.toml", std::process::id()));
    std::fs::write(&path, format!("{HEAD}{identity}{rest}")).expect("a file");
    let rules = rules(&path).unwrap_or_else(|problems| panic!("{problems}"));
    std::fs::remove_file(PathBuf::from(&path)).expect("the file");
    rules
}

fn signed_in(rules: &Rules, groups: &[&str]) -> String {
    let who = Who::SignedIn(groups.iter().map(|group| (*group).to_owned()).collect());
    explain(rules, who).expect("groups").to_string()
}

#[test]
fn somebody_in_groups_is_told_what_opens_and_what_would() {
    let rules = read("groups", "", ODD);
    assert_eq!(
        signed_in(&rules, &["Leads", "Finance Team", "Idle", "Chefs"]),
        r#"Somebody who is signed in, in the groups 'Leads', 'Finance Team', 'Idle' and 'Chefs'.

Has the roles
  idle       the group 'Idle' grants it
  lead       the groups 'Leads' and 'Chefs' grant it
  signed-in  everybody who is signed in has it
  team       the group 'Finance Team' grants it

Sees 3 of 5 dashboards
  open
    rule      public = true: everybody sees it, signed in or not
    address   https://dash.example/d/open
    app told  nothing: a public dashboard never is
  team  The team's
    rule      roles = ["lead", "team"]: the roles lead and team open it
    address   https://dash.example/d/team
    app told  who they are, the groups 'Leads', 'Finance Team', 'Idle' and 'Chefs' and the roles
              lead and team; it gets their access token of the provider
  all
    rule      roles = ["lead", "signed-in"]: the roles lead and signed-in open it
    address   https://dash.example/d/all
    app told  nothing: it is framed as it is, and checks for itself

Does not see
  audit
    rule      roles = ["auditor"]
    opens by  the role auditor, which no group grants
  none
    rule      roles = []
    opens by  nothing: a rule without a role is for nobody
"#
    );
}

#[test]
fn nobody_in_particular_is_explained_too() {
    let rules = read("nobody", "", ODD);
    let anonymous = explain(&rules, Who::Anonymous).expect("an answer").to_string();
    for line in [
        "Somebody who is not signed in.\n\nSees 1 of 5 dashboards\n  open\n",
        "    opens by  signing in, with the role lead, by the groups 'Leads' or 'Chefs',\n\
         \x20             or the role team, by the group 'Finance Team'\n",
        "  all\n    rule      roles = [\"lead\", \"signed-in\"]\n    opens by  signing in\n",
    ] {
        assert!(anonymous.contains(line), "{line}\nis not in\n{anonymous}");
    }
    let none = signed_in(&rules, &[]);
    assert!(
        none.starts_with("Somebody who is signed in, in no group.\n\nHas the role\n  signed-in  everybody"),
        "{none}"
    );
    assert!(none.contains("\nSees 2 of 5 dashboards\n"), "{none}");
}

#[test]
fn groups_that_grant_nothing_are_told_from_those_that_they_resemble() {
    let plain = read("strays", "", ODD);
    let flat = |said: String| said.split_whitespace().collect::<Vec<_>>().join(" ");
    for (group, expected) in [
        (
            "finance team",
            "no role names it; did you mean 'Finance Team'? Groups are compared byte for byte Sees",
        ),
        ("Finance Team ", "no role names it; did you mean 'Finance Team'? Groups"),
        ("Finance\u{a0}Team", "no role names it; did you mean 'Finance Team'? Groups"),
        (
            "/Finance Team",
            "no role names it, but one names 'Finance Team': 'strip_slash = true' in [identity]",
        ),
        ("Printers", "no role names it Sees"),
    ] {
        let said = flat(signed_in(&plain, &[group]));
        let (_, strays) = said.split_once(" Grants nothing ").unwrap_or_else(|| panic!("{said}"));
        assert!(strays.contains(expected) && strays.contains(" Sees 2 of 5 "), "{group:?}: {strays}");
    }
    let slashed = ODD.replace("\"Finance Team\"", "\"Finance Team\", \"/Old\"");
    let said = flat(signed_in(&read("strip", "strip_slash = true\n", &slashed), &["/Finance Team", "/Old"]));
    assert!(
        said.contains("in the groups 'Finance Team' and 'Old' (as they count after 'strip_slash')."),
        "{said}"
    );
    assert!(said.contains("'Old' no role names it, but one names '/Old': 'strip_slash' has taken"), "{said}");
    assert!(said.contains("Sees 3 of 5"), "{said}");
}

#[test]
fn groups_that_no_sign_in_gets_past_are_refused() {
    let rules = read("refused", "", ODD);
    for group in ["a\u{7}".to_owned(), "x".repeat(2_000)] {
        assert!(explain(&rules, Who::SignedIn(vec![group])).is_err());
    }
}

#[test]
fn the_matrix_has_every_row_and_what_is_odd() {
    let rules = read("matrix", "", ODD);
    let matrix = Matrix::of(&rules);
    assert_eq!(
        matrix.show(Format::Text),
        "dashboard  not signed in  signed-in  lead  team  auditor  idle\n\
         open       yes            yes        yes   yes   yes      yes\n\
         team       no             no         yes   yes   no       no\n\
         all        no             yes        yes   yes   yes      yes\n\
         audit      no             no         no    no    yes      no\n\
         none       no             no         no    no    no       no\n\n\
         Open to everybody, signed in or not: open\n\
         Seen by nobody: audit and none\n\
         Roles that open nothing: idle\n\
         Roles that no group grants: auditor\n"
    );
    let markdown = matrix.show(Format::Markdown);
    assert!(markdown.starts_with("| dashboard | not signed in | signed-in | lead |"), "{markdown}");
    assert!(markdown.contains("\n|---|---|---|---|---|---|---|\n| open | yes |"), "{markdown}");
    assert!(markdown.ends_with("\n\n- Open to everybody, signed in or not: open\n- Seen by nobody: audit and none\n- Roles that open nothing: idle\n- Roles that no group grants: auditor\n"), "{markdown}");
    let csv = matrix.show(Format::Csv);
    assert_eq!(csv.split("\r\n").count(), 7, "{csv}");
    assert!(csv.contains("\r\nteam,no,no,yes,yes,no,no\r\n"), "{csv}");
    let json: serde_json::Value = serde_json::from_str(&matrix.show(Format::Json)).expect("JSON");
    assert_eq!(json["dashboards"][1]["roles"], serde_json::json!(["lead", "team"]));
    assert_eq!(json["seen_by_nobody"], serde_json::json!(["audit", "none"]));
}

#[test]
fn too_many_roles_for_a_table_are_said_in_words_within_the_width() {
    let many: String = (0..30).map(|nth| format!("department-{nth} = [\"Department {nth}\"]\n")).collect();
    let names: Vec<String> = (0..30).map(|nth| format!("\"department-{nth}\"")).collect();
    let rest =
        format!("[roles]\n{many}[dashboards.wide]\napp = \"http://a:1\"\nroles = [{}]\n", names.join(", "));
    let text = Matrix::of(&read("wide", "", &rest)).show(Format::Text);
    assert!(text.starts_with("wide       department-0, department-1, "), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}
