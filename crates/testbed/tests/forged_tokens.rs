//! Bokeh and Panel hear who is looking from a token that the page itself brings back. Unsigned it can say anything:
//! `lanyard doctor` warns. Signed, a forged one gets nothing, whoever's cookie it comes with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod forgery;

use std::{process::Command, time::Duration};

use lanyard_testbed::{
    Answer, Person, Request, Stage, StageOptions, framework::RealApp, person::CARLA, process::binary,
    stage::SECRET, websocket::Socket,
};

const KEY: &str = "a-key-of-this-test-and-of-nobody-else";
const SIGNED: [(&str, &str); 2] = [("BOKEH_SIGN_SESSIONS", "true"), ("BOKEH_SECRET_KEY", KEY)];
const SOON: Duration = Duration::from_secs(15);

/// A real app behind the gateway, and Carla in it.
struct Scene {
    app: RealApp,
    stage: Stage,
    carla: String,
}

impl Scene {
    async fn start(id: &'static str, variables: &[(&str, &str)]) -> Self {
        let app = RealApp::prepare(id).await;
        app.run(variables).await;
        let stage = Stage::start(StageOptions::default().toml(&app.dashboard(""))).await;
        let carla = Person::sign_in(&stage, CARLA).await.enter(&stage, id).await;
        Self { app, stage, carla }
    }

    /// What `lanyard doctor` says of the app.
    async fn doctor(&self) -> Vec<String> {
        let config = self.stage.config().to_str().expect("a path").to_owned();
        let mut command = Command::new(binary("lanyard"));
        command.args(["doctor", "--config", &config]);
        command.env(SECRET, self.stage.client_secret());
        let examined = tokio::task::spawn_blocking(move || command.output().expect("it can be run"));
        let output = examined.await.expect("it ran");
        let said = String::from_utf8(output.stdout).expect("text");
        let about = format!("dashboards.{}: ", self.app.id);
        let found: Vec<String> =
            said.lines().filter(|line| line.contains(&about)).map(str::to_owned).collect();
        assert_eq!(output.status.code(), Some(0), "a warning is no failure:\n{said}");
        found
    }

    async fn page(&self) -> Answer {
        self.stage
            .dashboard(self.app.id)
            .get("/app")
            .frame_document()
            .cookie(&self.carla)
            .send()
            .await
            .expect(200)
    }

    /// Carla's handshake, with this token.
    fn with(&self, token: &str) -> Request {
        let site = self.stage.dashboard(self.app.id);
        let path = self.app.facts.websocket.as_deref().expect("it has one");
        let handshake = site.get(path).websocket(&site.origin()).cookie(&self.carla);
        handshake.header("Sec-WebSocket-Protocol", format!("bokeh, {token}"))
    }

    /// The document that the app gives for this token.
    async fn document(&self, token: &str) -> String {
        let mut socket = self.with(token).opened().await;
        hear_with(&mut socket, "ACK").await;
        for fragment in [r#"{"msgid":"1","msgtype":"PULL-DOC-REQ"}"#, "{}", "{}"] {
            socket.say(fragment).await;
        }
        hear_with(&mut socket, "Viewing as").await
    }

    /// The handshake is refused, or the socket is closed before a word.
    async fn gets_nothing(&self, what: &str, token: &str) {
        match self.with(token).open().await {
            Ok(socket) => assert_eq!(socket.last_words(SOON).await, [""; 0], "{what}"),
            Err(refusal) => assert!((400..500).contains(&refusal.status), "{what}: {}", refusal.everything()),
        }
    }
}

async fn hear_with(socket: &mut Socket, words: &str) -> String {
    loop {
        let text = socket.hear().await;
        if text.contains(words) {
            return text;
        }
    }
}

async fn unsigned(id: &'static str) {
    let scene = Scene::start(id, &[]).await;
    let found = scene.doctor().await;
    assert_eq!(found[0], format!("ok: dashboards.{id}: answers 200 at /app"));
    assert!(found[1].starts_with(&format!("warning: dashboards.{id}: runs Bokeh with unsigned sessions")));
    assert!(
        found[1].contains("BOKEH_SIGN_SESSIONS=true") && found[1].contains("BOKEH_SECRET_KEY="),
        "{found:#?}"
    );
    // What the warning is about: Carla, who leads nothing, says that she is Elif.
    let forged = forgery::unsigned(&forgery::elif(&"f".repeat(44)));
    let document = scene.document(&forged).await;
    assert!(document.contains("Viewing as elif") && document.contains("For finance leads"), "{document}");
}

async fn signed(id: &'static str) {
    let scene = Scene::start(id, &SIGNED).await;
    let found = scene.doctor().await;
    let fine = ["answers 200 at /app", "runs Bokeh with signed sessions"];
    assert_eq!(found[..2], fine.map(|what| format!("ok: dashboards.{id}: {what}")));
    assert!(found.iter().all(|line| line.starts_with("ok: ")), "{found:#?}");
    let sent = String::from_utf8_lossy(&scene.app.tap.sent()).to_lowercase();
    assert_eq!(scene.app.tap.requests(), ["GET /", "GET /app", "GET /app/ws"], "once, and nobody else yet");
    for name in ["cookie:", "x-forwarded-user", "x-forwarded-preferred", "x-forwarded-groups", "assertion"] {
        assert!(!sent.contains(name), "{sent}");
    }

    let page = scene.page().await.text();
    let own = forgery::token(&page);
    for (what, forged) in [
        ("unsigned", forgery::unsigned(&forgery::elif(&"f".repeat(44)))),
        ("her own signature under another payload", forgery::changed(own)),
        ("another key", forgery::signed("a-key-that-somebody-guessed")),
        ("her own payload without its signature", own.split('.').next().unwrap_or_default().to_owned()),
    ] {
        scene.gets_nothing(what, &forged).await;
    }
    let said = scene.app.said();
    assert!(said.matches("invalid signature").count() >= 4, "the app says why:\n{said}");
    let document = scene.document(own).await;
    assert!(document.contains("Viewing as carla") && !document.contains("For finance leads"), "{document}");
    // The key alone decided: with it the same forgery is as good as the app's own.
    let document = scene.document(&forgery::signed(KEY)).await;
    assert!(document.contains("Viewing as elif"), "{document}");
}

/// Two tests a framework, in processes of their own.
macro_rules! rows {
    ($($row:ident: $id:literal),* $(,)?) => { $(mod $row {
        #[tokio::test(flavor = "multi_thread")]
        async fn unsigned_it_believes_a_forged_token_and_doctor_warns() {
            crate::unsigned($id).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn signed_it_refuses_every_forged_token_and_doctor_is_content() {
            crate::signed($id).await;
        }
    })* };
}

rows! { panel: "panel", bokeh: "bokeh" }

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_another_framework_is_not_warned_about() {
    for id in ["streamlit", "webapp"] {
        let scene = Scene::start(id, &[]).await;
        let found = scene.doctor().await;
        assert_eq!(found[0], format!("ok: dashboards.{id}: answers 200 at /"));
        assert!(found.iter().all(|line| line.starts_with("ok: ")), "{found:#?}");
    }
}
