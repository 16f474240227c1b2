//! Headers by which a caller claims to be somebody, to come from somewhere or to ask for something else, in
//! every method, on handshakes, as trailers and through `Connection`: an app gets exactly what the gateway
//! says, besides ordinary headers. The recorder finds the word "spoofed" wherever it arrives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{
    Person, Request, Stage, StageOptions,
    person::{ADA, ELIF},
    recorder::Seen,
};

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").public_upstream("open").without_apps()
}

/// Everything that a caller could try to pass off as the gateway's word, or another proxy's.
const NAMES: &str = "X-Forwarded-User X-FORWARDED-USER x-forwarded-user X_Forwarded_User X-Forwarded_User \
    X_FORWARDED-USER X-Forwarded-User_ X.Forwarded.User X-Forwarded-Preferred-Username X-Forwarded-Email \
    X-Forwarded-Groups X-Forwarded-Access-Token X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto \
    X-Forwarded-Port X-Forwarded-Server X-Forwarded-Prefix X-Forwarded-Scheme X-Forwarded-Ssl X-Forwarded-By \
    X-Forwarded-Client-Cert X-Forwarded X-Forwarder-For Forwarded Forwarded-For Forwarded-For-IP Forwarded_For \
    X-Lanyard X-Lanyard-Assertion X-LANYARD-ASSERTION X_Lanyard_Assertion X-Lanyard-User X-Lanyard-Request \
    Remote-User REMOTE_USER Remote_User Remote-Groups Remote-Name Remote-Email Remote-Addr X-Remote-User \
    X-Remote-Group X-Remote-Groups X-Remote-Extra-Scopes X-Remote-Addr X-Remote-IP X-Auth X-Auth-User \
    X-Auth-Request-User X-Auth-Request-Email X-Auth-Request-Groups X-Auth-Token X-Authenticated-User \
    X-Authentik-Username X-Authorization Authorization Proxy-Authorization Proxy-Connection Proxy \
    Authentication X-User X-User-Id X-Username X-Email X-Roles X-Groups X-Principal X-Identity X-Rh-Identity \
    User Username Email Groups Role X-Real-IP X_Real_IP X-RealIP-Spoof-IP X-Client-IP Client-IP True-Client-IP \
    X-Cluster-Client-IP X-Originating-IP X-Custom-IP-Authorization Via X-Host X-Backend-Host \
    X-HTTP-Host-Override X-Original-URL X-Original-Host X-Original-Method X-Rewrite-URL X-Override-URL \
    X-HTTP-DestinationURL X-HTTP-Method X-HTTP-Method-Override X-Method-Override X-Scheme X-URL-Scheme X-HTTPS \
    X-Script-Name Script-Name X-Proto_ X-Port X-Server-Name Front-End-Https SSL-Client-Cert SSL-Client-Verify \
    Ssl-Client-S-Dn X-SSL-Client-Cert X-SSL-Client-DN X-SSL-CERT X-Client-Cert X-Client-Verify X-Client-DN \
    X-ARR-ClientCert Client-Cert Client-Cert-Chain X-Amzn-Mtls-Clientcert X-Amzn-Oidc-Data \
    X-Amzn-Oidc-Identity X-Amzn-Oidc-Accesstoken Shiny-Server-Credentials Rstudio-Connect-Credentials \
    Posit-Connect-User-Session-Token Plotly-User-Data X-Streamlit-User Bokeh-Session-Id X-Access-Token \
    X-Id-Token X-JWT-Assertion X-JWT X-Jwt-Payload Cf-Access-Jwt-Assertion Cf-Access-Authenticated-User-Email \
    CF-Connecting-IP CF-Ray X-Goog-IAP-JWT-Assertion X-Goog-Authenticated-User-Email X-Goog-User-Project \
    X-MS-Client-Principal X-MS-CLIENT-PRINCIPAL-NAME X-MS-Client-Principal-Id X-MS-Token-AAD-Id-Token \
    X-Azure-ClientIP X-FD-HealthProbe Fastly-Client-IP Akamai-Origin-Hop X-Sucuri-ClientIP WL-Proxy-Client-IP \
    X-Envoy-Original-Path X-Envoy-External-Address X-Consumer-Username X-Credential-Username X-WEBAUTH-USER \
    X-WebAuth-Groups X-Vouch-User X-Pomerium-Claim-Email X-Teleport-Assertion X-Okta-User Tailscale-User-Login \
    Kubeflow-Userid X-Kubeflow-Userid Impersonate-User Impersonate-Group OIDC-Claim-Sub OIDC_CLAIM_sub \
    Shib-Identity-Provider eppn X-Shib-Upn IV-User IV-Groups SM_USER SM-User SAML-Subject X-Accel-Redirect \
    X-Sendfile-Type X-Token X-Sub Keep-Alive TE Trailer HTTP2-Settings Cookie2_";

/// What an ordinary request of Ada's reaches the app with.
const OURS: [&str; 8] = [
    "host",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-user",
    "x-forwarded-preferred-username",
    "x-forwarded-email",
    "x-lanyard-assertion",
];

const PLAIN: [&str; 6] =
    ["accept", "x-own", "x-csrf-token", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];

/// The names by themselves, in as many requests as it takes, each with an ordinary header or two beside them.
fn batches() -> Vec<Vec<&'static str>> {
    let names: Vec<_> = NAMES.split_whitespace().collect();
    assert!(names.len() > 150, "{} names", names.len());
    names.chunks(60).map(<[_]>::to_vec).collect()
}

fn spoofing(request: Request, names: &[&str], value: &str) -> Request {
    let request = names.iter().fold(request, |request, name| request.header(name, value));
    request.header("Accept", "text/html").header("X-Own", "kept").header("X-CSRF-Token", "2|a")
}

#[track_caller]
fn introduces_ada(stage: &Stage, seen: &Seen, case: &str) {
    let rec = stage.dashboard("rec").host;
    let upstream = format!("localhost:{}", stage.recorder("rec").port());
    for (name, value) in [
        ("x-forwarded-user", "a"),
        ("x-forwarded-preferred-username", "ada"),
        ("x-forwarded-email", "ada@harbour.example"),
        ("x-forwarded-groups", "Manager"),
        ("x-forwarded-host", &rec),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-for", "127.0.0.1"),
        ("host", &upstream),
    ] {
        assert_eq!(seen.header(name), Some(value), "{name} of {case}");
        assert_eq!(seen.count(name), 1, "{name} of {case}");
    }
    assert_eq!(seen.count("x-lanyard-assertion"), 1, "{case}");
    assert!(seen.header("x-lanyard-assertion").is_some_and(|jwt| jwt.split('.').count() == 3), "{case}");
}

/// That nothing arrived but ours, what is ordinary, and these.
#[track_caller]
fn nothing_else(seen: &Seen, more: &[&str], case: &str) {
    for (name, value) in &seen.headers {
        let known = OURS.iter().chain(&PLAIN).chain(more).any(|known| known == name);
        assert!(known || name == "x-forwarded-groups", "'{name}: {value}' arrived with {case}");
    }
    assert_eq!(seen.header("x-own"), Some("kept"), "{case}");
    assert_eq!(seen.header("x-csrf-token"), Some("2|a"), "{case}");
}

#[tokio::test]
async fn in_every_method_an_app_learns_who_is_looking_from_the_gateway_alone() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get", "X-ANY"];
    for (nth, method) in methods.into_iter().enumerate() {
        for (batch, names) in batches().iter().enumerate() {
            for (kind, value) in ["spoofed", "", "spoofed, a b  spoofed"].into_iter().enumerate() {
                // Every value once; the others only where methods differ least.
                if kind > 0 && nth > 2 {
                    continue;
                }
                let case = format!("{method}, batch {batch}, '{value}'");
                let target = format!("/{nth}/{batch}/{kind}");
                let request = rec.request(method, &target).fetch().origin(&rec.origin()).cookie(&cookie);
                let answer = spoofing(request, names, value).send().await;
                assert_eq!(answer.status, 200, "{case}:\n{}", answer.everything());
                let seen = stage.recorder("rec").latest(&target);
                assert_eq!(seen.method, method);
                introduces_ada(&stage, &seen, &case);
                nothing_else(&seen, &["origin", "content-length"], &case);
            }
        }
    }
}

#[tokio::test]
async fn on_a_handshake_too_and_twice_and_around_ours() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let own = ["connection", "upgrade", "origin", "sec-websocket-key", "sec-websocket-version"];
    for (batch, names) in batches().iter().enumerate() {
        let target = format!("/ws?{batch}");
        let request = spoofing(rec.get(&target).websocket(&rec.origin()).cookie(&cookie), names, "spoofed");
        let request = spoofing(request, names, "spoofed again").without("X-Own").without("X-CSRF-Token");
        let request = request.header("X-Own", "kept").header("X-CSRF-Token", "2|a");
        let mut socket = request.opened().await;
        socket.say("hello").await;
        assert_eq!(socket.hear().await, "hello");
        let seen = stage.recorder("rec").latest(&target);
        let case = format!("a handshake, batch {batch}");
        introduces_ada(&stage, &seen, &case);
        nothing_else(&seen, &own, &case);
        assert_eq!(seen.header("connection"), Some("Upgrade"));
        assert_eq!(seen.header("upgrade"), Some("websocket"));
    }
}

#[tokio::test]
async fn connection_cannot_name_away_what_the_gateway_says() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let ours = "X-Forwarded-User, x-forwarded-preferred-username, X-FORWARDED-EMAIL, x-forwarded-groups, \
        x-forwarded-for, x-forwarded-host, x-forwarded-proto, x-lanyard-assertion, host, content-length, \
        transfer-encoding, authorization";
    for (nth, lines) in
        [vec![ours], vec!["keep-alive", ours], vec![ours, ours], vec![ours, "close"]].iter().enumerate()
    {
        let target = format!("/named?{nth}");
        let request = rec.post(&target).fetch().origin(&rec.origin()).cookie(&cookie);
        let request = lines.iter().fold(request, |request, line| request.header("Connection", line));
        request.body("text/plain", "figures").send().await.expect(200);
        let seen = stage.recorder("rec").latest(&target);
        introduces_ada(&stage, &seen, "Connection");
        assert_eq!((seen.count("connection"), &seen.body[..]), (0, &b"figures"[..]), "{seen:?}");
    }
    let request = rec.get("/ws").websocket(&rec.origin()).cookie(&cookie);
    request.replace("Connection", &format!("upgrade, {ours}")).opened().await;
    let seen = stage.recorder("rec").latest("/ws");
    introduces_ada(&stage, &seen, "Connection on a handshake");
    assert_eq!(seen.header("connection"), Some("Upgrade"));
    // Any other header that it names is the connection's own, and ends here.
    let request = rec.get("/hop").fetch().cookie(&cookie).header("Connection", "x-own, cookie, origin");
    request.header("X-Own", "x").send().await.expect(200);
    let seen = stage.recorder("rec").latest("/hop");
    assert_eq!((seen.count("x-own"), seen.count("cookie")), (0, 0));
    introduces_ada(&stage, &seen, "Connection naming others");
}

#[tokio::test]
async fn trailers_end_at_the_gateway() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let cookie = ada.enter(&stage, "rec").await;
    let rec = stage.dashboard("rec");
    let names = "X-Forwarded-User: spoofed\r\nX-Lanyard-Assertion: spoofed\r\nCookie: spoofed=1\r\nHost: spoofed\r\n\
        Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
    for te in ["", "trailers"] {
        let request = rec.post("/trailed").fetch().origin(&rec.origin()).cookie(&cookie);
        let request = request.header("Transfer-Encoding", "chunked").header("Trailer", "X-Forwarded-User");
        let request = if te.is_empty() { request } else { request.header("TE", te) };
        request.body("text/plain", format!("7\r\nfigures\r\n0\r\n{names}\r\n")).send().await.expect(200);
        let seen = stage.recorder("rec").latest("/trailed");
        introduces_ada(&stage, &seen, "trailers");
        assert_eq!(seen.body, b"7\r\nfigures\r\n0\r\n\r\n");
        assert_eq!((seen.count("te"), seen.count("trailer")), (0, 0));
    }
}

#[tokio::test]
async fn our_cookies_stay_with_the_gateway_and_others_pass_byte_for_byte() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let app = ada.enter(&stage, "rec").await;
    let value = app.split_once('=').expect("a cookie").1;
    let theirs: [&[u8]; 9] = [
        b"own=1",
        b"a = b",
        b"_xsrf=2|7e|\"q\"|=",
        b"name-less",
        b"=x",
        b"\xfcml=\xe4\xff",
        b"%5f=%20",
        b"$Version=1",
        b"__Host-other=kept",
    ];
    let ours: Vec<Vec<u8>> = [
        app.clone(),
        ada.cookies(),
        ada.flow.cookies(),
        format!("__Host-lanyard-viewer={value}"),
        format!("__host-LANYARD-App={value}"),
        format!("__Host-lanyard-anything={value}"),
        format!("\t__Host-lanyard-app2={value}\t"),
        "__Host-lanyard".into(),
        "=__Host-lanyard-x=1".into(),
    ]
    .map(String::into_bytes)
    .to_vec();
    let mut mixed: Vec<&[u8]> = Vec::new();
    for (nth, their) in theirs.iter().enumerate() {
        mixed.extend([&ours[nth][..], their]);
    }
    let (one, two) = mixed.split_at(7);
    for id in ["rec", "open"] {
        let at = stage.dashboard(id);
        let dressed = |request: Request| {
            request.header("Cookie", one.join(&b"; "[..])).header("Cookie", two.join(&b";"[..]))
        };
        dressed(at.get("/cookies").fetch()).send().await.expect(200);
        dressed(at.get("/ws").websocket(&at.origin())).opened().await;
        for target in ["/cookies", "/ws"] {
            let seen = stage.recorder(id).latest(target);
            let wanted = [b"cookie: ", &theirs.join(&b"; "[..])[..], b"\r\n"].concat();
            assert!(seen.head.windows(wanted.len()).any(|part| part == wanted), "{id}{target}: {seen:?}");
            assert_eq!(seen.count("cookie"), 1);
        }
        at.get("/only-ours").fetch().cookie(&app).send().await.expect(200);
        assert_eq!(stage.recorder(id).latest("/only-ours").count("cookie"), 0);
    }
}

#[tokio::test]
async fn an_app_is_told_only_the_groups_that_its_rule_names() {
    let stage = Stage::start(options()).await;
    let elif = Person::sign_in(&stage, ELIF).await;
    let cookie = elif.enter(&stage, "rec").await;
    stage.dashboard("rec").get("/who").fetch().cookie(&cookie).send().await.expect(200);
    assert_eq!(stage.recorder("rec").latest("/who").header("x-forwarded-groups"), Some("Finance Team"));
}

#[tokio::test]
async fn a_public_dashboard_learns_nothing_even_of_somebody_signed_in() {
    let stage = Stage::start(options()).await;
    let ada = Person::sign_in(&stage, ADA).await;
    let app = ada.enter(&stage, "rec").await;
    let open = stage.dashboard("open");
    let cookies = format!("{app}; {}; own=1", ada.cookies());
    for (batch, names) in batches().iter().enumerate() {
        let (page, socket) = (format!("/page?{batch}"), format!("/ws?{batch}"));
        spoofing(open.get(&page).fetch(), names, "spoofed").cookie(&cookies).send().await.expect(200);
        spoofing(open.get(&socket).websocket(&open.origin()), names, "spoofed")
            .cookie(&cookies)
            .opened()
            .await;
        for target in [&page, &socket] {
            let seen = stage.recorder("open").latest(target);
            assert_eq!(seen.header("cookie"), Some("own=1"));
            for name in ["x-forwarded-user", "x-forwarded-groups", "x-lanyard-assertion", "authorization"] {
                assert_eq!(seen.header(name), None, "{name} at {target}");
            }
            assert_eq!(seen.header("x-forwarded-host"), Some(open.host.as_str()));
        }
    }
    let ticket = ada.ticket(&stage, "open").await;
    assert_eq!(ticket.status, 404, "and there is no ticket for it:\n{}", ticket.everything());
}
