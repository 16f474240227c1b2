//! `[roles]`: which groups grant which role, and the names that dashboards may use.

use std::collections::BTreeSet;

use lanyard_contract::{RoleId, roles::RoleTable};

use super::{
    nearest,
    section::Section,
    value::{Value, quoted},
};

/// The roles of the file, in its order.
pub struct Roles {
    defined: Vec<(RoleId, Vec<String>)>,
    /// Names in `[roles]` that cannot be a role. They are reported there, and not again where they are used.
    unusable: Vec<String>,
}

impl Roles {
    pub fn read(values: &[Value<'_>]) -> Self {
        let (mut defined, mut unusable) = (Vec::new(), Vec::new());
        for value in values {
            let groups = groups(value);
            if value.list().is_some_and(|list| list.is_empty()) {
                value.warn("lists no group: nobody will have this role");
            }
            match value.name().parse::<RoleId>() {
                Ok(role) if role == RoleId::signed_in() => {
                    value.refuse_key("is built in: everybody who is signed in has it");
                }
                Ok(role) => defined.push((role, groups.unwrap_or_default())),
                Err(error) => {
                    value.refuse_key(format!("a role's name {error}"));
                    unusable.push(value.name().to_owned());
                }
            }
        }
        Self { defined, unusable }
    }

    pub fn table(&self) -> RoleTable {
        RoleTable::new(self.defined.iter().map(|(role, groups)| (role.clone(), groups.clone())))
    }

    /// In the order of the file, each with the groups that grant it.
    pub fn into_defined(self) -> Vec<(RoleId, Vec<String>)> {
        self.defined
    }

    /// The `roles` of a dashboard. Names that nobody defined are reported with the nearest that somebody did.
    pub fn used(&self, value: &Value<'_>, section: &Section<'_>) -> Option<BTreeSet<RoleId>> {
        let mut used = BTreeSet::new();
        for element in value.list()? {
            let Some(name) = element.string() else { continue };
            let role = name.parse::<RoleId>().ok();
            let known =
                |role: &RoleId| *role == RoleId::signed_in() || self.defined.iter().any(|(r, _)| r == role);
            match role.filter(known) {
                Some(role) => {
                    used.insert(role);
                }
                None if self.unusable.iter().any(|known| known == name) => {}
                None if section.report().may_have_held(name) => {}
                None => {
                    let names = self.defined.iter().map(|(role, _)| role.as_str()).chain(["signed-in"]);
                    let hint = nearest::hint(name, names);
                    element.refuse::<()>(format!("unknown role {}{hint}", quoted(name)));
                }
            }
        }
        Some(used)
    }

    /// The groups that grant one of these roles, and then `more`: each once, in the order of the file.
    pub fn visible_groups(&self, roles: &BTreeSet<RoleId>, more: &[String]) -> Vec<String> {
        let granting =
            self.defined.iter().filter(|(role, _)| roles.contains(role)).flat_map(|(_, groups)| groups);
        let mut visible: Vec<String> = Vec::new();
        for group in granting.chain(more) {
            if !visible.contains(group) {
                visible.push(group.clone());
            }
        }
        visible
    }
}

/// Groups, byte for byte as the identity provider says them. They travel in a list with commas between.
pub fn groups(value: &Value<'_>) -> Option<Vec<String>> {
    let mut groups = Vec::new();
    for element in value.list()? {
        let Some(group) = element.text() else { continue };
        if group.contains(',') {
            element.refuse::<()>("a group's name may have no comma: apps read groups as a list with commas");
        } else if !groups.iter().any(|known| known == group) {
            groups.push(group.to_owned());
        }
    }
    Some(groups)
}
