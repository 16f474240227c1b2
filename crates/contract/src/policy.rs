//! Who may see which dashboard: the one decision of the whole product.
//! The gateway enforces with it over the whole policy; the shell draws with it over the projection that
//! the gateway sent for this person. Pure: the same question has the same answer on both sides.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{DashboardId, RoleId};

/// The rule of one dashboard. There is no rule that means "nobody in particular": an empty set is nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Everybody, signed in or not.
    Public,
    /// Signed-in people who have one of these roles.
    Roles(BTreeSet<RoleId>),
}

/// All rules. A dashboard that is not in here is seen by nobody.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    rules: BTreeMap<DashboardId, Access>,
}

impl Policy {
    pub fn new(rules: impl IntoIterator<Item = (DashboardId, Access)>) -> Self {
        // One by one: collecting sorts first, which is code that nothing else in the shell needs.
        let mut policy = Self::default();
        for (dashboard, access) in rules {
            policy.rules.insert(dashboard, access);
        }
        policy
    }

    pub fn rule(&self, id: &DashboardId) -> Option<&Access> {
        self.rules.get(id)
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    Anonymous,
    SignedIn { roles: &'a BTreeSet<RoleId> },
}

/// What was decided, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Allow(Basis),
    Deny(Reason),
}

impl Decision {
    pub fn allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

/// The rule that lets a viewer in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    Public,
    Role(RoleId),
}

/// Why a viewer is kept out. For the audit trail only: a caller never learns whether a dashboard exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    NotSignedIn,
    NoRole,
    Unknown,
}

/// Decides whether this viewer may use this dashboard. Deny is the default.
pub fn decide(policy: &Policy, viewer: Viewer<'_>, dashboard: &DashboardId) -> Decision {
    match (policy.rule(dashboard), viewer) {
        (Some(Access::Public), _) => Decision::Allow(Basis::Public),
        (_, Viewer::Anonymous) => Decision::Deny(Reason::NotSignedIn),
        (None, _) => Decision::Deny(Reason::Unknown),
        (Some(Access::Roles(allowed)), Viewer::SignedIn { roles }) => {
            match allowed.intersection(roles).next() {
                Some(role) => Decision::Allow(Basis::Role(role.clone())),
                None => Decision::Deny(Reason::NoRole),
            }
        }
    }
}

/// The part of a rule that a viewer may know: that it is public, or the roles of theirs that open it.
/// `None` when it does not open, so that nothing of it leaves the gateway.
pub fn project(access: &Access, viewer: Viewer<'_>) -> Option<Access> {
    match (access, viewer) {
        (Access::Public, _) => Some(Access::Public),
        (Access::Roles(_), Viewer::Anonymous) => None,
        (Access::Roles(allowed), Viewer::SignedIn { roles }) => {
            let mine: BTreeSet<RoleId> = allowed.intersection(roles).cloned().collect();
            (!mine.is_empty()).then_some(Access::Roles(mine))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> DashboardId {
        name.parse().expect("an id in a test")
    }

    fn roles(names: &[&str]) -> BTreeSet<RoleId> {
        names.iter().map(|name| name.parse().expect("a role in a test")).collect()
    }

    fn story() -> Policy {
        Policy::new([
            (id("data-science"), Access::Roles(roles(&["manager", "data-science"]))),
            (id("finance"), Access::Roles(roles(&["manager", "finance"]))),
            (id("nobody"), Access::Roles(roles(&[]))),
            (id("all"), Access::Roles(roles(&["signed-in"]))),
            (id("status"), Access::Public),
        ])
    }

    #[test]
    fn a_role_opens_its_dashboards_only() {
        let policy = story();
        let finance = roles(&["finance", "signed-in"]);
        let viewer = Viewer::SignedIn { roles: &finance };
        assert_eq!(
            decide(&policy, viewer, &id("finance")),
            Decision::Allow(Basis::Role("finance".parse().expect("role")))
        );
        assert_eq!(decide(&policy, viewer, &id("data-science")), Decision::Deny(Reason::NoRole));
        assert!(decide(&policy, viewer, &id("all")).allowed());
    }

    #[test]
    fn no_rule_means_nobody() {
        let policy = story();
        let everything = roles(&["manager", "finance", "data-science", "signed-in"]);
        let viewer = Viewer::SignedIn { roles: &everything };
        assert_eq!(decide(&policy, viewer, &id("nobody")), Decision::Deny(Reason::NoRole));
        assert_eq!(decide(&policy, viewer, &id("unheard-of")), Decision::Deny(Reason::Unknown));
    }

    #[test]
    fn anonymous_sees_public_and_cannot_tell_a_forbidden_from_an_unknown_one() {
        let policy = story();
        assert!(decide(&policy, Viewer::Anonymous, &id("status")).allowed());
        let forbidden = decide(&policy, Viewer::Anonymous, &id("finance"));
        assert_eq!(forbidden, decide(&policy, Viewer::Anonymous, &id("unheard-of")));
    }

    #[test]
    fn the_projection_decides_as_the_whole_policy_does_and_says_no_more() {
        let policy = story();
        for mine in
            [roles(&["signed-in"]), roles(&["finance", "signed-in"]), roles(&["manager", "signed-in"])]
        {
            let viewer = Viewer::SignedIn { roles: &mine };
            let seen = Policy::new(
                policy.rules.iter().filter_map(|(id, rule)| Some((id.clone(), project(rule, viewer)?))),
            );
            for dashboard in policy.rules.keys() {
                assert_eq!(
                    decide(&policy, viewer, dashboard).allowed(),
                    decide(&seen, viewer, dashboard).allowed()
                );
            }
            for rule in seen.rules.values() {
                assert!(
                    matches!(rule, Access::Public) || matches!(rule, Access::Roles(r) if r.is_subset(&mine))
                );
            }
        }
    }
}
