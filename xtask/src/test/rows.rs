//! The rows of step e2e, for `--only`: one a framework, named after its folder in `examples/`, two that are about no
//! framework, and one an identity provider. A row is a Rust module of its test targets.

use anyhow::{Result, bail};

use super::{
    counting::Count,
    equipment::Equipment::{self, Apps, Canaille, Keycloak, Nginx, OidcProvider},
    needs::Needs,
    steps::{STEPS, end_to_end_tests, tests},
};
use crate::{
    frameworks::{self, Runtime},
    process,
    tools::reason,
    workspace::Workspace,
};

/// Test targets of the package lanyard-testbed.
type Targets = &'static [&'static str];
const FRAMEWORKS: Targets = &["--test", "frameworks", "--test", "forged_tokens"];
const PROVIDERS: Targets = &["--test", "providers"];

/// Each with what it needs.
const OTHERS: [(&str, Targets, &[Equipment]); 9] = [
    ("external", FRAMEWORKS, &[]),
    ("https", FRAMEWORKS, &[]),
    ("django", PROVIDERS, &[Apps(Runtime::Python)]),
    ("keycloak", PROVIDERS, &[Keycloak]),
    ("saml", PROVIDERS, &[Keycloak]),
    ("oidc-provider", PROVIDERS, &[OidcProvider]),
    ("canaille", PROVIDERS, &[Canaille]),
    ("trusted-headers", PROVIDERS, &[Nginx]),
    ("fixtures", PROVIDERS, &[]),
];

pub(super) struct Row {
    pub(super) name: String,
    targets: Targets,
    equipment: Vec<Equipment>,
}

/// Those of `only` that are rows. An error when one is neither a row nor a step.
pub(super) fn named(workspace: &Workspace, only: &[String]) -> Result<Vec<Row>> {
    if only.iter().all(|name| is_step(name)) {
        return Ok(Vec::new());
    }
    choose(find(workspace)?, only)
}

fn find(workspace: &Workspace) -> Result<Vec<Row>> {
    let frameworks = frameworks::find(&workspace.examples())?.into_iter();
    let frameworks = frameworks.map(|found| Row {
        name: found.id,
        targets: FRAMEWORKS,
        equipment: vec![Apps(found.runtime)],
    });
    let others = OTHERS.map(|(name, targets, equipment)| Row {
        name: name.to_owned(),
        targets,
        equipment: equipment.to_vec(),
    });
    Ok(frameworks.chain(others).collect())
}

fn choose(rows: Vec<Row>, only: &[String]) -> Result<Vec<Row>> {
    let is_row = |name: &&String| rows.iter().any(|row| row.name == **name);
    if let Some(name) = only.iter().find(|name| !is_step(name) && !is_row(name)) {
        let steps = STEPS.each_ref().map(|step| step.name).join(", ");
        let rows: Vec<&str> = rows.iter().map(|row| &*row.name).collect();
        bail!(
            "there is no step `{name}`; the steps are {steps}; the rows of step e2e are {}",
            rows.join(", ")
        );
    }
    Ok(rows.into_iter().filter(|row| only.contains(&row.name)).collect())
}

fn is_step(name: &str) -> bool {
    STEPS.iter().any(|step| step.name == name)
}

impl Row {
    pub(super) fn run(&self, needs: &mut Needs) -> Result<Count> {
        let mut found = Vec::new();
        for one in &self.equipment {
            found.push((one.variable(), needs.equipment(*one)?));
        }
        let mut list = end_to_end_tests(needs)?;
        list.args(self.targets).args(["--", "--list"]);
        let outcome = process::run("listing the tests", list)?;
        if !outcome.success {
            bail!("the tests cannot be listed ({})", reason(&outcome.lines));
        }
        let module = self.module();
        let names = inside(&outcome.lines, &module);
        if names.is_empty() {
            bail!("no such test of lanyard-testbed is in a module `{module}`");
        }
        let mut command = end_to_end_tests(needs)?;
        command.args(self.targets).args(["--", "--exact"]).args(names).envs(found);
        tests(&format!("tests of {}", self.name), command)
    }

    fn module(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// libtest selects by parts of names, which would run `r_shiny` for `shiny`; so its list is read, and the tests of
/// exactly this module are named to it.
fn inside<'a>(list: &'a [String], module: &str) -> Vec<&'a str> {
    let names = list.iter().filter_map(|line| line.strip_suffix(": test"));
    names.filter(|name| name.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        ["panel", "shiny", "shiny-r", "https"].map(row).into()
    }

    fn row(name: &str) -> Row {
        Row { name: name.to_owned(), targets: FRAMEWORKS, equipment: Vec::new() }
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_row_runs_the_tests_of_exactly_its_module() {
        let list = "     Running tests/frameworks.rs (target/debug/deps/frameworks-1)\nshiny::opens: test\n\
            shiny::identity::two_people: test\nshiny_r::opens: test\nr_shiny::opens: test\npanel::shiny::opens: test\n\
            shiny: test\n\n6 tests, 0 benchmarks";
        let list: Vec<String> = list.lines().map(str::to_owned).collect();
        let module = |name: &str| row(name).module();
        assert_eq!(inside(&list, &module("shiny")), ["shiny::opens", "shiny::identity::two_people"]);
        assert_eq!(inside(&list, &module("shiny-r")), ["shiny_r::opens"]);
        assert!(inside(&list, &module("dash")).is_empty());
    }

    #[test]
    fn rows_are_chosen_beside_steps() {
        let chosen = choose(rows(), &words("format shiny https")).unwrap();
        assert_eq!(chosen.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["shiny", "https"]);
    }

    #[test]
    fn an_unknown_name_is_told_all_names() {
        let error = choose(rows(), &words("shiny streamlt")).err().unwrap().to_string();
        assert!(error.starts_with("there is no step `streamlt`; the steps are format, clippy, "), "{error}");
        assert!(error.ends_with("e2e; the rows of step e2e are panel, shiny, shiny-r, https"), "{error}");
    }

    #[test]
    fn no_row_has_the_name_of_a_step() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        let frameworks = frameworks::find(&root).unwrap();
        let names = frameworks.iter().map(|framework| &*framework.id);
        let names = names.chain(OTHERS.map(|(name, ..)| name));
        assert_eq!(names.filter(|name| is_step(name)).collect::<Vec<_>>(), Vec::<&str>::new());
    }

    /// Otherwise `--only` runs nothing, or step e2e runs what has no row.
    #[test]
    fn every_identity_provider_of_the_tests_is_a_row() {
        let text = include_str!("../../../crates/testbed/tests/providers.rs");
        let modules = text.split("#[path = \"providers/").skip(1).filter_map(|rest| rest.split(".rs").next());
        let mut modules: Vec<String> = modules.map(str::to_owned).collect();
        let providers = OTHERS.iter().filter(|(_, targets, _)| *targets == PROVIDERS);
        let mut rows: Vec<String> = providers.map(|(name, ..)| row(name).module()).collect();
        modules.sort();
        rows.sort();
        assert_eq!(modules, rows);
    }
}
