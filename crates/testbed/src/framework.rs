//! The real apps of `examples/`, each started as its framework starts it and reached through a [`Tap`]. What is
//! particular about a framework stands in its `framework.toml`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use serde::Deserialize;

use crate::{Site, certificate, folder::Folder, ports, process::Process, tap::Tap};

/// What the demo and the suite know about a framework.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// As people call it.
    pub name: String,
    /// The command; its first word is `python` or `Rscript`, and `{port}` stands for the port.
    start: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// A path that answers without making a session.
    pub health: String,
    /// Where its WebSocket is; none where everything is a request.
    pub websocket: Option<String>,
    pub subprotocol: Option<String>,
    /// Seconds between the pings of the server.
    pub ping: Option<u64>,
    /// Whether a page whose connection was cut comes back by itself.
    pub returns: bool,
    /// Seconds until a session has ended for the app whose viewer has gone; none where it has no sessions.
    pub session_end: Option<u64>,
}

impl Facts {
    /// Those of the example with this name.
    pub fn of(id: &str) -> Self {
        let file = examples().join(id).join("framework.toml");
        let text =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }
}

/// The names of all examples of a framework.
pub fn all() -> Vec<String> {
    let folders = std::fs::read_dir(examples()).expect("the examples").flatten();
    let folders = folders.filter(|folder| folder.path().join("framework.toml").is_file());
    folders.map(|folder| folder.file_name().to_string_lossy().into_owned()).collect()
}

/// A real app, running until it is dropped.
pub struct RealApp {
    pub id: &'static str,
    pub facts: Facts,
    pub tap: Tap,
    port: u16,
    /// The authority that vouches for it, where it is at https.
    ca: Option<PathBuf>,
    example: PathBuf,
    process: Mutex<Option<Process>>,
    // After the process.
    folder: Folder,
}

impl RealApp {
    /// Starts the app in `examples/<id>/`, and waits until it answers.
    pub async fn start(id: &'static str) -> Self {
        let app = Self::prepare(id).await;
        app.run(&[]).await;
        app
    }

    /// The app with its tap, which is not running yet.
    pub async fn prepare(id: &'static str) -> Self {
        let (example, facts) = (examples().join(id), Facts::of(id));
        let port = ports::block();
        let tap = Tap::open(port).await;
        Self { id, facts, tap, port, ca: None, example, process: Mutex::default(), folder: Folder::new() }
    }

    /// The same at https, by these arguments more: `{key}` and `{certificate}` stand for files in PEM.
    pub async fn secured(id: &'static str, arguments: &[&str]) -> Self {
        let mut app = Self::prepare(id).await;
        let issued = certificate::issue(&["localhost", "127.0.0.1", "::1"]);
        let key = app.folder.write("tls/key.pem", &issued.key);
        let certificate = app.folder.write("tls/certificate.pem", &issued.certificate);
        app.ca = Some(app.folder.write("tls/ca.pem", &issued.ca));
        let file = |path: &Path| path.to_str().expect("a path").to_owned();
        let filled =
            |word: &&str| word.replace("{key}", &file(&key)).replace("{certificate}", &file(&certificate));
        app.facts.start.extend(arguments.iter().map(filled));
        app.run(&[]).await;
        app
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs the process with these variables, and waits until it answers.
    pub async fn run(&self, variables: &[(&str, &str)]) {
        let port = self.port.to_string();
        let mut words = self.facts.start.iter().map(|word| word.replace("{port}", &port));
        let mut command = Command::new(program(&words.next().expect("a program")));
        command.args(words).current_dir(&self.example).env("TMPDIR", self.folder.path());
        command.env("PYTHONDONTWRITEBYTECODE", "1").envs(&self.facts.env).envs(variables.iter().copied());
        let log = self.folder.join("app.log");
        let mut process = Process::spawn(self.id, command, self.port, log);
        process.listening().await;
        if self.ca.is_none() {
            let answer = Site::new("localhost", self.port).get(&self.facts.health).send().await;
            assert!(answer.status < 400, "{} at {}:\n{}", self.id, self.facts.health, answer.everything());
        }
        *self.process.lock().expect("not poisoned") = Some(process);
    }

    /// Kills the app. Its port then refuses connections.
    pub async fn stop(&self) {
        let process = self.process.lock().expect("not poisoned").take();
        drop(process);
        self.tap.close().await;
    }

    /// It as a dashboard that the finance team and its leads see, with more lines of its table.
    pub fn dashboard(&self, more: &str) -> String {
        let Self { id, port, .. } = self;
        let (title, health) = (self.title(), &self.facts.health);
        let (scheme, ca) = match &self.ca {
            Some(ca) => ("https", format!("ca = \"{}\"", ca.display())),
            None => ("http", String::new()),
        };
        format!(
            "[dashboards.{id}]\ntitle = \"{title}\"\napp = \"{scheme}://[::1]:{port}\"\n{ca}\nhealth = \"{health}\"\n\
             roles = [\"finance\"]\nforward_groups = [\"Finance Leads\"]\n{more}\n"
        )
    }

    /// The dashboard's.
    pub fn title(&self) -> String {
        format!("Finance in {}", self.facts.name)
    }

    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.join("app.log")).unwrap_or_default()
    }

    /// The uploads that the app keeps.
    pub fn uploads(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).expect("the folder").flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("targets-")).collect()
    }

    /// A file of the test's own, such as one to upload.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        self.folder.write(&format!("own/{name}"), text)
    }

    /// An empty folder of the test's own.
    pub fn downloads(&self) -> PathBuf {
        let folder = self.folder.join("downloads");
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }
}

pub(crate) fn examples() -> PathBuf {
    std::env::var_os("LANYARD_EXAMPLES")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"))
}

pub(crate) fn program(word: &str) -> PathBuf {
    let variable = match word {
        "python" => "LANYARD_PYTHON",
        "Rscript" => "LANYARD_RSCRIPT",
        other => panic!("an example starts with python or Rscript, not with '{other}'"),
    };
    std::env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| {
        panic!("{variable} does not name {word}: `cargo xtask test` installs it and says so")
    })
}
