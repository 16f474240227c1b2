//! One run of everything: provider, apps, recording upstreams and the gateway, on ports of their own, with a
//! configuration in a temporary folder. When it is dropped everything ends, and what must hold in every run
//! is checked: no secret in any log, nothing at an upstream that must not arrive there.

use std::{collections::BTreeMap, path::PathBuf, process::Command, sync::Mutex, time::Duration};

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    Recorder, Site,
    folder::Folder,
    never_log::NeverLog,
    options::StageOptions,
    process::{self, Process},
    random,
    settings::{self, APPS, Ports},
    shell::{self, shell},
};

/// The environment variable that the configuration takes the client secret from.
pub const SECRET: &str = "LANYARD_CLIENT_SECRET";

pub struct Stage {
    ports: Ports,
    // Processes end before the folder with their logs goes.
    processes: Mutex<BTreeMap<String, Process>>,
    recorders: Vec<(&'static str, Recorder)>,
    secrets: std::sync::Arc<NeverLog>,
    client_secret: String,
    options: StageOptions,
    config: PathBuf,
    folder: Folder,
}

impl Stage {
    /// The demo, as it is.
    pub async fn demo() -> Self {
        Self::start(StageOptions::default()).await
    }

    pub async fn start(options: StageOptions) -> Self {
        Self::start_on(Ports::reserve(), options).await
    }

    /// On ports that were reserved before, for a provider that must know where the portal will be.
    pub async fn start_on(ports: Ports, options: StageOptions) -> Self {
        let folder = Folder::new();
        let shell = shell(&folder, options.own_shell);
        let config = folder.write("lanyard.toml", &settings::file(&options, ports, folder.path(), &shell));
        let secrets = std::sync::Arc::new(NeverLog::default());
        let mut recorders = Vec::new();
        for (nth, upstream) in options.upstreams.iter().enumerate() {
            if !upstream.bare {
                let recorder = Recorder::start(ports.upstream(nth), upstream.public, secrets.clone()).await;
                recorders.push((upstream.id, recorder));
            }
        }
        let elsewhere = options.provider.as_ref().map(|elsewhere| elsewhere.client_secret.clone());
        let client_secret = elsewhere.unwrap_or_else(random::text::<32>);
        secrets.note("client secret", &client_secret);
        let stage = Self {
            ports,
            processes: Mutex::default(),
            recorders,
            secrets,
            client_secret,
            options,
            config,
            folder,
        };
        if stage.options.provider.is_none() && stage.options.front.is_none() {
            stage.start_process("lanyard-dev-idp").await;
        }
        if !stage.options.without_apps {
            for (id, ..) in APPS {
                stage.start_process(id).await;
            }
            stage.start_process("status").await;
        }
        stage.start_process("lanyard").await;
        stage.provider_known().await;
        stage
    }

    /// Starts, or starts again, one of `lanyard`, `lanyard-dev-idp`, `status` and the sample apps by their
    /// dashboard's id.
    pub async fn start_process(&self, name: &str) {
        let log = self.log(name);
        let portal = self.portal().origin();
        let mut process = match name {
            "lanyard" => Process::start("lanyard", self.gateway().port, log, |command| {
                command.args(["serve", "--log-format", "json", "--config"]).arg(&self.config);
                command.env(SECRET, &self.client_secret).env_remove("LANYARD_LOG");
                if !self.options.default_log {
                    // Everything, so that the search for secrets sees whatever could ever be logged.
                    command.env("LANYARD_LOG", "debug");
                }
                if let Some(size) = self.options.small_disk {
                    process::on_a_disk_of(command, &self.folder.join("state"), size);
                }
            }),
            "lanyard-dev-idp" => Process::start(name, self.ports.provider(), log, |command| {
                command.args(["--port", &self.ports.provider().to_string(), "--client-id", "lanyard"]);
                command.args(["--client-secret-env", SECRET]).env(SECRET, &self.client_secret);
                command.arg("--allow-misbehaviour");
                if let Some(people) = &self.options.people {
                    command.arg("--people").arg(people);
                }
                command.args(["--redirect-uri", &format!("{portal}/callback")]);
                for page in ["/", "/signed-out"] {
                    command.args(["--post-logout-redirect-uri", &format!("{portal}{page}")]);
                }
            }),
            "status" => Process::start("status-page", self.ports.app(3), log, |command| {
                command.args(["--port", &self.ports.app(3).to_string()]);
            }),
            app => {
                let nth = APPS.iter().position(|(id, ..)| *id == app);
                let nth = nth.unwrap_or_else(|| panic!("no process is called '{app}'"));
                let port = self.ports.app(nth);
                Process::start("sample-app", port, log, |command| {
                    command.args(["--port", &port.to_string(), "--title", APPS[nth].1]);
                    command.args(["--portal", &portal, "--audience", &self.dashboard(app).origin()]);
                })
            }
        };
        process.listening().await;
        self.processes.lock().expect("not poisoned").insert(name.into(), process);
    }

    /// Kills one of them.
    pub fn stop(&self, name: &str) {
        let process = self.take(name);
        drop(process);
    }

    /// Puts a shell of another build in the place of the one that the gateway serves, and starts it again.
    pub async fn update_the_shell(&self) {
        self.stop("lanyard");
        shell::update(&self.folder);
        self.start_process("lanyard").await;
        self.provider_known().await;
    }

    /// Takes one of them out of the stage's hands.
    pub fn take(&self, name: &str) -> Process {
        let process = self.processes.lock().expect("not poisoned").remove(name);
        process.unwrap_or_else(|| panic!("'{name}' does not run"))
    }

    /// The gateway needs a moment to ask the provider who it is.
    pub async fn provider_known(&self) {
        if self.options.front.is_some() {
            return;
        }
        // Not more often: such calls are limited, and a test may count its own.
        for _ in 0..100 {
            let answer = self.portal().get("/api/config").fetch().send().await;
            if answer.status == 200 && answer.json()["provider"]["authorization_endpoint"].is_string() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("the gateway does not know its provider after 10 s; it said:\n{}", self.said("lanyard"));
    }

    pub fn portal(&self) -> Site {
        self.site(settings::PORTAL)
    }

    /// The gateway itself, past whatever stands in front of it.
    pub fn gateway(&self) -> Site {
        let port = if self.options.behind { self.ports.behind() } else { self.ports.portal };
        Site { port, ..self.portal() }
    }

    /// A dashboard's host, whether there is such a dashboard or not.
    pub fn dashboard(&self, id: &str) -> Site {
        self.site(&format!("{id}.{}", self.options.apps.unwrap_or(settings::PORTAL)))
    }

    /// Any host at the gateway's public port.
    pub fn site(&self, host: &str) -> Site {
        Site { https: self.options.https, ..Site::new(host, self.ports.portal) }
    }

    pub fn provider(&self) -> Site {
        Site::new("id.localhost", self.ports.provider())
    }

    pub fn admin(&self) -> Site {
        Site::new("127.0.0.1", self.ports.admin())
    }

    /// Where a dashboard of the demo really listens.
    pub fn upstream_port(&self, id: &str) -> u16 {
        let app = APPS.iter().position(|(app, ..)| *app == id).unwrap_or(3);
        let upstream = self.options.upstreams.iter().position(|upstream| upstream.id == id);
        upstream.map_or(self.ports.app(app), |nth| self.ports.upstream(nth))
    }

    pub fn recorder(&self, id: &str) -> &Recorder {
        let found = self.recorders.iter().find(|(recorder, _)| *recorder == id);
        &found.unwrap_or_else(|| panic!("no upstream '{id}' records")).1
    }

    pub fn secrets(&self) -> &NeverLog {
        &self.secrets
    }

    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    pub fn config(&self) -> &std::path::Path {
        &self.config
    }

    /// Makes the provider misbehave from now on; nothing makes it behave again.
    pub async fn misbehave(&self, behaviours: &[&str]) {
        self.order(&json!({ "behaviours": behaviours })).await;
    }

    /// Gives the provider an order, which ends the one before: claims, answers and all that it knows.
    pub async fn order(&self, order: &Value) {
        let answer = self.provider().post("/misbehave").json(order).send().await;
        assert!(answer.status < 300, "the provider refuses to misbehave:\n{}", answer.everything());
    }

    /// How often the provider was asked at one of its endpoints.
    pub async fn asked(&self, place: &str) -> u64 {
        let counts = self.provider().get("/misbehave").send().await.expect(200).json();
        counts["asked"][place].as_u64().unwrap_or(0)
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(&format!("{name}.log"))
    }

    /// Everything that a process wrote.
    pub fn said(&self, name: &str) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log(name)).unwrap_or_default()).into_owned()
    }

    /// The audit trail so far, one event a line.
    pub fn audit(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.join("state/audit.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("an audit line is JSON")).collect()
    }

    /// Every file that the run has written, by name.
    pub fn written(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for folder in [self.folder.path().to_owned(), self.folder.join("state")] {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_file() {
                    let bytes = std::fs::read(entry.path()).unwrap_or_default();
                    let name = entry.file_name().to_string_lossy().into_owned();
                    texts.push((name, String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
        }
        texts
    }

    /// Secrets in what was written, and what upstreams got and must not.
    pub fn wrongs(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        for (name, text) in self.written() {
            wrongs.extend(
                self.secrets.found_in(&text).into_iter().map(|found| format!("{name} holds {found}")),
            );
        }
        for (id, recorder) in &self.recorders {
            wrongs
                .extend(recorder.violations().into_iter().map(|what| format!("upstream '{id}' got {what}")));
        }
        wrongs
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.processes.lock().expect("not poisoned").clear();
        if !std::thread::panicking() {
            let wrongs = self.wrongs();
            assert!(wrongs.is_empty(), "what must hold in every run does not:\n{}", wrongs.join("\n"));
        }
    }
}

/// Runs the gateway's binary to its end.
pub fn gateway(arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(crate::process::binary("lanyard"));
    command.args(arguments).env(SECRET, "a secret of this test alone");
    command.output().expect("the gateway can be run")
}
