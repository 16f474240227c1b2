//! `lanyard doctor` over apps that answer in every way, and not at all: one line each, with a remedy; nothing of a
//! viewer's is sent, and nothing keeps it waiting.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod certified;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use certified::{Authority, Server, serving};
use lanyard_testbed::{Script, ports, stage::gateway};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::timeout};

/// An unsigned token of Bokeh's: `{"session_id":"a","session_expiry":1}`.
const UNSIGNED: &str = "eyJzZXNzaW9uX2lkIjoiYSIsInNlc3Npb25fZXhwaXJ5IjoxfQ";

/// What the doctor says of these dashboards, its exit code last.
async fn examine(name: &str, dashboards: &str) -> Vec<String> {
    let config = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("doctor-{name}.toml"));
    let secret = config.with_extension("secret");
    std::fs::write(&secret, "a-secret-that-is-not-printed").expect("a file");
    let text = format!(
        "[portal]\nurl = \"http://lanyard.localhost:8080\"\n[identity]\nissuer = \"http://id.localhost:1\"\n\
         client_id = \"lanyard\"\nclient_secret = \"file:{}\"\n[roles]\nfinance = [\"Finance\"]\n{dashboards}",
        secret.display()
    );
    std::fs::write(&config, text).expect("a file");
    let config = config.to_str().expect("a path").to_owned();
    let running = tokio::task::spawn_blocking(move || gateway(&["doctor", "--config", &config]));
    let output = timeout(Duration::from_secs(25), running).await.expect("in time").expect("it ran");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(!said.contains("that-is-not-printed"), "{said}");
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    lines.push(format!("exit {}", output.status.code().expect("a code")));
    lines
}

fn dashboard(id: &str, app: &str, more: &str) -> String {
    format!("[dashboards.{id}]\napp = \"{app}\"\nroles = [\"finance\"]\n{more}\n")
}

/// A page, as a server says it.
fn page(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

async fn app(mut stream: TcpStream, target: String) {
    let port = stream.local_addr().map(|at| at.port()).unwrap_or_default();
    let unsigned = format!("<script>[{{\"token\":\"{UNSIGNED}\"}}]</script>");
    let answer = match target.as_str() {
        "/plain" => page("<h1>Figures</h1>"),
        "/error" => "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n".into(),
        "/garbage" => "SSH-2.0-OpenSSH_9.9\r\n".into(),
        "/closes" => String::new(),
        "/here" => redirect("./next?x=1"),
        "/next?x=1" => redirect(&format!("https://localhost:{port}/app")),
        "/app" => page(&unsigned),
        "/elsewhere" => redirect("http://elsewhere.example/app"),
        "/circle" => redirect("/circle"),
        "/broken" => format!("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{unsigned}"),
        "/endless" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
            while stream.write_all(&[b'x'; 64 * 1024]).await.is_ok() {}
            return;
        }
        "/silent" => {
            std::future::pending::<()>().await;
            return;
        }
        "/drip" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            return;
        }
        _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".into(),
    };
    let _ = stream.write_all(answer.as_bytes()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_app_gets_a_line_in_the_order_of_the_file_and_nothing_keeps_it_waiting() {
    let port = ports::block();
    let _app = Script::start(port, app).await;
    let pages = [
        "plain",
        "error",
        "garbage",
        "closes",
        "here",
        "elsewhere",
        "circle",
        "broken",
        "endless",
        "silent",
        "drip",
    ];
    let mut dashboards: String = pages
        .iter()
        .map(|id| dashboard(id, &format!("http://127.0.0.1:{port}"), &format!("start_path = \"/{id}\"")))
        .collect();
    dashboards += &dashboard("down", &format!("http://localhost:{}", port + 1), "");
    dashboards += "[dashboards.outside]\nexternal = \"http://wiki.example/\"\nroles = [\"finance\"]\n";
    let all = examine("lines", &dashboards).await;
    // What other checks say of them stands in tests of their own.
    let of_these = |line: &&String| {
        let message = line.splitn(3, ": ").nth(2).unwrap_or_default();
        let pages = ["answers ", "http://", "runs Bokeh"].iter().any(|begins| message.starts_with(begins));
        line.contains(": dashboards.") && pages
    };
    let said: Vec<&String> = all.iter().filter(of_these).collect();
    let expected = [
        "ok: dashboards.plain: answers 200 at /plain",
        "warning: dashboards.error: answers 500 at /error; its own log",
        "error: dashboards.garbage: http://127.0.0.1:PORT: the app's answer is not valid HTTP",
        "error: dashboards.closes: http://127.0.0.1:PORT: the app broke the connection off; see",
        "ok: dashboards.here: answers 200 at /app",
        "ok: dashboards.elsewhere: answers 302 at /elsewhere",
        "ok: dashboards.circle: answers 302 at /circle",
        "warning: dashboards.broken: answers 200 at /broken without coming to an end",
        "warning: dashboards.endless: answers 200 at /endless without coming to an end",
        "error: dashboards.silent: http://127.0.0.1:PORT: the app did not begin its answer in time; see",
        "warning: dashboards.drip: answers 200 at /drip without coming to an end",
        "error: dashboards.down: http://localhost:DOWN: the app does not accept connections; start it",
        "warning: dashboards.here: runs Bokeh with unsigned sessions",
        "warning: dashboards.broken: runs Bokeh with unsigned sessions",
    ];
    let expected =
        expected.map(|line| line.replace("PORT", &port.to_string()).replace("DOWN", &(port + 1).to_string()));
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(&expected) {
        assert!(said.starts_with(expected.as_str()), "{said}\nis not\n{expected}");
    }
    // Besides these: no provider, two pages whose WebSocket nobody takes, one that leads away.
    assert!(all[all.len() - 2].ends_with(": errors: 7, warnings: 7"), "{all:#?}");
    assert_eq!(all.last().unwrap(), "exit 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_repeated_and_a_wrong_file_is_not_looked_at_further() {
    let port = ports::block();
    let _app = Script::start(port, app).await;
    let bokeh = dashboard("bokeh", &format!("http://127.0.0.1:{port}"), "start_path = \"/app\"");
    let said = examine("warnings", &bokeh).await;
    assert!(said.iter().any(|line| line.starts_with("warning: dashboards.bokeh: runs Bokeh")), "{said:#?}");
    assert!(!said.concat().contains(UNSIGNED), "no token is printed: {said:#?}");
    let said = examine("wrong", &bokeh.replace("roles", "rolls")).await;
    assert!(!said.concat().contains("answers"), "{said:#?}");
    assert!(said[0].contains("rolls") && said.last().unwrap() == "exit 1", "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_at_https_is_asked_under_its_own_certificate_and_host_without_a_viewer() {
    let (one, other) = (Authority::new("One"), Authority::new("Other"));
    let behind = ports::block();
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let record = heads.clone();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", behind)).await.expect("a port");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 16 * 1024];
            let read = tokio::io::AsyncReadExt::read(&mut stream, &mut head).await.unwrap_or(0);
            record.lock().expect("a lock").push(String::from_utf8_lossy(&head[..read]).to_lowercase());
            let _ = stream.write_all(page("<h1>Figures</h1>").as_bytes()).await;
        }
    });
    let (port, at) = certified::port();
    let _server = Server::start(at, serving(one.certifies(&["localhost"])), behind);
    let https = |id: &str, ca: &Authority| {
        let ca = Authority::file(&format!("doctor-{id}"), &[ca]);
        dashboard(id, &format!("https://localhost:{port}"), &format!("ca = \"{}\"", ca.display()))
    };
    let said = examine("https", &(https("good", &one) + &https("foreign", &other))).await;
    assert!(said.iter().any(|line| line == "ok: dashboards.good: answers 200 at /"), "{said:#?}");
    let untrusted =
        format!("error: dashboards.foreign: https://localhost:{port}: the app's certificate does not fit");
    assert!(said.iter().any(|line| line.starts_with(&untrusted) && line.contains("'ca'")), "{said:#?}");
    let heads = heads.lock().expect("a lock");
    assert_eq!(heads.len(), 1, "{heads:#?}");
    assert!(heads[0].contains(&format!("\r\nhost: localhost:{port}\r\n")), "{}", heads[0]);
    assert!(heads[0].contains("\r\nx-forwarded-host: good.lanyard.localhost:8080\r\n"), "{}", heads[0]);
    for name in [
        "cookie",
        "authorization",
        "assertion",
        "x-forwarded-user",
        "x-forwarded-email",
        "x-forwarded-groups",
    ] {
        assert!(!heads[0].contains(name), "{}", heads[0]);
    }
}
