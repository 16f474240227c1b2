//! `[dashboards.<id>]`: one entry of the navigation, whom it is for, and whether it is proxied or only framed.
//! What only a proxied one has is in app.rs.

use std::collections::BTreeSet;

use lanyard_contract::{DashboardId, RoleId, icons::ICONS, policy::Access};

use super::{
    Dashboard, Kind,
    app::{self, Reading},
    keys,
    problem::Severity,
    roles::Roles,
    section::Section,
    value::Value,
};

pub fn read<'a>(value: &Value<'a>, reading: &mut Reading<'_, 'a>) -> Option<Dashboard> {
    let id = match value.name().parse::<DashboardId>() {
        Ok(id) => Some(id),
        Err(error) => {
            value.refuse_key(format!("a dashboard's id is part of its host name: it {error}"));
            None
        }
    };
    let section = Section::of(value, keys::DASHBOARD)?;
    let text = |key| section.get(key).and_then(|value| value.text()).map(str::to_owned);
    let (title, group, description) = (text("title"), text("section"), text("description"));
    let icon = section.get("icon").and_then(|value| value.choice(&ICONS.map(|name| (name, name))));
    let access = access(&section, reading.roles);
    let kind = match (section.get("app"), section.get("external")) {
        (Some(app), None) => {
            let named = app::Named { id: id.as_ref(), title: title.as_deref(), access: &access };
            app::read(&app, &section, &named, reading).map(|app| Kind::App(app.into()))
        }
        (None, Some(external)) => {
            let app_only = keys::DASHBOARD.iter().filter(|key| key.app_only);
            for only in app_only.filter_map(|key| section.get(key.name)) {
                only.refuse_key("is only for dashboards with 'app': an external one is not proxied");
            }
            reading.hosts.external(&external, reading.portal)
        }
        (Some(_), Some(external)) => {
            external.refuse_key("a dashboard has either 'app' or 'external', not both");
            None
        }
        (None, None) if section.has_or_lost(&["app", "external"]) => None,
        (None, None) => {
            section.say(Severity::Error, "needs 'app' (where it listens) or 'external' (a URL to frame)");
            None
        }
    };
    let (id, kind) = (id?, kind?);
    let title = title.unwrap_or_else(|| id.to_string());
    Some(Dashboard { id, title, section: group, description, icon, access, kind })
}

/// Who may see it. Without a rule it is nobody, and so it is while the rule is wrong.
fn access(section: &Section<'_>, roles: &Roles) -> Access {
    let nobody = Access::Roles(BTreeSet::new());
    let public = section.get("public").and_then(|value| value.boolean());
    match (public, section.get("roles")) {
        (Some(true), None) => Access::Public,
        (Some(true), Some(rule)) => {
            rule.refuse_key("'public = true' opens this to everybody; take one of the two away");
            nobody
        }
        (_, Some(rule)) => {
            let used: Option<BTreeSet<RoleId>> = roles.used(&rule, section);
            if rule.list().is_some_and(|list| list.is_empty()) {
                rule.warn("lists no role: nobody will see this dashboard");
            }
            used.map_or(nobody, Access::Roles)
        }
        (_, None) => {
            if !section.has_or_lost(&["roles"]) && (public.is_some() || !section.has_or_lost(&["public"])) {
                section
                    .say(Severity::Warning, "nobody will see it: it has neither 'roles' nor 'public = true'");
            }
            nobody
        }
    }
}
