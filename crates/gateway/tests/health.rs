//! How a dashboard is, over TCP: whether its app answers, asked of the app once for everybody and with nothing
//! of anybody in it, and what became of a person's WebSocket. And what a frame shows of an app that fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use lanyard_testbed::{
    Person, Request, Script, Stage, StageOptions,
    counters::Counters,
    person::{ADA, CARLA},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};

/// What was found holds so long.
const HOLDS: Duration = Duration::from_millis(5_100);

fn ask(stage: &Stage, cookie: &str, id: &str) -> Request {
    let request = stage.portal().get(&format!("/api/dashboards/{id}/state")).fetch();
    if cookie.is_empty() { request } else { request.cookie(cookie) }
}

async fn state(stage: &Stage, cookie: &str, id: &str) -> (String, String) {
    let answer = ask(stage, cookie, id).send().await.expect(200).json();
    let text = |key: &str| answer[key].as_str().expect("a word").to_owned();
    (text("app"), text("socket"))
}

async fn app(stage: &Stage, id: &str) -> String {
    state(stage, "", id).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_look_the_app_is_asked_once_and_told_nothing_of_them() {
    let options = StageOptions::default().upstream_with("rec", "health = \"/up?deep=1\"").without_apps();
    let stage = Arc::new(Stage::start(options).await);
    let (ada, carla) = (Person::sign_in(&stage, ADA).await, Person::sign_in(&stage, CARLA).await);
    let recorder = stage.recorder("rec");
    let many = async || {
        let mut asking = JoinSet::new();
        for nth in 0..50 {
            let request = ask(&stage, &[&ada, &carla][nth % 2].cookies(), "rec");
            asking.spawn(async move { request.send().await.expect(200).json() });
        }
        for answer in asking.join_all().await {
            assert_eq!(answer["app"], "answers");
        }
    };
    assert!(recorder.seen().is_empty(), "nobody has asked");
    many().await;
    assert_eq!(recorder.targets(), ["/up?deep=1"]);
    many().await;
    assert_eq!(recorder.targets().len(), 1, "what was found holds");
    sleep(HOLDS).await;
    assert_eq!(recorder.targets().len(), 1, "nobody asks, nothing is checked");
    many().await;
    assert_eq!(recorder.targets().len(), 2);
    for seen in recorder.seen() {
        let port = stage.upstream_port("rec");
        let mut lines = seen.headers.clone();
        lines.sort();
        let plain = [("connection".into(), "close".into()), ("host".into(), format!("localhost:{port}"))];
        assert_eq!((seen.method.as_str(), lines), ("GET", plain.to_vec()), "nothing else goes out");
    }
    let events = stage.audit().len();
    state(&stage, &ada.cookies(), "rec").await;
    sleep(Duration::from_millis(300)).await;
    assert_eq!(stage.audit().len(), events, "asking is no event");
    assert!(stage.audit().iter().all(|event| event["kind"] != "state"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_and_leaves_makes_no_second_check() {
    let options = StageOptions::default().upstream_with("rec", "health = \"/slow\"").without_apps();
    let stage = Stage::start(options).await;
    let ada = Person::sign_in(&stage, ADA).await;
    for _ in 0..20 {
        drop(ask(&stage, &ada.cookies(), "rec").begin().await);
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(state(&stage, &ada.cookies(), "rec").await.0, "answers");
    assert_eq!(stage.recorder("rec").targets(), ["/slow"]);
}

/// What the app says to `/up`, and how it then is.
const KINDS: [(&str, &str, &str); 6] = [
    ("fine", "HTTP/1.1 204 No Content\r\n\r\n", "answers"),
    ("lost", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answers"),
    ("moved", "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", "answers"),
    ("failing", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "down"),
    ("crashing", "", "down"),
    ("nonsense", "SSH-2.0-OpenSSH_9.2p1\r\n", "down"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_app_answers_is_silent_or_is_down() {
    let mut options = StageOptions::default().without_apps();
    for (id, ..) in KINDS {
        options = options.bare_upstream(id, "health = \"/up\"");
    }
    options = options.bare_upstream("busy", "health = \"/up\"").bare_upstream("starting", "");
    let stage = Stage::start(options).await;
    let mut apps = Vec::new();
    for (id, said, _) in KINDS {
        let answer = move |mut stream: TcpStream, target: String| async move {
            assert_eq!(target, "/up");
            let _ = stream.write_all(said.as_bytes()).await;
        };
        apps.push(Script::start(stage.upstream_port(id), answer).await);
    }
    let busy = |stream, _| async move { drop((stream, sleep(Duration::from_secs(60)).await)) };
    apps.push(Script::start(stage.upstream_port("busy"), busy).await);
    for (id, _, expected) in KINDS {
        assert_eq!(app(&stage, id).await, expected, "{id}");
    }
    assert_eq!(app(&stage, "busy").await, "silent");
    assert_eq!(app(&stage, "starting").await, "down", "nothing listens");
    assert_eq!(app(&stage, "status").await, "down", "nor does anything behind one without a path to ask for");

    // It begins to listen. Only connections are made, and nothing is said on them.
    let (connections, bytes) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let listener = TcpListener::bind(("127.0.0.1", stage.upstream_port("starting"))).await.expect("a port");
    let counts = (connections.clone(), bytes.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counts.0.fetch_add(1, Ordering::Relaxed);
            let bytes = counts.1.clone();
            tokio::spawn(async move {
                let read = stream.read_to_end(&mut Vec::new()).await;
                bytes.fetch_add(read.unwrap_or_default(), Ordering::Relaxed);
            });
        }
    });
    assert_eq!(app(&stage, "starting").await, "down", "what was found holds");
    sleep(HOLDS).await;
    for _ in 0..10 {
        assert_eq!(app(&stage, "starting").await, "answers");
    }
    sleep(Duration::from_millis(100)).await;
    assert_eq!((connections.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed)), (1, 0));
}

/// An app with a WebSocket for each way to end.
async fn ways(mut stream: TcpStream, target: String) {
    let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    let switch = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    let refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let head = if target == "/refuses" { refusal } else { &switch };
    if target == "/" || stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    let mut heard = [0; 1024];
    let _ = stream.read(&mut heard).await;
    match target.as_str() {
        "/closes" => {
            let _ = stream.write_all(b"\x88\x02\x03\xe8").await;
            let _ = stream.read(&mut heard).await;
        }
        "/answers-the-close" => drop(stream.write_all(b"\x88\x02\x03\xe8").await),
        "/resets" => drop(stream.set_zero_linger()),
        "/stays" => while matches!(stream.read(&mut heard).await, Ok(1..)) {},
        _ => {}
    }
}

struct Scene {
    stage: Stage,
    ada: Person,
    cookie: String,
    _app: Script,
}

impl Scene {
    async fn prepare(limits: &str) -> Self {
        let options = StageOptions::default().bare_upstream_for_roles("live", "").without_apps();
        let stage = Stage::start(options.bare_upstream("open", "").toml(limits)).await;
        let app = Script::start(stage.upstream_port("live"), ways).await;
        let ada = Person::sign_in(&stage, ADA).await;
        let cookie = ada.enter(&stage, "live").await;
        Self { stage, ada, cookie, _app: app }
    }

    fn handshake(&self, path: &str) -> Request {
        let live = self.stage.dashboard("live");
        live.get(path).websocket(&live.origin()).cookie(&self.cookie)
    }

    async fn socket(&self) -> String {
        state(&self.stage, &self.ada.cookies(), "live").await.1
    }

    async fn becomes(&self, expected: &str, why: &str) {
        let mut found = String::new();
        for _ in 0..100 {
            found = self.socket().await;
            if found == expected {
                return;
            }
            sleep(Duration::from_millis(30)).await;
        }
        panic!("'{found}' instead of '{expected}': {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_none_open_or_cut_by_how_it_ended() {
    let scene = Scene::prepare("").await;
    assert_eq!(scene.socket().await, "none");
    for (path, expected) in [("/closes", "cut"), ("/ends", "cut"), ("/resets", "cut")] {
        let mut socket = scene.handshake(path).opened().await;
        assert_eq!(scene.socket().await, "open", "{path}");
        socket.say("now").await;
        socket.closed(Duration::from_secs(5)).await;
        scene.becomes(expected, path).await;
    }
    let refused = scene.handshake("/refuses").open().await;
    assert_eq!(refused.err().map(|answer| answer.status), Some(403));
    assert_eq!(scene.socket().await, "cut", "what the app refuses is not back");
    let socket = scene.handshake("/stays").opened().await;
    assert_eq!(scene.socket().await, "open", "it is back");
    drop(socket);
    scene.becomes("none", "the browser's side ended").await;
    scene.handshake("/answers-the-close").opened().await.leave().await;
    scene.becomes("none", "the page left it, although the app ended the connection").await;
    sleep(Duration::from_millis(300)).await;
    assert_eq!(scene.socket().await, "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_socket_counts_and_what_was_cut_is_forgotten_with_its_page_and_its_session() {
    let scene = Scene::prepare("").await;
    let mut older = scene.handshake("/ends").opened().await;
    let newer = scene.handshake("/stays").opened().await;
    older.say("now").await;
    older.closed(Duration::from_secs(5)).await;
    assert_eq!(scene.socket().await, "open");
    drop(newer);
    scene.becomes("none", "the newer one was left").await;

    let mut socket = scene.handshake("/ends").opened().await;
    socket.say("now").await;
    socket.closed(Duration::from_secs(5)).await;
    scene.becomes("cut", "the app ended it").await;
    let other = Person::sign_in(&scene.stage, CARLA).await;
    assert_eq!(state(&scene.stage, &other.cookies(), "live").await.1, "none", "it was not hers");
    scene.ada.enter(&scene.stage, "live").await;
    assert_eq!(scene.socket().await, "none", "a new frame begins anew");

    let socket = scene.handshake("/stays").opened().await;
    scene.ada.sign_out(&scene.stage).await.expect(200);
    assert_eq!(socket.closed(Duration::from_secs(2)).await, Some(4401));
    let again = Person::sign_in(&scene.stage, ADA).await;
    assert_eq!(state(&scene.stage, &again.cookies(), "live").await.1, "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_the_idle_limit_ended_is_cut_and_of_visitors_nothing_is_kept() {
    let scene = Scene::prepare("[limits]\nwebsocket_idle_timeout = \"2s\"").await;
    let socket = scene.handshake("/stays").opened().await;
    scene.becomes("open", "it is open").await;
    socket.closed(Duration::from_secs(5)).await;
    scene.becomes("cut", "nothing moved for too long").await;

    let open = scene.stage.dashboard("open");
    let _app = Script::start(scene.stage.upstream_port("open"), ways).await;
    let mut socket = open.get("/ends").websocket(&open.origin()).opened().await;
    assert_eq!(state(&scene.stage, "", "open").await.1, "none");
    socket.say("now").await;
    socket.closed(Duration::from_secs(5)).await;
    for cookie in ["", &scene.ada.cookies()] {
        assert_eq!(state(&scene.stage, cookie, "open").await.1, "none");
    }
}

#[tokio::test]
async fn in_a_frame_an_error_of_the_app_becomes_the_page_that_makes_the_shell_try_again() {
    let stage = Stage::start(StageOptions::default().upstream("rec").without_apps()).await;
    let cookie = Person::sign_in(&stage, ADA).await.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let own = "<h1>Traceback</h1>";
    for (path, line) in [
        ("/500", "500 Internal Server Error"),
        ("/503", "503 Service Unavailable"),
        ("/404", "404 Not Found"),
    ] {
        let length = own.len();
        let head = format!(
            "HTTP/1.1 {line}\r\nContent-Type: text/html\r\nSet-Cookie: a=b\r\nContent-Length: {length}\r\n\r\n"
        );
        stage.recorder("rec").script(path, head + own);
    }
    let before = Counters::read(&stage).await.upstream_failures("server-error");
    for (path, status) in [("/500", 500), ("/503", 503)] {
        let page = rec.get(path).frame_document().cookie(&cookie).send().await;
        assert_eq!(page.status, status, "{}", page.everything());
        let text = page.text();
        assert!(text.contains("Recorder rec does not answer") && !text.contains("Traceback"), "{text}");
        assert!(text.contains("postMessage({lanyard:\"unreachable\"}"), "{text}");
        assert_eq!(page.all("set-cookie").count(), 0, "{}", page.everything());
    }
    assert_eq!(Counters::read(&stage).await.upstream_failures("server-error"), before + 2);
    let in_frame = |request: Request| request.site("same-origin", "navigate", "iframe").origin(&rec.origin());
    for (case, request, status) in [
        ("a window of its own", rec.get("/500").top_document(), 500),
        ("a fetch", rec.get("/500").fetch(), 500),
        ("a form that was sent in the frame", in_frame(rec.post("/500").form(&[("a", "b")])), 500),
        ("a page that is missing", rec.get("/404").frame_document(), 404),
    ] {
        let answer = request.cookie(&cookie).send().await;
        assert_eq!((answer.status, answer.text().as_str()), (status, own), "{case}");
    }
    assert_eq!(Counters::read(&stage).await.upstream_failures("server-error"), before + 2);
}
