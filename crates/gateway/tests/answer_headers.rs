//! What an app may say to a browser beside its answer: no cookie of ours, none beyond its own host, and no address
//! that leads around the gateway.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod scripted;

use lanyard_testbed::answer::find;
use scripted::Scene;

#[tokio::test]
async fn an_app_sets_no_cookie_of_ours_and_none_beyond_its_host_in_any_spelling() {
    let scene = Scene::prepare().await;
    let lines: &[(&[u8], bool)] = &[
        (b"own=1; Path=/; HttpOnly", true),
        (b"_xsrf=2|a; SameSite=Strict", true),
        (b"__Host-own=1; Secure; Path=/", true),
        (b"odd=\xff\xe4", true),
        (b"nameless", true),
        (b"x__Host-lanyard=1", true),
        (b"domain=1", true),
        (b"__Host-lanyard=e; Secure; Path=/", false),
        (b"__Host-lanyard-app=e; Secure; Path=/", false),
        (b"__Host-lanyard-signin=e; Secure; Path=/", false),
        (b"__Host-lanyard-viewer=e", false),
        (b"__Host-lanyard-anything=e", false),
        (b"__HOST-LANYARD=e", false),
        (b"__host-Lanyard-App=e", false),
        (b"  \t__Host-lanyard-app=e", false),
        (b"__Host-lanyard-app =e", false),
        (b"=__Host-lanyard-app=e", false),
        (b" = __Host-lanyard-app=e", false),
        (b"__Host-lanyard", false),
        (b"\"__Host-lanyard-app\"=e", false),
        (b"\xe2\x80\x80__Host-lanyard-app=e", false),
        (b"wide=1; Domain=lanyard.localhost", false),
        (b"wide=1; domain=.lanyard.localhost", false),
        (b"wide=1;DOMAIN = localhost", false),
        (b"wide=1;\tDomain\t=\tlanyard.localhost; Path=/", false),
        (b"wide=1; Path=/; Domain", false),
        (b"wide=1; Domain=", false),
        (b"_%5fHost-lanyard=e; Domain=lanyard.localhost", false),
    ];
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie2: old=1\r\n".to_vec();
    for (nth, (line, _)) in lines.iter().enumerate() {
        let name: &[u8] = [&b"Set-Cookie: "[..], b"set-cookie:", b"SET-COOKIE:\t"][nth % 3];
        answer.extend([name, line, b"\r\n"].concat());
    }
    answer.extend(b"Clear-Site-Data: \"*\"\r\nclear-site-data: \"cookies\", \"storage\"\r\n\r\n");
    scene.stage.recorder("rec").script("/cookies", answer.clone());
    let bytes = scene.comes("GET", "/cookies").await;
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    for (line, settable) in lines {
        let trimmed = line.trim_ascii();
        let there = find(&bytes, &[b": ", trimmed, b"\r\n"].concat()).is_some();
        assert_eq!(there, *settable, "{:?} in\n{head}", String::from_utf8_lossy(line));
    }
    assert_eq!(head.matches("set-cookie: ").count(), lines.iter().filter(|(_, settable)| *settable).count());
    for gone in ["clear-site-data", "set-cookie2", "lanyard-app", "lanyard.localhost\r\n"] {
        assert!(!head.replace(&scene.stage.portal().origin(), "").contains(gone), "{gone} in\n{head}");
    }
    // On a handshake's 101 and on a refused one likewise.
    let switching = String::from_utf8_lossy(&answer).replace(
        "200 OK\r\nContent-Length: 0",
        "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}",
    );
    scene.stage.recorder("rec").script("/switching", switching);
    let request = scene.rec.get("/switching").websocket(&scene.rec.origin()).cookie(&scene.ada);
    let head = request.opened().await.answer.everything().to_ascii_lowercase();
    assert!(
        head.contains("own=1") && !head.contains("__host-lanyard-app") && !head.contains("clear-site"),
        "{head}"
    );
}

#[tokio::test]
async fn no_spelling_of_the_upstreams_own_address_reaches_the_browser() {
    let scene = Scene::prepare().await;
    let recorder = scene.stage.recorder("rec");
    let (port, origin) = (recorder.port().to_string(), scene.rec.origin());
    for there in [
        "http://127.0.0.1:{port}/x",
        "https://127.0.0.1:{port}/x",
        "HTTP://LOCALHOST:{port}/x",
        "hTTps://LocalHost.:{port}/x",
        "//127.0.0.1:{port}/x",
        "http:\\\\127.0.0.1:{port}/x",
        "http:\\\\127.0.0.1:{port}\\x",
        "\\\\127.0.0.1:{port}/x",
        "/\\127.0.0.1:{port}/x",
        "\\/localhost:{port}/x",
        "http:////127.0.0.1:{port}/x",
        "https:127.0.0.1:{port}/x",
        "ht\ttp://127.0.0.1:\t{port}/x",
        "http://user:pass@127.0.0.1:{port}/x",
        "http://127.1:{port}/x",
        "http://2130706433:{port}/x",
        "http://0x7f.0.0.1:{port}/x",
        "http://%6c%6Fcalhost:{port}/x",
        "http://[::1]:{port}/x",
        "http://127.0.0.1:0{port}/x",
        "http://127.0.0.1:{port}/a/../x",
    ] {
        let head = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n";
        recorder.script(
            "/go",
            format!("{head}Location: {there}\r\nLocation: {there}\r\nContent-Location: {there}\r\nRefresh: 3;URL='{there}'\r\n\r\n"),
        );
        let answer = scene.rec.get("/go").frame_document().cookie(&scene.ada).send().await.expect(302);
        assert_eq!(answer.all("location").collect::<Vec<_>>(), [format!("{origin}/x")], "{there:?}");
        assert_eq!(answer.header("content-location"), Some(format!("{origin}/x").as_str()), "{there:?}");
        assert_eq!(answer.header("refresh"), Some(format!("3; url={origin}/x").as_str()), "{there:?}");
        assert!(!answer.everything().contains(&format!(":{port}")), "{there:?}:\n{}", answer.everything());
    }
    for stays in ["/x", "x?y", "https://login.example/", "http://127.0.0.1:1/", "//elsewhere.example/x", ""] {
        recorder
            .script("/go", format!("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {stays}\r\n\r\n"));
        let answer = scene.rec.get("/go").frame_document().cookie(&scene.ada).send().await.expect(302);
        assert_eq!(answer.header("location"), Some(stays));
    }
}
