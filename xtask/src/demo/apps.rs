//! The demo's dashboards, the program behind each and who sees it: the story's, with sample apps or, with `--real`,
//! with the real ones of `examples/`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{
    children::{Children, Sign},
    config,
    ports::Ports,
};
use crate::{
    frameworks::{Framework, Runtime},
    random,
    workspace::Workspace,
};

/// One dashboard of the demo and the program behind it.
pub(super) struct App {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) section: &'static str,
    pub(super) description: String,
    /// The roles that see it; none: everybody does.
    pub(super) roles: &'static [&'static str],
    pub(super) forward_groups: &'static [&'static str],
    program: Program,
}

enum Program {
    SampleApp,
    StatusPage,
    Real(Framework),
}

/// The section of the frameworks that the story does not need.
pub(super) const FRAMEWORKS: &str = "Frameworks";
/// The real apps show a section of their own to this group.
const LEADS: [&str; 1] = ["Finance Leads"];

/// The story's four, with sample apps.
pub(super) fn story() -> Vec<App> {
    let sample = |id: &str, title: &str, section, description: &str, roles| App {
        id: id.to_owned(),
        title: title.to_owned(),
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
            "KPI",
            "Models in production, and how well they hold.",
            &["manager", "data-science"],
        ),
        sample(
            "finance",
            "Finance Team KPI",
            "KPI",
            "Revenue, orders and margin, day by day.",
            &["manager", "finance"],
        ),
        sample(
            "forecast",
            "Finance forecast",
            "Planning",
            "Where the year is heading.",
            &["manager", "finance-lead"],
        ),
        sample("status", "Service status", "Operations", "What is running, for everybody.", &[]),
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
    apps.extend(others.into_iter().map(|framework| App {
        id: framework.id.clone(),
        title: format!("Finance in {}", framework.name),
        section: FRAMEWORKS,
        description: format!("The finance team's figures, as an app in {}.", framework.name),
        roles: &["manager", "finance"],
        forward_groups: &LEADS,
        program: Program::Real(framework),
    }));
    Ok(apps)
}

/// The programs that run the real apps among these, installed when they are missing.
pub(super) fn runtimes(apps: &[App], workspace: &Workspace) -> Result<BTreeMap<Runtime, PathBuf>> {
    let mut programs = BTreeMap::new();
    for app in apps {
        if let Program::Real(framework) = &app.program
            && !programs.contains_key(&framework.runtime)
        {
            programs.insert(framework.runtime, framework.runtime.provide(workspace)?);
        }
    }
    Ok(programs)
}

/// Starts all side by side, without waiting. What a real app leaves in its temporary folder is in `temporary`.
pub(super) fn start(
    apps: &[App],
    ports: Ports,
    binaries: &Path,
    runtimes: &BTreeMap<Runtime, PathBuf>,
    temporary: &Path,
    children: &mut Children,
) -> Result<()> {
    if temporary.exists() {
        fs::remove_dir_all(temporary).with_context(|| temporary.display().to_string())?;
    }
    fs::create_dir_all(temporary).with_context(|| temporary.display().to_string())?;
    for (app, port) in apps.iter().zip(ports.apps()) {
        let own = |name: &str| {
            let mut command = Command::new(binaries.join(name));
            command.args(["--port", &port.to_string()]);
            command
        };
        let (command, sign) = match &app.program {
            Program::StatusPage => (own("status-page"), Sign::Listening),
            Program::SampleApp => {
                let mut command = own("sample-app");
                command.args(["--title", &app.title, "--portal", &config::portal(ports)]);
                command.args(["--audience", &config::origin(&app.id, ports)]);
                (command, Sign::Listening)
            }
            Program::Real(framework) => {
                let program = runtimes.get(&framework.runtime).context("its runtime was not provided")?;
                let mut command = framework.command(program, port);
                command.env("DASHBOARD_TITLE", &app.title).env("TMPDIR", temporary);
                // Nothing is written into the checkout.
                command.env("PYTHONDONTWRITEBYTECODE", "1");
                // For Bokeh, and Panel on top of it: what they believe of a request's headers travels through the
                // page and is signed only with these. The others do not read them.
                command.env("BOKEH_SIGN_SESSIONS", "true").env("BOKEH_SECRET_KEY", random::secret()?);
                (command, Sign::Answer { port, path: framework.health.clone() })
            }
        };
        children.start(&app.id, command, sign)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
