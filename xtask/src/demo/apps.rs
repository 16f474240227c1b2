//! The demo's dashboards, the program behind each and who sees it: the story's, with sample apps or, with `--real`,
//! with the real ones of `examples/`.

use anyhow::{Context, Result};

use crate::frameworks::Framework;

/// One dashboard of the demo and the program behind it.
pub(super) struct App {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) icon: &'static str,
    pub(super) section: &'static str,
    pub(super) description: String,
    /// The roles that see it; none: everybody does.
    pub(super) roles: &'static [&'static str],
    pub(super) forward_groups: &'static [&'static str],
    pub(super) program: Program,
}

pub(super) enum Program {
    SampleApp,
    StatusPage,
    Real(Framework),
}

/// A role and the group that grants it.
pub(super) const ROLES: [(&str, &str); 4] = [
    ("manager", "Manager"),
    ("data-science", "Data Science Team"),
    ("finance", "Finance Team"),
    ("finance-lead", "Finance Leads"),
];

/// The section of the frameworks that the story does not need.
pub(super) const FRAMEWORKS: &str = "Frameworks";
/// One for each of them, in their order.
const ICONS: [&str; 6] = ["chart-column", "chart-line", "gauge", "chart-pie", "table", "globe"];
/// The real apps show a section of their own to this group.
const LEADS: [&str; 1] = ["Finance Leads"];

/// The story's four, with sample apps.
pub(super) fn story() -> Vec<App> {
    let sample = |id: &str, title: &str, icon, section, description: &str, roles| App {
        id: id.to_owned(),
        title: title.to_owned(),
        icon,
        section,
        description: description.to_owned(),
        roles,
        forward_groups: &[],
        program: if id == "status" { Program::StatusPage } else { Program::SampleApp },
    };
    Vec::from([
        sample(
            "data-science",
            "Data Science Team KPI",
            "flask-conical",
            "KPI",
            "Models in production, and how well they hold.",
            &["manager", "data-science"],
        ),
        sample(
            "finance",
            "Finance Team KPI",
            "wallet",
            "KPI",
            "Revenue, orders and margin, day by day.",
            &["manager", "finance"],
        ),
        sample(
            "forecast",
            "Finance forecast",
            "target",
            "Planning",
            "Where the year is heading.",
            &["manager", "finance-lead"],
        ),
        sample("status", "Service status", "activity", "Operations", "What is running, for everybody.", &[]),
    ])
}

/// The story's, its two KPI dashboards in Streamlit, and one more in each of the other frameworks.
pub(super) fn real(frameworks: Vec<Framework>) -> Result<Vec<App>> {
    let (streamlit, others): (Vec<_>, Vec<_>) =
        frameworks.into_iter().partition(|framework| framework.id == "streamlit");
    let streamlit = streamlit.first().context("examples/ has no app in Streamlit")?;
    let mut apps = story();
    for app in apps.iter_mut().filter(|app| app.section == "KPI") {
        app.program = Program::Real(streamlit.clone());
        app.forward_groups = &LEADS;
    }
    apps.extend(others.into_iter().zip(ICONS.into_iter().cycle()).map(|(framework, icon)| App {
        id: framework.id.clone(),
        title: format!("Finance in {}", framework.name),
        icon,
        section: FRAMEWORKS,
        description: format!("The finance team's figures in {}.", framework.name),
        roles: &["manager", "finance"],
        forward_groups: &LEADS,
        program: Program::Real(framework),
    }));
    Ok(apps)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::frameworks;

    fn frameworks(ids: &[&str]) -> Vec<Framework> {
        let folder = |id: &&str| Path::new("/examples").join(id);
        let toml = |id: &&str| {
            format!(
                "name = \"The {id}\"\nstart = [\"python\", \"app.py\", \"{{port}}\"]\nhealth = \"/alive\""
            )
        };
        ids.iter().map(|id| frameworks::parse(&toml(id), &folder(id)).unwrap()).collect()
    }

    fn programs(apps: &[App]) -> Vec<&str> {
        let program = |app| match app {
            &Program::Real(Framework { ref id, .. }) => id,
            Program::SampleApp => "sample-app",
            Program::StatusPage => "status-page",
        };
        apps.iter().map(|app| program(&app.program)).collect()
    }

    #[test]
    fn the_story_stays_when_real_apps_take_its_place() {
        let (story, real) = (story(), real(frameworks(&["dash", "shiny-r", "streamlit"])).unwrap());
        assert_eq!(programs(&story), ["sample-app", "sample-app", "sample-app", "status-page"]);
        assert_eq!(
            programs(&real),
            ["streamlit", "streamlit", "sample-app", "status-page", "dash", "shiny-r"]
        );
        for (before, after) in story.iter().zip(&real) {
            assert_eq!((&before.id, &before.title, before.roles), (&after.id, &after.title, after.roles));
        }
        assert_eq!((&*real[5].id, &*real[5].title), ("shiny-r", "Finance in The shiny-r"));
        let leads = real.iter().filter(|app| app.forward_groups == ["Finance Leads"]);
        assert_eq!(
            leads.map(|app| &*app.id).collect::<Vec<_>>(),
            ["data-science", "finance", "dash", "shiny-r"]
        );
    }

    #[test]
    fn without_streamlit_there_is_no_real_story() {
        let error = real(frameworks(&["dash"])).err().unwrap();
        assert_eq!(error.to_string(), "examples/ has no app in Streamlit");
    }
}
