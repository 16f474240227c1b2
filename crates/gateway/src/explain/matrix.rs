//! Everybody at once: which role sees which dashboard, and what is odd about the rules. Each cell is the decision
//! about somebody with that one role.

use std::collections::BTreeSet;

use lanyard_contract::{
    DashboardId, RoleId,
    policy::{Policy, Viewer, decide},
};
use serde::Serialize;

use super::policy;
use crate::config::Rules;

#[derive(Debug, Serialize)]
pub struct Matrix {
    /// In the order of the file, after `signed-in`.
    pub roles: Vec<RoleId>,
    pub dashboards: Vec<Row>,
    pub open_to_everybody: Vec<DashboardId>,
    /// No role opens them, or none that a group grants.
    pub seen_by_nobody: Vec<DashboardId>,
    /// Roles that open nothing which signing in does not open by itself.
    pub roles_that_open_nothing: Vec<RoleId>,
    pub roles_that_no_group_grants: Vec<RoleId>,
}

#[derive(Debug, Serialize)]
pub struct Row {
    pub id: DashboardId,
    pub title: String,
    pub not_signed_in: bool,
    /// The roles that see it.
    pub roles: Vec<RoleId>,
}

impl Matrix {
    pub fn of(rules: &Rules) -> Self {
        let policy = policy(rules);
        let signed_in = RoleId::signed_in();
        let defined = || rules.roles.iter().map(|(role, _)| role);
        let roles: Vec<RoleId> = [&signed_in].into_iter().chain(defined()).cloned().collect();
        let dashboards: Vec<Row> = rules
            .dashboards
            .iter()
            .map(|dashboard| Row {
                id: dashboard.id.clone(),
                title: dashboard.title.clone(),
                not_signed_in: decide(&policy, Viewer::Anonymous, &dashboard.id).allowed(),
                roles: roles.iter().filter(|role| sees(&policy, role, &dashboard.id)).cloned().collect(),
            })
            .collect();
        let ungranted: Vec<RoleId> = rules
            .roles
            .iter()
            .filter(|(_, groups)| groups.is_empty())
            .map(|(role, _)| role.clone())
            .collect();
        let opens = |role: &RoleId| {
            dashboards.iter().any(|row| row.roles.contains(role) && !row.roles.contains(&signed_in))
        };
        let ids = |which: &dyn Fn(&Row) -> bool| {
            dashboards.iter().filter(|row| which(row)).map(|row| row.id.clone()).collect()
        };
        Self {
            open_to_everybody: ids(&|row| row.not_signed_in),
            seen_by_nobody: ids(&|row| {
                !row.not_signed_in && row.roles.iter().all(|role| ungranted.contains(role))
            }),
            roles_that_open_nothing: defined().filter(|role| !opens(role)).cloned().collect(),
            roles_that_no_group_grants: ungranted,
            roles,
            dashboards,
        }
    }
}

fn sees(policy: &Policy, role: &RoleId, dashboard: &DashboardId) -> bool {
    let roles = BTreeSet::from([role.clone(), RoleId::signed_in()]);
    decide(policy, Viewer::SignedIn { roles: &roles }, dashboard).allowed()
}
