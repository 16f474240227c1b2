//! The demo's people as the development provider knows them, and what each of them will see. Only for the text
//! that the demo prints: who may see what is decided by the gateway.

use super::config::{APPS, App, ROLES};

const PEOPLE: [(&str, &[&str]); 5] = [
    ("Ada Albrecht", &["Manager"]),
    ("Ben Brandt", &["Data Science Team"]),
    ("Carla Costa", &["Finance Team"]),
    ("Dov Demir", &[]),
    ("Elif Eriksen", &["Data Science Team", "Finance Team", "Finance Leads"]),
];

/// One a person, and one for those who do not sign in.
pub(super) fn lines() -> Vec<String> {
    let named = PEOPLE.iter().map(|(name, groups)| {
        let groups_text = if groups.is_empty() { "no group".to_owned() } else { groups.join(", ") };
        format!("  {name:<14}{groups_text:<48}{}", sees(groups))
    });
    named.chain([format!("  {:<14}{:<48}{}", "not signed in", "", sees(&[]))]).collect()
}

fn sees(groups: &[&str]) -> String {
    let titles: Vec<&str> = APPS.iter().filter(|app| may_see(app, groups)).map(|app| app.title).collect();
    titles.join(", ")
}

fn may_see(app: &App, groups: &[&str]) -> bool {
    let has = |role: &&str| ROLES.iter().any(|(name, group)| name == role && groups.contains(group));
    app.roles.is_empty() || app.roles.iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_is_told_with_their_dashboards() {
        let all = "Data Science Team KPI, Finance Team KPI, Finance forecast, Service status";
        assert_eq!(sees(&["Manager"]), all);
        assert_eq!(sees(&["Data Science Team"]), "Data Science Team KPI, Service status");
        assert_eq!(sees(&["Finance Team"]), "Finance Team KPI, Service status");
        assert_eq!(sees(&["Data Science Team", "Finance Team", "Finance Leads"]), all);
        assert_eq!(sees(&[]), "Service status");
        assert_eq!(lines().len(), 6);
        assert!(lines()[3].starts_with("  Dov Demir     no group "));
    }
}
