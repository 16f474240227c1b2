//! The headers that the portal's answers carry, as whole sets: page, hashed files, API, refusals; and what is
//! different when people reach it by https, with its dashboards at another site.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{
    Answer, Person, Stage, StageOptions,
    flow::{APP_COOKIE, Flow, PORTAL_COOKIE, SIGN_IN_COOKIE, VIEWER_COOKIE},
    person::{CARLA, enter},
};

/// Of the script that stands in the test's own shell.
const SCRIPT: &str = "'sha256-a1taX2+cEtjh5/XItLMmzcBbdlcq4MVxMC+V2WxfTbM='";

/// What the page carries besides its content policy.
const DRESS: [(&str, &str); 6] = [
    ("referrer-policy", "strict-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("x-content-type-options", "nosniff"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// What the shell's files carry, and refusals: they are no page, and paid for a dozen times in a visit.
const FILE: [(&str, &str); 3] = [
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
];

fn options() -> StageOptions {
    StageOptions::default().upstream("rec").without_apps()
}

#[track_caller]
fn carries(answer: &Answer, wanted: &[(&str, &str)]) {
    for (name, value) in wanted {
        let found: Vec<_> = answer.all(name).collect();
        assert_eq!(found, [*value], "{name} in:\n{}", answer.everything());
    }
}

/// Names of headers, each once, in the order of the alphabet. `x-request-id` is on every answer.
fn names(answer: &Answer) -> Vec<&str> {
    let mut names: Vec<_> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_page_carries_exactly_these_headers_at_every_address_of_its_router() {
    let stage = Stage::start(options()).await;
    let portal = stage.portal();
    let host = &portal.host;
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {SCRIPT}; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src http://*.{host}; \
         form-action 'self' http://*.{host}; base-uri 'none'; frame-ancestors 'none'"
    );
    for path in ["/", "/d/finance", "/d/finance/report.csv", "/callback?code=x&state=y", "/signed-out"] {
        let answer = portal.get(path).top_document().send().await.expect(200);
        carries(&answer, &DRESS);
        carries(
            &answer,
            &[
                ("content-security-policy", policy.as_str()),
                ("cache-control", "no-store"),
                ("content-type", "text/html; charset=utf-8"),
                ("vary", "accept-encoding"),
            ],
        );
        assert_eq!(
            names(&answer),
            [
                "cache-control",
                "content-length",
                "content-security-policy",
                "content-type",
                "cross-origin-opener-policy",
                "cross-origin-resource-policy",
                "date",
                "origin-agent-cluster",
                "permissions-policy",
                "referrer-policy",
                "vary",
                "x-content-type-options",
                "x-request-id",
            ],
            "{path}"
        );
    }
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_nothing_else_is() {
    let stage = Stage::start(options()).await;
    let portal = stage.portal();
    let file = portal.get("/app-0123456789abcdef.js").fetch().send().await.expect(200);
    carries(&file, &FILE);
    carries(&file, &[("cache-control", "public, max-age=31536000, immutable")]);
    assert!(file.header("content-type").is_some_and(|kind| kind.starts_with("text/javascript")), "{file:?}");
    assert_eq!(
        names(&file),
        [
            "accept-ranges",
            "cache-control",
            "content-length",
            "content-security-policy",
            "content-type",
            "cross-origin-resource-policy",
            "date",
            "etag",
            "last-modified",
            "vary",
            "x-content-type-options",
            "x-request-id",
        ]
    );
    let absent = portal.get("/app-fedcba9876543210.js").fetch().send().await.expect(404);
    carries(&absent, &FILE);
    carries(&absent, &[("cache-control", "no-cache")]);
    let posted = portal.post("/").fetch().origin(&portal.origin()).send().await.expect(405);
    carries(&posted, &FILE);
    assert!(absent.text().contains("no such file") && posted.text().contains("only read"), "in a sentence");
    assert_eq!(stage.admin().refusals("no-such-file").await, 2);
}

#[tokio::test]
async fn answers_of_the_api_are_nobody_elses_to_keep_or_to_read() {
    let stage = Stage::start(options()).await;
    let portal = stage.portal();
    let carla = Person::sign_in(&stage, CARLA).await;
    let answers = [
        portal.get("/api/config").fetch().send().await.expect(200),
        portal.get("/api/session").fetch().send().await.expect(200),
        carla.api(&stage, "GET", "/api/session").send().await.expect(200),
        carla.ticket(&stage, "rec").await.expect(200),
        carla.ticket(&stage, "nothing-like-this").await.expect(404),
        portal.api("POST", "/api/dashboards/rec/ticket").send().await.expect(401),
        portal.api("POST", "/api/sign-in").origin("http://evil.example").send().await.expect(403),
        portal.get("/api/nothing-like-this").fetch().send().await.expect(404),
        carla.sign_out(&stage).await.expect(200),
    ];
    assert_eq!(stage.admin().refusals("not-found").await, 1);
    assert_eq!(stage.admin().refusals("no-such-endpoint").await, 1);
    for answer in &answers {
        carries(
            answer,
            &[
                ("cache-control", "no-store"),
                ("cross-origin-resource-policy", "same-origin"),
                ("vary", "cookie"),
            ],
        );
        assert_eq!(answer.header("strict-transport-security"), None, "this portal is http");
        assert_eq!(answer.all("access-control-allow-origin").count(), 0);
    }
}

/// By https behind a terminator, with an app host of its own and an external dashboard.
#[tokio::test]
async fn under_https_the_page_asks_for_https_ever_after_and_frames_https_alone() {
    let options = options()
        .https()
        .upstream_with("figures", "host = \"figures.localhost\"")
        .toml("[dashboards.wiki]\ntitle = \"Wiki\"\nexternal = \"https://wiki.example/start\"\nroles = [\"manager\"]");
    let stage = Stage::start(options).await;
    let portal = stage.portal();
    let (host, port) = (&portal.host, portal.port);
    assert!(portal.origin().starts_with("https://"));
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {SCRIPT}; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         frame-src https://*.{host} https://figures.localhost:{port} https://wiki.example; \
         form-action 'self' https://*.{host} https://figures.localhost:{port}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let page = portal.get("/").top_document().send().await.expect(200);
    carries(&page, &DRESS);
    carries(
        &page,
        &[("content-security-policy", policy.as_str()), ("strict-transport-security", "max-age=31536000")],
    );
    let file = portal.get("/app-0123456789abcdef.js").fetch().send().await.expect(200);
    carries(&file, &[("strict-transport-security", "max-age=31536000")]);
}

#[tokio::test]
async fn under_https_the_whole_story_goes_on_and_cookies_stay_within_the_site() {
    let stage = Stage::start(options().https()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let ticket = carla.ticket(&stage, "rec").await.expect(200).json();
    assert_eq!(ticket["action"], format!("{}/_lanyard/enter", stage.dashboard("rec").origin()));
    let entered = carla.knock(&stage, "rec", "/").await.expect(303);
    for line in entered.all("set-cookie") {
        assert!(line.contains("; Secure") && line.contains("; SameSite=Strict"), "{line}");
        assert!(!line.contains("Partitioned"), "{line}");
    }
    let cookie = format!("{APP_COOKIE}={}", entered.cookie(APP_COOKIE).expect("the app cookie"));
    stage.dashboard("rec").get("/page").fetch().cookie(&cookie).send().await.expect(200);
    let seen = stage.recorder("rec").latest("/page");
    assert_eq!(seen.header("x-forwarded-proto"), Some("https"));
    // A page that was loaded without TLS is another origin.
    let plain = format!("http://{}", stage.portal().host);
    carla.api(&stage, "DELETE", "/api/session").origin(&plain).send().await.expect(403);
    assert_eq!(carla.sees(&stage).await, ["finance", "status", "rec"]);
}

#[tokio::test]
async fn at_another_site_the_dashboards_cookies_are_partitioned_and_the_portals_stay_strict() {
    let stage = Stage::start(options().https().apps("harbour-apps.localhost")).await;
    let (portal, rec) = (stage.portal(), stage.dashboard("rec"));
    let page = portal.get("/").top_document().send().await.expect(200);
    let policy = page.header("content-security-policy").expect("a policy");
    let apps = format!("https://*.harbour-apps.localhost:{}", portal.port);
    assert!(policy.contains(&format!("frame-src {apps};")), "{policy}");
    assert!(policy.contains(&format!("form-action 'self' {apps};")), "{policy}");

    let flow = Flow::begin(&stage).await;
    let callback = flow.at_provider(&stage, CARLA).await;
    let signed_in = flow.redeem(&stage, &callback, &flow.cookies()).await.expect(200);
    let line = signed_in.all("set-cookie").find(|line| line.starts_with(PORTAL_COOKIE)).expect("a session");
    assert!(line.contains("; SameSite=Strict") && !line.contains("Partitioned"), "{line}");
    let again = portal.api("POST", "/api/sign-in").json(&serde_json::json!({ "state": flow.state }));
    let line = again.send().await.expect(200).header("set-cookie").expect("a cookie").to_owned();
    assert!(line.starts_with(SIGN_IN_COOKIE) && line.contains("; SameSite=Strict"), "{line}");

    let carla = Person::sign_in(&stage, CARLA).await;
    let ticket = carla.ticket_value(&stage, "rec").await;
    let request = enter(&rec, &stage, &ticket, "/").site("cross-site", "navigate", "iframe");
    let entered = request.send().await.expect(303);
    for name in [APP_COOKIE, VIEWER_COOKIE] {
        let line = entered.all("set-cookie").find(|line| line.starts_with(&format!("{name}=")));
        let line = line.unwrap_or_else(|| panic!("no {name}:\n{}", entered.everything()));
        for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=None; Partitioned"] {
            assert!(line.contains(attribute), "{attribute} is missing: {line}");
        }
        assert!(!line.contains("Strict"), "{line}");
    }
}
