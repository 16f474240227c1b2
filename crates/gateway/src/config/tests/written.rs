//! What somebody wrote is what is meant: configurations of any names, titles and groups that are allowed, written
//! as TOML with the strangest characters in them.

use std::{collections::BTreeMap, time::Duration};

use lanyard_contract::{
    paths::{LocalPath, is_reserved},
    policy::Access,
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::subsequence,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::config::{Kind, properties::read};

#[derive(Debug, Clone)]
struct Written {
    title: String,
    section: Option<String>,
    port: u16,
    roles: Vec<String>,
    start_path: String,
    seconds: u64,
}

type Roles = BTreeMap<String, Vec<String>>;

fn text() -> impl Strategy<Value = String> {
    "\\PC{1,20}".prop_filter("a text says something", |text| !text.trim().is_empty())
}

fn name() -> impl Strategy<Value = String> {
    "[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?".prop_filter("built in", |name| name != "signed-in")
}

fn roles() -> impl Strategy<Value = Roles> {
    let group = text().prop_map(|group| group.replace(',', "·"));
    btree_map(name(), vec(group, 1..4), 1..5)
}

fn dashboard(roles: &Roles) -> impl Strategy<Value = Written> + use<> {
    let names: Vec<String> = roles.keys().cloned().collect();
    let some = 0..=names.len();
    let path = "/[a-z0-9_/]{0,12}(\\?[a-z=&%]{0,6})?(#[a-z]{0,4})?"
        .prop_filter("a path of the app", |path| LocalPath::parse(path).is_ok() && !is_reserved(path));
    (text(), option::of(text()), 1_u16.., subsequence(names, some), path, 1..3600_u64).prop_map(
        |(title, section, port, roles, start_path, seconds)| Written {
            title,
            section,
            port,
            roles,
            start_path,
            seconds,
        },
    )
}

fn files() -> impl Strategy<Value = (Roles, BTreeMap<String, Written>)> {
    roles().prop_flat_map(|roles| {
        let dashboards = btree_map(name(), dashboard(&roles), 0..5);
        (Just(roles), dashboards)
    })
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

fn print(roles: &Roles, dashboards: &BTreeMap<String, Written>) -> String {
    let mut file = format!("{}{}[roles]\n", super::PORTAL, super::IDENTITY);
    for (role, groups) in roles {
        file += &format!("{} = {}\n", quoted(role), list(groups));
    }
    for (id, Written { title, section, port, roles, start_path, seconds }) in dashboards {
        file += &format!("[dashboards.{id}]\ntitle = {}\napp = \"http://127.0.0.1:{port}\"\n", quoted(title));
        file += &format!("roles = {}\ntimeout = \"{seconds}s\"\n", list(roles));
        file += &format!("start_path = {}\n", quoted(start_path));
        file.extend(section.iter().map(|section| format!("section = {}\n", quoted(section))));
    }
    file
}

#[test]
fn what_was_written_is_what_is_meant() {
    let config = Config { cases: 200, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let checked = runner.run(&files(), |(roles, dashboards)| {
        let file = print(&roles, &dashboards);
        let (config, _) =
            read(&file).map_err(|problems| TestCaseError::fail(format!("{problems}\n{file}")))?;
        super::schema::assert_accepts(file.as_bytes());
        assert_eq!(config.dashboards.len(), dashboards.len());
        for (read, (id, written)) in config.dashboards.iter().zip(&dashboards) {
            assert_eq!(read.id.as_str(), id);
            assert_eq!((&read.title, &read.section), (&written.title, &written.section));
            let Access::Roles(access) = &read.access else { panic!("{id} is public") };
            assert!(access.iter().map(|role| role.as_str()).eq(written.roles.iter().map(String::as_str)));
            let Kind::App(app) = &read.kind else { panic!("{id} is no app") };
            assert_eq!(app.upstream.authority.port(), written.port);
            assert_eq!(app.start_path, written.start_path);
            assert_eq!(app.timeout, Duration::from_secs(written.seconds));
            let granted = |group: &String| written.roles.iter().any(|role| roles[role].contains(group));
            assert!(app.visible_groups.iter().all(granted));
            assert!(
                written.roles.iter().flat_map(|role| &roles[role]).all(|g| app.visible_groups.contains(g))
            );
        }
        Ok(())
    });
    assert!(checked.is_ok(), "{}", checked.unwrap_err());
}
