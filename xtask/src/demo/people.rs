//! The demo's people and their groups, as every provider has them, and what each will see. The latter only for the
//! text that the demo prints: who may see what is decided by the gateway.

use serde_json::{Value, json};

use super::apps::{App, FRAMEWORKS, ROLES};

pub(super) struct Person {
    first: &'static str,
    last: &'static str,
    groups: &'static [&'static str],
}

pub(super) const PEOPLE: [Person; 5] = [
    Person { first: "Ada", last: "Albrecht", groups: &["Manager"] },
    Person { first: "Ben", last: "Brandt", groups: &["Data Science Team"] },
    Person { first: "Carla", last: "Costa", groups: &["Finance Team"] },
    Person { first: "Dov", last: "Demir", groups: &[] },
    Person {
        first: "Elif",
        last: "Eriksen",
        groups: &["Data Science Team", "Finance Team", "Finance Leads"],
    },
];

impl Person {
    /// As `manage.py people` reads it.
    pub(super) fn json(&self) -> Value {
        let username = self.first.to_ascii_lowercase();
        let email = format!("{username}@harbour.example");
        let Self { first, last, groups } = self;
        json!({ "username": username, "first_name": first, "last_name": last, "email": email, "groups": groups })
    }
}

/// One a person, and one for those who do not sign in.
pub(super) fn lines(apps: &[App]) -> Vec<String> {
    let named = PEOPLE.iter().map(|Person { first, last, groups }| {
        let groups_text = if groups.is_empty() { "no group".to_owned() } else { groups.join(", ") };
        format!("  {:<14}{groups_text:<48}{}", format!("{first} {last}"), sees(apps, groups))
    });
    named.chain([format!("  {:<14}{:<48}{}", "not signed in", "", sees(apps, &[]))]).collect()
}

/// The titles; where there is one dashboard a framework, only how many.
fn sees(apps: &[App], groups: &[&str]) -> String {
    let (frameworks, others): (Vec<&App>, Vec<&App>) =
        apps.iter().filter(|app| may_see(app, groups)).partition(|app| app.section == FRAMEWORKS);
    let mut titles: Vec<String> = others.iter().map(|app| app.title.clone()).collect();
    if !frameworks.is_empty() {
        titles.push(format!("{} in {FRAMEWORKS}", frameworks.len()));
    }
    titles.join(", ")
}

fn may_see(app: &App, groups: &[&str]) -> bool {
    let has = |role: &&str| ROLES.iter().any(|(name, group)| name == role && groups.contains(group));
    app.roles.is_empty() || app.roles.iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::apps;

    #[test]
    fn each_person_is_told_with_their_dashboards() {
        let apps = apps::story();
        let sees = |groups: &[&str]| sees(&apps, groups);
        let all = "Data Science Team KPI, Finance Team KPI, Finance forecast, Service status";
        assert_eq!(sees(&["Manager"]), all);
        assert_eq!(sees(&["Data Science Team"]), "Data Science Team KPI, Service status");
        assert_eq!(sees(&["Finance Team"]), "Finance Team KPI, Service status");
        assert_eq!(sees(&["Data Science Team", "Finance Team", "Finance Leads"]), all);
        assert_eq!(sees(&[]), "Service status");
        assert_eq!(lines(&apps).len(), 6);
        assert!(lines(&apps)[3].starts_with("  Dov Demir     no group "));
    }

    #[test]
    fn dashboards_of_the_frameworks_are_counted() {
        let mut apps = apps::story();
        apps[1].section = FRAMEWORKS;
        apps[2].section = FRAMEWORKS;
        assert_eq!(sees(&apps, &["Manager"]), "Data Science Team KPI, Service status, 2 in Frameworks");
        assert_eq!(sees(&apps, &["Finance Team"]), "Service status, 1 in Frameworks");
    }
}
