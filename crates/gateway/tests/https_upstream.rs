//! Apps at https addresses: what passes between them and a viewer is whole, nobody is believed without a
//! certificate that fits, and what is wrong with the others is said to the operator and to nobody else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::print_stderr, reason = "the figures")]

mod bystander;
mod certified;

use std::{net::TcpListener as Bound, path::Path, sync::Arc, time::Duration};

use bystander::Bystander;
use certified::{Authority, Identity, Server, port, serving, speaking};
use lanyard_testbed::{
    Person, Stage, StageOptions,
    counters::Counters,
    person::{ADA, CARLA},
};
use rustls::{HandshakeKind, ProtocolVersion, ServerConfig};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::{sleep, timeout},
};

/// A dashboard for managers and the finance team.
fn dashboard(id: &str, app: &str, ca: &Path) -> String {
    let ca = ca.display();
    format!(
        "[dashboards.{id}]\ntitle = \"{id}\"\napp = \"{app}\"\nca = \"{ca}\"\nroles = [\"manager\", \"finance\"]"
    )
}

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

#[tokio::test]
async fn what_passes_between_a_viewer_and_an_https_app_is_whole() {
    let (one, other) = (Authority::new("One"), Authority::new("Other"));
    let both = Authority::file("https-both", &[&one, &other]);
    let ((new, at_new), (old, at_old)) = (port(), port());
    let options = options()
        .toml(&dashboard("new", &format!("https://localhost:{new}"), &both))
        .toml(&dashboard("old", &format!("https://127.0.0.1:{old}"), &both));
    let stage = Stage::start(options).await;
    let behind = stage.upstream_port("rec");
    let at_new = Server::start(at_new, serving(one.certifies(&["localhost"])), behind);
    let older = speaking(other.certifies(&["127.0.0.1"]), &[&rustls::version::TLS12]);
    let at_old = Server::start(at_old, older, behind);
    let recorder = stage.recorder("rec");
    let ada = Person::sign_in(&stage, ADA).await;
    let figures: Vec<u8> = (0..3_000_000_u32).map(|nth| b'a' + (nth % 23) as u8).collect();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"figures.csv\"\r\n\
         Content-Length: {}\r\n\r\n",
        figures.len()
    );
    recorder.script("/figures.csv", [head.as_bytes(), &figures].concat());
    // By whatever name its certificate is, an app on this machine hears that it is localhost.
    for (id, authority) in [("new", format!("localhost:{new}")), ("old", format!("localhost:{old}"))] {
        let (site, cookie) = (stage.dashboard(id), ada.enter(&stage, id).await);
        let page = site.get("/page").frame_document().cookie(&cookie).send().await.expect(200);
        assert!(page.text().contains("the recorder's page"), "{id}: {}", page.text());
        let seen = recorder.latest("/page");
        assert_eq!(seen.header("host"), Some(authority.as_str()));
        assert_eq!(seen.header("x-forwarded-host"), Some(site.host.as_str()));
        assert_eq!(seen.header("x-forwarded-proto"), Some("http"), "as the viewer came");
        assert_eq!(seen.header("x-forwarded-preferred-username"), Some("ada"), "{:?}", seen.headers);
        assert_eq!(seen.count("x-lanyard-assertion"), 1);

        let post = site.post("/echo").fetch().origin(&site.origin()).cookie(&cookie);
        let body = "figures ".repeat(20_000);
        assert_eq!(post.body("text/plain", body.clone()).send().await.expect(200).text(), body);
        assert_eq!(recorder.latest("/echo").header("origin"), Some(&*format!("https://{authority}")));

        let mut socket = site.get("/ws").websocket(&site.origin()).cookie(&cookie).opened().await;
        for text in ["hello", "", &"ä".repeat(200_000)] {
            socket.say(text).await;
            assert_eq!(socket.hear().await, text);
        }
        let handshake = recorder.latest("/ws");
        assert_eq!(handshake.header("origin"), Some(&*format!("https://{authority}")));
        assert_eq!(handshake.header("host"), Some(authority.as_str()));
        assert_eq!(handshake.count("x-lanyard-assertion"), 1);

        let download = site.get("/figures.csv").frame_document().cookie(&cookie).send().await.expect(200);
        assert!(download.body == figures, "{id}: {} bytes", download.body.len());
        assert_eq!(download.header("content-disposition"), Some("attachment; filename=\"figures.csv\""));

        for scheme in ["https", "http"] {
            let there = format!(
                "HTTP/1.1 302 Found\r\nLocation: {scheme}://{authority}/there\r\nContent-Length: 0\r\n\r\n"
            );
            recorder.script("/away", there);
            let away = site.get("/away").frame_document().cookie(&cookie).send().await.expect(302);
            assert_eq!(away.header("location"), Some(&*format!("{}/there", site.origin())), "{scheme}");
        }
        // The end of the session ends the tunnel in it, with its reason.
        if id == "old" {
            ada.sign_out(&stage).await.expect(200);
            assert_eq!(socket.closed(Duration::from_secs(5)).await, Some(4401));
        }
    }
    let (new, old) = (at_new.shaken(), at_old.shaken());
    assert!(new.iter().all(|one| one.version == Some(ProtocolVersion::TLSv1_3)), "{new:?}");
    assert!(new.iter().all(|one| one.name.as_deref() == Some("localhost")), "{new:?}");
    assert!(old.iter().all(|one| one.version == Some(ProtocolVersion::TLSv1_2)), "{old:?}");
    assert!(old.iter().all(|one| one.name.is_none()), "an address is no name: {old:?}");
    assert!(!new.is_empty() && !old.is_empty());
}

/// What waits at an address instead of the app.
enum Impostor {
    Tls(Box<ServerConfig>),
    /// Reads something and says this; keeps the connection, or not.
    Says(&'static [u8], bool),
}

fn start(at: Bound, impostor: Impostor, behind: u16) -> Option<Server> {
    match impostor {
        Impostor::Tls(config) => Some(Server::start(at, *config, behind)),
        Impostor::Says(words, keeps) => {
            at.set_nonblocking(true).expect("a listener");
            let listener = TcpListener::from_std(at).expect("a listener");
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    tokio::spawn(async move {
                        let mut heard = vec![0; 16 * 1024];
                        let count = stream.read(&mut heard).await.unwrap_or_default();
                        let text = String::from_utf8_lossy(&heard[..count]).to_ascii_lowercase();
                        assert!(!text.contains("http/1.1\r\n") && !text.contains("x-forwarded"), "{text}");
                        let _ = stream.write_all(words).await;
                        if keeps {
                            sleep(Duration::from_secs(60)).await;
                        }
                    });
                }
            });
            None
        }
    }
}

/// A server's hello of TLS 1.1 (RFC 4346, section 7.4.1.3).
const HELLO_OF_1_1: &[u8] =
    b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x020123456789abcdef0123456789abcdef\x00\xc0\x14\x00";
/// Alert `protocol_version`.
const NO_SUCH_VERSION: &[u8] = b"\x15\x03\x02\x00\x02\x02\x46";
const PLAIN: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_the_app_is_refused_named_and_counted_and_gets_no_request() {
    let (ours, theirs) = (Authority::new("Ours"), Authority::new("Theirs"));
    let tls = |config| Impostor::Tls(Box::new(config));
    let shows = |identity| tls(serving(identity));
    let mut h2 = serving(ours.certifies(&["localhost"]));
    h2.alpn_protocols = vec![b"h2".to_vec()];
    let (untrusted, no_tls) = ((502, "untrusted"), (502, "tls"));
    let cases: [(&str, Impostor, (u16, &str), &str); 17] = [
        ("mozilla", shows(ours.certifies(&["localhost"])), untrusted, "UnknownIssuer"),
        ("foreign", shows(theirs.certifies(&["localhost"])), untrusted, "UnknownIssuer"),
        ("self-signed", shows(Identity::of_itself("localhost")), untrusted, "UnknownIssuer"),
        ("other-name", shows(ours.certifies(&["elsewhere.example"])), untrusted, "elsewhere.example"),
        ("below", shows(ours.certifies(&["*.localhost", "x.localhost"])), untrusted, "not valid for name"),
        ("address", shows(ours.certifies(&["127.0.0.1"])), untrusted, "not valid for name"),
        ("expired", shows(ours.certifies_in("localhost", (2020, 2022))), untrusted, "certificate expired"),
        ("early", shows(ours.certifies_in("localhost", (2190, 2200))), untrusted, "not valid yet"),
        ("client", shows(ours.certifies_a_client("localhost")), untrusted, "server authentication"),
        ("authority", shows(ours.certifies_an_authority("localhost")), untrusted, "CaUsedAsEndEntity"),
        ("plain", Impostor::Says(PLAIN, false), no_tls, "InvalidContentType"),
        ("hello-1-1", Impostor::Says(HELLO_OF_1_1, true), no_tls, "ServerDoesNotSupportTls12Or13"),
        ("only-1-1", Impostor::Says(NO_SUCH_VERSION, true), no_tls, "ProtocolVersion"),
        ("only-h2", tls(h2), no_tls, "NoApplicationProtocol"),
        ("asks", tls(ours.asks_clients(ours.certifies(&["localhost"]))), no_tls, "CertificateRequired"),
        ("silent", Impostor::Says(b"", true), (504, "timed-out"), "did not begin"),
        ("gone", Impostor::Says(b"", false), (502, "broke"), "broke the connection off"),
    ];
    let ca = Authority::file("https-ours", &[&ours]);
    let (mut options, mut waiting) = (options(), Vec::new());
    for (id, impostor, expected, words) in cases {
        let (port, at) = port();
        let ca = if id == "mozilla" { String::new() } else { format!("ca = \"{}\"\n", ca.display()) };
        options = options.toml(&format!(
            "[dashboards.{id}]\ntitle = \"The app\"\napp = \"https://localhost:{port}\"\n{ca}public = true\n\
             timeout = \"1s\""
        ));
        waiting.push((id, at, impostor, expected, words));
    }
    let stage = Arc::new(Stage::start(options).await);
    let bystander = Bystander::begin(&stage, ADA).await;
    let already = stage.recorder("rec").targets().iter().filter(|target| target.contains("secret")).count();
    for (id, at, impostor, (status, reason), words) in waiting {
        let server = start(at, impostor, stage.upstream_port("rec"));
        let site = stage.dashboard(id);
        let before = Counters::read(&stage).await.upstream_failures(reason);
        let answer = site.get("/secret").fetch().send().await;
        assert_eq!(answer.status, status, "{id}:\n{}", answer.everything());
        let sentence = if reason == "untrusted" { "cannot prove" } else { "does not answer" };
        assert!(
            answer.text().contains(sentence) && !answer.text().contains(words),
            "{id}: {}",
            answer.text()
        );
        let page = site.get("/secret").top_document().send().await;
        assert_eq!(page.status, status, "{id}:\n{}", page.everything());
        let Err(refused) = site.get("/secret").websocket(&site.origin()).open().await else {
            panic!("{id} opened a WebSocket")
        };
        assert_eq!(refused.status, status, "{id}:\n{}", refused.everything());
        let counted = Counters::read(&stage).await.upstream_failures(reason) - before;
        assert_eq!(counted, 3, "{id} is counted as '{reason}'");
        let said = stage.said("lanyard");
        let lines: Vec<&str> = said.lines().filter(|line| line.contains(&format!("\"{id}\""))).collect();
        let named = lines.iter().filter(|line| line.contains(words)).count();
        assert_eq!(named, 3, "{id} is named with {words:?} in the log:\n{}", lines.join("\n"));
        let shaken = server.map_or(0, |server| server.shaken().len());
        assert_eq!(shaken, 0, "{id} came to the end of a handshake");
    }
    let after = stage.recorder("rec").targets().iter().filter(|target| target.contains("secret")).count();
    assert_eq!(after, already, "a request reached somebody who is not the app");
    eprintln!("{}", bystander.end().await);
}

/// Kept connections are of one session and one dashboard, and each has seen the app's certificate itself.
#[tokio::test]
async fn a_connection_is_of_one_session_and_of_one_dashboards_trust() {
    let (ours, theirs) = (Authority::new("Ours"), Authority::new("Theirs"));
    let (port, at) = port();
    let app = format!("https://localhost:{port}");
    let options = options()
        .toml(&dashboard("app", &app, &Authority::file("https-right", &[&ours])))
        .toml(&dashboard("doubting", &app, &Authority::file("https-wrong", &[&theirs])));
    let stage = Stage::start(options).await;
    let server = Server::start(at, serving(ours.certifies(&["localhost"])), stage.upstream_port("rec"));
    let (ada, carla) = (Person::sign_in(&stage, ADA).await, Person::sign_in(&stage, CARLA).await);
    let cookies = (ada.enter(&stage, "app").await, carla.enter(&stage, "app").await);
    let doubting = ada.enter(&stage, "doubting").await;
    let ask = async |cookie: &str| {
        stage.dashboard("app").get("/page").fetch().cookie(cookie).send().await.expect(200);
        stage.recorder("rec").seen().last().expect("a request").connection
    };
    let first = ask(&cookies.0).await;
    let carlas = ask(&cookies.1).await;
    assert_eq!(ask(&cookies.0).await, first, "a connection is used again");
    assert_ne!(carlas, first, "and not for another session");
    let refused = stage.dashboard("doubting").get("/page").fetch().cookie(&doubting).send().await;
    assert_eq!(refused.status, 502, "what one dashboard trusts is not what another trusts");
    assert_eq!(Counters::read(&stage).await.upstream_failures("untrusted"), 1);
    sleep(Duration::from_secs(2)).await;
    assert_ne!(ask(&cookies.0).await, first, "and is not kept for long");
    let shaken = server.shaken();
    assert_eq!(shaken.len(), 3, "{shaken:?}");
    assert!(shaken.iter().all(|one| one.kind == Some(HandshakeKind::Full)), "{shaken:?}");
}

/// An end that anybody on the way could have made is none.
#[tokio::test]
async fn an_answer_that_was_cut_off_on_the_way_is_not_taken_for_whole() {
    let ours = Authority::new("Ours");
    let ca = Authority::file("https-cut", &[&ours]);
    let ((proper, at_proper), (cut, at_cut), (mute, at_mute)) = (port(), port(), port());
    let options = options()
        .toml(&dashboard("proper", &format!("https://localhost:{proper}"), &ca))
        .toml(&dashboard("cut", &format!("https://localhost:{cut}"), &ca))
        .toml(&dashboard("mute", &format!("https://localhost:{mute}"), &ca));
    let stage = Stage::start(options).await;
    let config = || serving(ours.certifies(&["localhost"]));
    let _proper = Server::start(at_proper, config(), stage.upstream_port("rec"));
    let _cut = Server::cutting(at_cut, config(), stage.upstream_port("rec"));
    let ada = Person::sign_in(&stage, ADA).await;
    let recorder = stage.recorder("rec");
    recorder.script_and_close("/until-the-end", "HTTP/1.1 200 OK\r\n\r\npage");
    recorder.script_and_close("/by-length", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage");
    for (id, path, whole) in [
        ("proper", "/until-the-end", true),
        ("proper", "/by-length", true),
        ("cut", "/until-the-end", false),
        ("cut", "/by-length", true),
    ] {
        let cookie = ada.enter(&stage, id).await;
        let request = stage.dashboard(id).get(path).fetch().cookie(&cookie).header("Connection", "close");
        let (bytes, closed) = request.begin().await.rest(Duration::from_secs(5)).await;
        let text = String::from_utf8_lossy(&bytes);
        // What breaks off at once may break off before anything was passed on.
        let begun = text.starts_with("HTTP/1.1 200 ") || !whole && text.is_empty();
        assert!(closed && begun, "{id} {path}:\n{text}");
        assert_eq!(text.ends_with("page") || text.ends_with("\r\n0\r\n\r\n"), whole, "{id} {path}:\n{text}");
    }
    // Nobody waits the app's whole minute for a handshake.
    let cookie = ada.enter(&stage, "mute").await;
    let asked = stage.dashboard("mute").get("/page").fetch().cookie(&cookie).send();
    timeout(Duration::from_secs(20), asked).await.expect("an end").expect(504);
    drop(at_mute);
}
