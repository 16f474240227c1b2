//! How the answer about one person reads.

use std::fmt;

use lanyard_contract::{RoleId, policy::Access};

use super::{
    lines::{entry, groups, named},
    person::{Explained, Seen, Shut, Told},
};
use crate::config::{Dashboard, Kind, quoted};

const INDENT: usize = 4;
const LABEL: usize = 8;

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.groups {
            None => writeln!(f, "Somebody who is not signed in.")?,
            Some(none) if none.is_empty() => writeln!(f, "Somebody who is signed in, in no group.")?,
            Some(some) => {
                let stripped = if self.stripped { " (as they count after 'strip_slash')" } else { "" };
                let who = format!("who is signed in, in {}{stripped}.", groups(some, "and"));
                entry(f, 0, "Somebody", 0, &who)?;
            }
        }
        self.standing(f)?;
        let (sees, all) = (self.sees.len(), self.sees.len() + self.shut.len());
        let dashboards = if all == 1 { "dashboard" } else { "dashboards" };
        writeln!(f, "\nSees {sees} of {all} {dashboards}")?;
        self.sees.iter().try_for_each(|seen| seen.fmt(f))?;
        if !self.shut.is_empty() {
            writeln!(f, "\nDoes not see")?;
        }
        self.shut.iter().try_for_each(|shut| needs(shut, self.groups.is_some(), f))
    }
}

impl Explained<'_> {
    /// The roles, and the groups that lead to none.
    fn standing(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.roles.iter().map(|(role, _)| role.as_str().len()).max().unwrap_or_default();
        if self.groups.is_some() {
            writeln!(f, "\nHas the {}", if self.roles.len() == 1 { "role" } else { "roles" })?;
        }
        for (role, by) in &self.roles {
            let why = if by.is_empty() {
                "everybody who is signed in has it".to_owned()
            } else {
                let grant = if by.len() == 1 { "grants" } else { "grant" };
                format!("{} {grant} it", groups(by, "and"))
            };
            entry(f, 2, role.as_str(), width, &why)?;
        }
        if !self.strays.is_empty() {
            writeln!(f, "\nGrants nothing")?;
        }
        self.strays.iter().try_for_each(|stray| entry(f, 2, &quoted(&stray.group), 0, &stray.to_string()))
    }
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        heading(self.dashboard, f)?;
        let why = match &self.by {
            None => "everybody sees it, signed in or not".to_owned(),
            Some(by) if by.iter().eq([&RoleId::signed_in()]) => {
                "everybody who is signed in sees it".to_owned()
            }
            Some(by) => {
                let open = if by.len() == 1 { "opens" } else { "open" };
                format!("{} {open} it", named("role", &by.iter().collect::<Vec<_>>(), "and"))
            }
        };
        entry(f, INDENT, "rule", LABEL, &format!("{}: {why}", rule(self.dashboard)))?;
        entry(f, INDENT, "address", LABEL, &self.address)?;
        let told = match (&self.told, &self.dashboard.kind) {
            (Some(told), _) => told.to_string(),
            (None, Kind::External { .. }) => {
                "nothing: it is framed as it is, and checks for itself".to_owned()
            }
            (None, Kind::App(_)) => "nothing: a public dashboard never is".to_owned(),
        };
        entry(f, INDENT, "app told", LABEL, &told)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heard = match self.groups.is_empty() {
            true => "no group".to_owned(),
            false => groups(&self.groups, "and"),
        };
        // The rule that let them in names one at least.
        write!(f, "who they are, {heard} and {}", named("role", &self.roles, "and"))?;
        f.write_str(if self.token { "; it gets their access token of the provider" } else { "" })
    }
}

fn needs(shut: &Shut<'_>, signed_in: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    heading(shut.dashboard, f)?;
    entry(f, INDENT, "rule", LABEL, &rule(shut.dashboard))?;
    let key = |(role, by): &(&RoleId, &[String])| match by {
        [] => format!("the role {role}, which no group grants"),
        by => format!("the role {role}, by {}", groups(by, "or")),
    };
    let signing_in_is_enough = shut.keys.iter().any(|(role, _)| **role == RoleId::signed_in());
    let keys = shut.keys.iter().map(key).collect::<Vec<_>>().join(",\nor ");
    let opens = match (shut.keys.is_empty(), signed_in) {
        (true, _) => "nothing: a rule without a role is for nobody".to_owned(),
        _ if signing_in_is_enough => "signing in".to_owned(),
        (_, true) => keys,
        (_, false) => format!("signing in, with {keys}"),
    };
    entry(f, INDENT, "opens by", LABEL, &opens)
}

fn heading(dashboard: &Dashboard, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if dashboard.title == dashboard.id.as_str() {
        return writeln!(f, "  {}", dashboard.id);
    }
    entry(f, 2, dashboard.id.as_str(), 0, &dashboard.title)
}

/// As it could stand in the file.
fn rule(dashboard: &Dashboard) -> String {
    match &dashboard.access {
        Access::Public => "public = true".to_owned(),
        Access::Roles(roles) => {
            let roles: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
            format!("roles = [{}]", roles.join(", "))
        }
    }
}
