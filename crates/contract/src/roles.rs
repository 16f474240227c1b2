//! From groups, which the identity provider names, to roles, which the configuration names.

use std::collections::{BTreeSet, HashMap};

use crate::RoleId;

/// Which groups grant which roles.
#[derive(Debug, Clone, Default)]
pub struct RoleTable {
    by_group: HashMap<Box<str>, Vec<RoleId>>,
}

impl RoleTable {
    /// Builds the table from pairs of a role and the groups that grant it.
    pub fn new<G: AsRef<str>>(roles: impl IntoIterator<Item = (RoleId, Vec<G>)>) -> Self {
        let mut by_group: HashMap<Box<str>, Vec<RoleId>> = HashMap::new();
        for (role, groups) in roles {
            for group in groups {
                by_group.entry(group.as_ref().into()).or_default().push(role.clone());
            }
        }
        Self { by_group }
    }

    /// The roles of a signed-in person in these groups: always `signed-in`, and what the groups grant.
    /// Groups are compared byte for byte. The cost follows the person's groups, not the table.
    pub fn roles_of<G: AsRef<str>>(&self, groups: impl IntoIterator<Item = G>) -> BTreeSet<RoleId> {
        let mut roles = BTreeSet::from([RoleId::signed_in()]);
        for group in groups {
            roles.extend(self.by_group.get(group.as_ref()).into_iter().flatten().cloned());
        }
        roles
    }

    /// The groups that grant one of these roles.
    pub fn groups_granting<'a>(&'a self, roles: &'a BTreeSet<RoleId>) -> impl Iterator<Item = &'a str> {
        self.by_group
            .iter()
            .filter(|(_, granted)| granted.iter().any(|role| roles.contains(role)))
            .map(|(group, _)| &**group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> RoleId {
        name.parse().expect("a role in a test")
    }

    #[test]
    fn groups_grant_roles_and_nothing_else_does() {
        let table = RoleTable::new([
            (role("manager"), vec!["Manager"]),
            (role("finance"), vec!["Finance Team", "Controllers"]),
            (role("lead"), vec!["Controllers"]),
        ]);
        assert_eq!(
            table.roles_of(["Controllers", "manager"]),
            BTreeSet::from([role("finance"), role("lead"), role("signed-in")])
        );
        assert_eq!(table.roles_of(Vec::<String>::new()), BTreeSet::from([role("signed-in")]));
        assert_eq!(table.roles_of(["Finance Team "]), BTreeSet::from([role("signed-in")]));
    }

    #[test]
    fn the_groups_behind_a_rule_are_found() {
        let table = RoleTable::new([(role("a"), vec!["A"]), (role("b"), vec!["B", "A"])]);
        let mut groups: Vec<_> =
            table.groups_granting(&BTreeSet::from([role("b")])).map(str::to_owned).collect();
        groups.sort();
        assert_eq!(groups, ["A", "B"]);
    }
}
