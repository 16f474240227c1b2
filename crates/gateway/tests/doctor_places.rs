//! `lanyard doctor` looks at where things are: names, certificates, frames, WebSockets, who listens where, and what a
//! security checklist asks of the machine. Each is good here, and each is wrong by a real cause.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod certified;
mod examined;

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
};

use certified::{Authority, Identity, Server, serving};
use examined::{Doctor, Examined, file, settings};
use lanyard_testbed::{Script, ports};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// An unsigned token of Bokeh's: `{"session_id":"a","session_expiry":1}`.
const TOKEN: &str = "eyJzZXNzaW9uX2lkIjoiYSIsInNlc3Npb25fZXhwaXJ5IjoxfQ";

fn dashboard(id: &str, at: &str, more: &str) -> String {
    format!("[dashboards.{id}]\n{at}\nroles = [\"finance\"]\n{more}\n")
}

fn answer(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

async fn pages(mut stream: TcpStream, target: String) {
    let bokeh = format!("<script>[{{\"token\":\"{TOKEN}\"}}]</script>");
    let answer = match target.as_str() {
        "/denies" => answer("X-Frame-Options: DENY\r\n", "x"),
        "/portal-only" => {
            answer("Content-Security-Policy: frame-ancestors http://lanyard.localhost:8080\r\n", "x")
        }
        "/boxed" => answer("Content-Security-Policy: sandbox allow-scripts\r\n", "x"),
        "/leaves" => {
            "HTTP/1.1 302 Found\r\nLocation: https://login.example/?x\r\nContent-Length: 0\r\n\r\n".into()
        }
        "/bokeh" => answer("", &bokeh),
        "/streamlit" => answer("", "<title>Streamlit</title>"),
        "/bokeh/ws" => "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".into(),
        "/_stcore/stream" => answer("", "not a WebSocket"),
        _ => answer("", "x"),
    };
    let _ = stream.write_all(answer.as_bytes()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_a_frame_blank_is_told_apart_from_what_the_gateway_replaces() {
    let port = ports::block();
    let _pages = Script::start(port, pages).await;
    let app = |id: &str| {
        dashboard(id, &format!("app = \"http://localhost:{port}\""), &format!("start_path = \"/{id}\""))
    };
    let external =
        |id: &str, path: &str| dashboard(id, &format!("external = \"http://127.0.0.1:{port}{path}\""), "");
    let all = ["plain", "denies", "boxed", "leaves", "bokeh", "streamlit"].map(app).concat();
    let all = all + &external("outside", "/denies") + &external("inside", "/portal-only");
    let said = Doctor::default()
        .examine(&file("doctor-frames", &settings("http://lanyard.localhost:8080", &all)))
        .await;
    said.line("ok: dashboards.plain: says nothing that would keep its frame blank");
    said.line("ok: dashboards.denies: refuses to be framed, which the gateway replaces");
    said.line("warning: dashboards.boxed: puts itself into a sandbox");
    said.line("warning: dashboards.leaves: sends viewers from /leaves on to https://login.example,");
    let line = said.line("error: dashboards.outside: refuses the portal's frame by X-Frame-Options");
    assert!(line.ends_with("frame-ancestors 'self' http://lanyard.localhost:8080"), "{line}");
    said.line("ok: dashboards.inside: lets the portal frame it");
    let line = said.line("error: dashboards.bokeh: Bokeh answers 403 to a WebSocket at /bokeh/ws");
    assert!(line.ends_with(&format!("--allow-websocket-origin=localhost:{port}")), "{line}");
    said.line("error: dashboards.streamlit: Streamlit answers 200 to a WebSocket at /_stcore/stream");
    assert!(!said.lines.concat().contains(TOKEN), "no token is printed");
    assert!(!said.lines.concat().contains("WebSocket at /plain"), "nothing is guessed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_others_can_reach_is_told() {
    let port = ports::block();
    let _own = Script::start(port, pages).await;
    let open = TcpListener::bind(("0.0.0.0", port + 1)).await.expect("a port");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = open.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer("", "<title>Streamlit</title>").as_bytes()).await;
        }
    });
    let app = |id: &str, port: u16| dashboard(id, &format!("app = \"http://127.0.0.1:{port}\""), "");
    let both = app("own", port) + &app("open", port + 1);
    let said = Doctor::default()
        .examine(&file("doctor-open", &settings("http://lanyard.localhost:8080", &both)))
        .await;
    said.line("ok: dashboards.own: listens on this machine alone");
    let line = said.line("warning: dashboards.open: listens on all addresses of this machine");
    assert!(line.contains("--server.address=127.0.0.1"), "{line}");
}

/// The doctor's word on this certificate, at an https portal with one dashboard.
async fn shown(name: &str, identity: Identity, trusted: Option<&Authority>) -> Examined {
    let (port, at) = certified::port();
    let _server = Server::start(at, serving(identity), port);
    let app = dashboard("finance", "app = \"http://localhost:1\"", "");
    let config =
        file(&format!("doctor-tls-{name}"), &settings(&format!("https://dash.localhost:{port}"), &app));
    let pem = trusted.map(|authority| Authority::file(&format!("doctor-tls-{name}"), &[authority]));
    let pem = pem.as_deref().and_then(|pem| pem.to_str()).unwrap_or("/dev/null").to_owned();
    Doctor { environment: &[("SSL_CERT_FILE", &pem)], ..Doctor::default() }.examine(&config).await
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_judged_for_every_name_as_a_browser_would() {
    let authority = Authority::new("Harbour");
    let both = ["dash.localhost", "*.dash.localhost"];

    let good = shown("good", authority.certifies(&both), Some(&authority)).await;
    for place in ["portal: dash.localhost", "dashboards.finance: finance.dash.localhost"] {
        let line = good.line(&format!("note: {place} shows a certificate that holds for"));
        assert!(line.contains("an authority that this machine trusts"), "{line}");
    }
    let lone = shown("lone", authority.certifies(&["*.dash.localhost"]), Some(&authority)).await;
    let line =
        lone.line("error: portal: dash.localhost shows a certificate for *.dash.localhost, which is not");
    assert!(line.ends_with("name both in it"), "{line}");
    lone.line("note: dashboards.finance: finance.dash.localhost shows a certificate that holds");

    let narrow = shown("narrow", authority.certifies(&["dash.localhost"]), Some(&authority)).await;
    let line = narrow
        .line("error: dashboards.finance: finance.dash.localhost shows a certificate for dash.localhost;");
    assert!(line.ends_with("name finance.dash.localhost in it, or a wildcard above it"), "{line}");

    let over = shown("over", authority.certifies_in("dash.localhost", (2020, 2021)), Some(&authority)).await;
    over.line("error: portal: dash.localhost shows a certificate that is over; renew it");

    let unknown = shown("unknown", authority.certifies(&both), None).await;
    unknown.line(
        "warning: portal: dash.localhost shows a certificate that neither Mozilla's authorities nor this",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_nobody_has_made_are_told_with_the_record_to_make() {
    let app = dashboard("finance", "app = \"http://localhost:1\"", "");
    let own = dashboard("status", "app = \"http://localhost:1\"", "host = \"status.invalid\"");
    let config = file("doctor-names", &settings("https://dash.invalid", &(app + &own)));
    let said = Doctor::default().examine(&config).await;
    said.line("error: portal: dash.invalid cannot be found in DNS: ");
    let line = said.line("error: dashboards.finance: finance.dash.invalid cannot be found in DNS: ");
    assert!(line.ends_with(
        "make one record for all dashboards, *.dash.invalid, which leads where dash.invalid does"
    ));
    let line = said.line("error: dashboards.status: status.invalid cannot be found in DNS: ");
    assert!(line.contains("make a record for status.invalid"), "{line}");
    said.line("error: portal: dash.invalid shows no certificate at port 443: ");
    let local = file("doctor-local", &settings("http://lanyard.localhost:8080", ""));
    let said = Doctor::default().examine(&local).await;
    said.line("ok: portal: lanyard.localhost and what is under it is this machine");
    said.line("ok: portal: is at plain http on this machine alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checklist_is_gone_through_only_when_it_is_asked_for() {
    let port = ports::block();
    let _pages = Script::start(port, pages).await;
    let secret = file("doctor-production-secret", "a-secret-that-is-not-printed");
    let bokeh = dashboard("bokeh", &format!("app = \"http://localhost:{port}\""), "start_path = \"/bokeh\"");
    let all =
        dashboard("all", &format!("app = \"http://localhost:{port}\""), "").replace("finance", "signed-in");
    let far = dashboard("far", "app = \"http://192.0.2.1:9\"", "");
    let more = "[session]\nabsolute = \"100h\"\n[server]\nadmin = \"0.0.0.0:9090\"\n";
    let text = settings("http://lanyard.localhost:8080", &(bokeh + &all + &far + more))
        .replace(&format!("env:{}", lanyard_testbed::stage::SECRET), &format!("file:{}", secret.display()))
        .replace("client_id", "trust_email = true\nclient_id");
    let config = file("doctor-production", &text);
    fs::set_permissions(&secret, Permissions::from_mode(0o644)).expect("a mode");

    let usual = Doctor::default().examine(&config).await;
    usual.line("warning: dashboards.bokeh: runs Bokeh with unsigned sessions");
    assert!(!usual.lines.concat().contains("trust_email"), "{:#?}", usual.lines);

    let production = Doctor { arguments: &["--production"], ..Doctor::default() };
    let said = production.examine(&config).await;
    for begins in [
        "error: dashboards.bokeh: runs Bokeh with unsigned sessions",
        "error: portal: is at plain http, for this machine alone",
        "error: identity: the issuer is on this machine",
        "warning: dashboards.far: its figures and who looks at them go to http://192.0.2.1:9 in plain text",
        "warning: identity: trust_email passes addresses on that nobody has verified",
        "warning: session: lives for up to 100 h",
        "note: dashboards: everybody who is signed in sees all;",
        "warning: server: the admin listener 0.0.0.0:9090",
        "note: server: the audit trail",
    ] {
        said.line(begins);
    }
    let line = said.line(&format!("error: identity: {} holds a secret", secret.display()));
    assert!(line.ends_with(&format!("run: chmod 600 {}", secret.display())), "{line}");
    assert!(!said.lines.concat().contains("that-is-not-printed"));
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("a mode");
    production
        .examine(&config)
        .await
        .line(&format!("ok: identity: {} is for the gateway's", secret.display()));
}
