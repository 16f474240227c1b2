//! nginx in front of the gateway, as docs/identity/trusted-headers.md sets it up: it signs people in, and says who they
//! are in headers. A membership counts with the next request, and nobody comes past it.

use lanyard_testbed::{
    Ports, Request, Stage, StageOptions,
    browser::{Browser, Page},
    provider::Nginx,
};
use serde_json::json;

use crate::visitor::{links, needs_the_shell};

struct Scene {
    nginx: Nginx,
    stage: Stage,
}

impl Scene {
    async fn start() -> Self {
        let ports = Ports::reserve();
        let logout = "sign_out = \"http://sign-in.lanyard.localhost:";
        let front = format!("cookies = [\"harbour\"]\n{logout}{}/logout\"", ports.portal);
        let options =
            StageOptions::default().behind().front(front).server("trusted_proxies = [\"127.0.0.1\"]");
        let stage = Stage::start_on(ports, options.upstream("rec")).await;
        let people = [("ada", "Manager,Data Science Team"), ("ben", "Data Science Team"), ("dov", "")];
        let nginx = Nginx::start(ports, stage.client_secret(), &people).await;
        for name in ["ada", "ben", "dov"] {
            stage.secrets().note("cookie of the sign-in", &nginx.cookie(name)["harbour=".len()..]);
        }
        Self { nginx, stage }
    }

    /// At the sign-in's own page, where this person says who they are and is sent to the portal.
    async fn signs_in(&self, page: &Page, name: &str) {
        page.open(&self.nginx.way_in(name)).await;
        page.at(&self.stage.portal().origin()).await;
        page.shows(&format!("The person {name}")).await;
        page.find("button", "Sign out").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_at_the_proxy_is_signed_in_here_for_as_long_as_it_says_the_same() {
    needs_the_shell();
    let (mut scene, browser) = tokio::join!(Scene::start(), Browser::start("trusted-headers"));
    let portal = scene.stage.portal().origin();
    let page = browser.page().await;
    page.open(&format!("{portal}/d/finance")).await;
    page.shows("Sign in at Harbour").await;

    // No click: the proxy has said who it is.
    scene.signs_in(&page, "ben").await;
    let mut seen = links(&page).await;
    seen.sort();
    assert_eq!(seen, ["Data Science Team KPI", "Service status"]);
    page.find("link", "Data Science Team KPI").await.click().await;
    let frame = page.frame("Data Science Team KPI").await;
    frame.shows("Viewing as The person ben").await;
    frame.holds("a live WebSocket", "document.getElementById('state').dataset.state === 'live'").await;

    // While the dashboard is open. The next thing that the page asks for says so.
    scene.nginx.regroup("ben", "Data Science Team,Finance Team");
    page.until("the new dashboard", async || {
        links(&page).await.contains(&"Finance Team KPI".to_owned()).then_some(())
    })
    .await;
    page.find("link", "Finance Team KPI").await.click().await;
    let frame = page.frame("Finance Team KPI").await;
    frame.shows("Viewing as The person ben").await;
    scene.nginx.regroup("ben", "Data Science Team");
    page.gone("link", "Finance Team KPI").await;
    page.shows("You don't have permission to view this dashboard").await;

    page.find("button", "Sign out").await.click().await;
    page.shows("Signed out of Harbour").await;
    page.open(&portal).await;
    page.shows("Sign in at Harbour").await;

    // The next person in the same browser finds their own dashboards, and nothing of the one before.
    scene.signs_in(&page, "ada").await;
    page.open(&format!("{portal}/d/data-science")).await;
    let frame = page.frame("Data Science Team KPI").await;
    frame.shows("Viewing as The person ada").await;
    frame.holds("nothing is left", "document.getElementById('last-viewer').textContent === 'nobody'").await;
    // Another one signs in at the proxy alone: nobody told the portal, and yet it is his.
    page.open(&scene.nginx.way_in("dov")).await;
    page.shows("No dashboard is open to you yet").await;
    assert!(!page.text().await.contains("The person ada"));
    page.until("three sessions that the proxy ended", async || {
        let ended = scene.stage.audit();
        let ended = ended.iter().filter(|event| event["by"] == "the proxy in front says something else");
        (ended.count() >= 3).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_lasts_although_the_proxy_still_knows_the_person() {
    needs_the_shell();
    let (scene, browser) = tokio::join!(Scene::start(), Browser::start("trusted-headers-left"));
    let page = browser.page().await;
    scene.signs_in(&page, "ada").await;
    let portal = scene.stage.portal();
    // What "Sign out" does, without the way to the proxy.
    let leave = "fetch('/api/session', { method: 'DELETE', headers: { 'x-lanyard-request': '1' } }).then(it => it.status)";
    assert_eq!(page.eval(leave).await, 200);
    for (path, text) in [("/signed-out", "You are signed out"), ("/", "Service status")] {
        page.open(&format!("{}{path}", portal.origin())).await;
        page.shows(text).await;
        page.find("button", "Sign in").await;
        assert!(page.query(None, "button", Some("Sign out")).await.is_empty(), "{path}");
    }
    page.find("button", "Sign in").await.click().await;
    page.shows("The person ada").await;
    page.find("button", "Sign out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_headers_are_nothing_through_the_proxy_and_refused_around_it() {
    let scene = Scene::start().await;
    let Scene { nginx, stage } = &scene;
    let (portal, secret) = (stage.portal(), stage.client_secret());
    let forged = |request: Request| {
        ["Remote-User", "Remote_User", "X-Forwarded-User"]
            .iter()
            .fold(request, |request, name| request.header(name, "ada"))
            .header("Remote-Groups", "Manager")
    };
    let begin = || portal.api("POST", "/api/sign-in").json(&json!({ "state": "" }));
    // Through the proxy: as nobody, and as somebody else.
    let answer = forged(begin()).header("X-Lanyard-Proxy", "mine").send().await.expect(403);
    assert_eq!(answer.problem(), "sign-in-refused", "{}", answer.everything());
    let answer = forged(begin()).cookie(&nginx.cookie("ben")).send().await.expect(200);
    let session = answer.cookie("__Host-lanyard").expect("a session");
    stage.secrets().note("session cookie", &session);
    let cookies = format!("{}; __Host-lanyard={session}", nginx.cookie("ben"));
    let seen = forged(portal.get("/api/session").fetch()).cookie(&cookies).send().await.expect(200).json();
    assert_eq!(seen["identity"]["name"], "The person ben");
    assert_eq!(seen["identity"]["groups"], json!(["Data Science Team"]));
    // Around it, with everything but the one thing that is missing.
    let gateway = stage.gateway();
    let around = || forged(gateway.get("/api/session").fetch());
    let refused = around().send().await.expect(403);
    assert!(refused.text().contains("only through the proxy"), "{}", refused.text());
    let answer = around().header("X-Lanyard-Proxy", secret).send_from("127.0.0.2").await;
    assert_eq!(answer.status, 403);
    let socket = gateway.get("/live").replace("Host", &stage.dashboard("rec").host);
    let refused = socket.websocket(&stage.dashboard("rec").origin()).open().await;
    assert_eq!(refused.err().map(|answer| answer.status), Some(403));
    assert!(stage.recorder("rec").seen().is_empty());
}
