//! The real apps in `examples/`, one folder a framework: what its `framework.toml` says of how the app is started
//! and when it is there. The demo and the tests read it; a framework more is a folder more, and a line in the suite.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::{
    tools::{python, r},
    workspace::Workspace,
};

/// What runs an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Runtime {
    /// Of the virtual environment that the examples' lock makes.
    Python,
    /// The system's Rscript.
    R,
}

#[derive(Debug, Clone)]
pub(crate) struct Framework {
    /// The folder's name.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    pub(crate) runtime: Runtime,
    /// The path that answers 200 once the app is there.
    pub(crate) health: String,
    folder: PathBuf,
    /// With `{port}` where its port belongs.
    arguments: Vec<String>,
}

/// In the order of their folders' names.
pub(crate) fn find(examples: &Path) -> Result<Vec<Framework>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(examples).with_context(|| examples.display().to_string())? {
        let folder = entry?.path();
        let file = folder.join("framework.toml");
        if file.is_file() {
            let read = fs::read_to_string(&file).map_err(anyhow::Error::from);
            found.push(
                read.and_then(|text| parse(&text, &folder)).with_context(|| file.display().to_string())?,
            );
        }
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

/// What one `framework.toml` says.
pub(crate) fn parse(text: &str, folder: &Path) -> Result<Framework> {
    // Its own message has several lines and a drawing.
    let table: Table =
        text.parse().map_err(|error: toml::de::Error| anyhow::anyhow!("{}", error.message()))?;
    let string = |key: &str| {
        let value = table.get(key).and_then(Value::as_str).map(str::to_owned);
        value.with_context(|| format!("`{key}` must be a string"))
    };
    let start = table.get("start").and_then(Value::as_array);
    let start = start.and_then(|words| words.iter().map(|word| Some(word.as_str()?.to_owned())).collect());
    let start: Vec<String> = start.context("`start` must be an array of strings")?;
    let (runtime, arguments) = match start.split_first() {
        Some((program, arguments)) if program == "python" => (Runtime::Python, arguments),
        Some((program, arguments)) if program == "Rscript" => (Runtime::R, arguments),
        _ => bail!("`start` must begin with \"python\" or \"Rscript\""),
    };
    let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let health = string("health")?;
    if !health.starts_with('/') {
        bail!("`health` must be a path, beginning with a slash")
    }
    let (name, arguments, folder) = (string("name")?, arguments.to_vec(), folder.to_owned());
    Ok(Framework { id, name, runtime, health, folder, arguments })
}

impl Framework {
    /// Starts the app at a port of this machine. `program` is what its runtime provided.
    pub(crate) fn command(&self, program: &Path, port: u16) -> Command {
        let port = port.to_string();
        let mut command = Command::new(program);
        command.args(self.arguments.iter().map(|word| word.replace("{port}", &port)));
        command.env("PORT", port).current_dir(&self.folder);
        command
    }
}

impl Runtime {
    /// Its program, installed when it is missing.
    pub(crate) fn provide(self, workspace: &Workspace) -> Result<PathBuf> {
        match self {
            Self::Python => python::provide(workspace),
            Self::R => r::provide(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANEL: &str = "# What is known about Panel.\nname = \"Panel\"\nhealth = \"/liveness\"\nwebsocket = \"/app/ws\"\n\
        start = [\"python\", \"-m\", \"panel\", \"serve\", \"app.py\", \"--port={port}\"]\n";

    fn panel(text: &str) -> Result<Framework> {
        parse(text, Path::new("/examples/panel"))
    }

    #[test]
    fn the_app_is_started_in_its_folder_at_its_port() {
        let framework = panel(PANEL).unwrap();
        assert_eq!((&*framework.id, &*framework.name, &*framework.health), ("panel", "Panel", "/liveness"));
        let command = framework.command(Path::new("/environment/bin/python"), 8502);
        let words: Vec<_> = command.get_args().collect();
        assert_eq!(words, ["-m", "panel", "serve", "app.py", "--port=8502"]);
        assert_eq!(command.get_program(), "/environment/bin/python");
        assert_eq!(command.get_current_dir(), Some(Path::new("/examples/panel")));
        assert!(command.get_envs().any(|(name, value)| name == "PORT" && value == Some("8502".as_ref())));
        assert_eq!(panel(&PANEL.replace("\"python\"", "\"Rscript\"")).unwrap().runtime, Runtime::R);
    }

    #[test]
    fn each_mistake_is_named_in_one_line() {
        for (right, wrong, expected) in [
            ("name = \"Panel\"\n", "", "`name` must be a string"),
            ("\"/liveness\"", "\"liveness\"", "`health` must be a path"),
            ("\"python\"", "\"bash\"", "`start` must begin with"),
            ("\"-m\"", "7", "`start` must be an array of strings"),
            ("name = ", "name ", "expected"),
        ] {
            let error = format!("{:#}", panel(&PANEL.replace(right, wrong)).unwrap_err());
            assert!(error.contains(expected), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }

    #[test]
    fn folders_without_the_file_are_no_frameworks() {
        let examples = std::env::temp_dir().join(format!("lanyard-frameworks-{}", std::process::id()));
        for folder in ["shiny", "panel", "data", "sample-app"] {
            fs::create_dir_all(examples.join(folder)).unwrap();
        }
        for folder in ["shiny", "panel"] {
            fs::write(examples.join(folder).join("framework.toml"), PANEL).unwrap();
        }
        let found = find(&examples).unwrap();
        assert_eq!(found.iter().map(|framework| &*framework.id).collect::<Vec<_>>(), ["panel", "shiny"]);

        fs::write(examples.join("data/framework.toml"), "").unwrap();
        let error = format!("{:#}", find(&examples).unwrap_err());
        assert!(error.contains("data/framework.toml: `start`"), "{error}");
        fs::remove_dir_all(examples).unwrap();
    }
}
