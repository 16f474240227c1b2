//! One person, by nothing but their groups: roles, what these open, and what would open the rest.

use std::collections::BTreeSet;

use lanyard_contract::{
    RoleId,
    policy::{Access, Viewer, decide, project},
};
use serde_json::json;

use super::{
    policy,
    stray::{self, Stray},
};
use crate::{
    config::{Dashboard, Kind, Rules},
    dashboards::identity_headers,
    identity::groups::{self, GroupsError},
};

/// Who is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Anonymous,
    /// Signed in, in these groups as the provider says them.
    SignedIn(Vec<String>),
}

/// The answer.
#[derive(Debug)]
pub struct Explained<'r> {
    /// `None`: not signed in. Else the groups as they count.
    pub groups: Option<Vec<String>>,
    /// Whether `strip_slash` has changed one of them.
    pub stripped: bool,
    /// Each with those of the person's groups that grant it.
    pub roles: Vec<(RoleId, Vec<String>)>,
    /// Groups that grant nothing.
    pub strays: Vec<Stray>,
    /// In the order of the file.
    pub sees: Vec<Seen<'r>>,
    pub shut: Vec<Shut<'r>>,
}

#[derive(Debug)]
pub struct Seen<'r> {
    pub dashboard: &'r Dashboard,
    /// Of this person's roles those that open it; `None` where everybody sees it.
    pub by: Option<BTreeSet<RoleId>>,
    /// The portal's page that shows it.
    pub address: String,
    /// `None`: the app is not told who is looking.
    pub told: Option<Told>,
}

/// What an app hears of somebody, besides who they are.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub groups: Vec<String>,
    pub roles: Vec<String>,
    /// Whether it gets the provider's access token.
    pub token: bool,
}

#[derive(Debug)]
pub struct Shut<'r> {
    pub dashboard: &'r Dashboard,
    /// Each role that would open it, with the groups that grant it.
    pub keys: Vec<(&'r RoleId, &'r [String])>,
}

/// Explains what this configuration lets somebody see. Fails where a sign-in with these groups would.
pub fn explain(rules: &Rules, who: Who) -> Result<Explained<'_>, GroupsError> {
    let (groups, stripped) = match who {
        Who::Anonymous => (None, false),
        Who::SignedIn(said) => {
            let claims = json!({ "groups": said });
            let counted =
                groups::read(&["/groups".to_owned()], rules.strip_slash, &claims, None)?.into_names();
            let stripped = said.iter().any(|group| !group.is_empty() && !counted.contains(group));
            (Some(counted), stripped)
        }
    };
    let own = groups.as_deref().unwrap_or_default();
    let roles = rules.table.roles_of(own);
    let viewer = match groups {
        None => Viewer::Anonymous,
        Some(_) => Viewer::SignedIn { roles: &roles },
    };
    let (policy, mut sees, mut shut) = (policy(rules), Vec::new(), Vec::new());
    for dashboard in &rules.dashboards {
        if decide(&policy, viewer, &dashboard.id).allowed() {
            sees.push(seen(rules, dashboard, viewer, own, &roles));
        } else {
            shut.push(Shut { dashboard, keys: keys(rules, dashboard) });
        }
    }
    let granted = |role: &RoleId| {
        let grants = |group: &&String| rules.table.roles_of([group]).contains(role);
        let by = if *role == RoleId::signed_in() {
            Vec::new()
        } else {
            own.iter().filter(grants).cloned().collect()
        };
        (role.clone(), by)
    };
    let roles = if groups.is_some() { roles.iter().map(granted).collect() } else { Vec::new() };
    Ok(Explained { stripped, roles, strays: stray::among(own, rules), sees, shut, groups })
}

fn seen<'r>(
    rules: &Rules,
    dashboard: &'r Dashboard,
    viewer: Viewer<'_>,
    groups: &[String],
    roles: &BTreeSet<RoleId>,
) -> Seen<'r> {
    let by = match project(&dashboard.access, viewer) {
        Some(Access::Roles(by)) => Some(by),
        Some(Access::Public) | None => None,
    };
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    let told = match (&dashboard.kind, &dashboard.access) {
        (Kind::App(app), Access::Roles(_)) => Some(Told {
            groups: owned(identity_headers::groups(app, groups)),
            roles: owned(identity_headers::roles(app, roles)),
            token: app.forward_access_token,
        }),
        _ => None,
    };
    Seen { dashboard, by, address: format!("{}/d/{}", rules.origin, dashboard.id), told }
}

fn keys<'r>(rules: &'r Rules, dashboard: &'r Dashboard) -> Vec<(&'r RoleId, &'r [String])> {
    let Access::Roles(roles) = &dashboard.access else { return Vec::new() };
    let groups = |role: &RoleId| rules.roles.iter().find(|(defined, _)| defined == role);
    roles.iter().map(|role| (role, groups(role).map_or(&[][..], |(_, groups)| groups))).collect()
}
