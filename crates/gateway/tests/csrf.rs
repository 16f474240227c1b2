//! Forged requests over TCP: everything that changes state, asked for with the victim's own cookies from every
//! place that a browser could name. Only the rightful page gets through; what is refused changes nothing,
//! reaches no app, spends no ticket, and is counted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{
    Person, Request, Stage, StageOptions,
    counters::Counters,
    flow::{APP_COOKIE, Flow, PORTAL_COOKIE, SIGN_IN_COOKIE},
    person::{ADA, CARLA, ELIF, enter},
};
use serde_json::{Value, json};

const SITES: [&str; 5] = ["", "same-origin", "same-site", "cross-site", "none"];

/// A header, or its absence.
fn with(request: Request, name: &str, value: &str) -> Request {
    if value.is_empty() { request.without(name) } else { request.replace(name, value) }
}

/// What a caller may say of an origin, besides the right one.
fn wrong_origins(stage: &Stage) -> Vec<String> {
    let portal = stage.portal();
    let mut all = vec![
        String::new(),
        "null".into(),
        stage.dashboard("finance").origin(),
        "http://evil.localhost:8080".into(),
        portal.origin().replace("http:", "https:"),
        format!("{}.evil.example", portal.origin()),
        format!("{}/", portal.origin()),
        portal.origin().to_uppercase(),
        format!("http://lanyard.localhost:{}", portal.port + 1),
        format!("{0} {0}", portal.origin()),
    ];
    all.dedup();
    all
}

fn changes() -> [(&'static str, &'static str, Value); 4] {
    let sign_in = json!({ "state": "0123456789abcdef0123" });
    let redeem = json!({ "code": "c", "verifier": "v", "state": "0123456789abcdef0123", "iss": null });
    [
        ("POST", "/api/sign-in", sign_in),
        ("POST", "/api/session", redeem),
        ("POST", "/api/dashboards/finance/ticket", json!({})),
        ("DELETE", "/api/session", json!({})),
    ]
}

#[tokio::test]
async fn the_api_takes_changes_from_the_portals_own_page_alone() {
    let stage = Stage::start(StageOptions::default().without_apps()).await;
    let (carla, elif) = (Person::sign_in(&stage, CARLA).await, Person::sign_in(&stage, ELIF).await);
    let (portal, before) = (stage.portal().origin(), Counters::read(&stage).await);
    let mut origins = wrong_origins(&stage);
    origins.push(portal.clone());
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (method, path, body) in changes() {
        for site in SITES {
            for origin in &origins {
                for header in ["", "1"] {
                    let rightful =
                        matches!(site, "" | "same-origin") && *origin == portal && !header.is_empty();
                    if rightful {
                        continue;
                    }
                    let request = carla.api(&stage, method, path).json(&body);
                    let request = with(request, "Sec-Fetch-Site", site);
                    let request = with(with(request, "Origin", origin), "x-lanyard-request", header);
                    let answer = request.send().await;
                    refused += 1;
                    if (answer.status, answer.problem().as_str()) != (403, "forbidden")
                        || answer.all("set-cookie").next().is_some()
                        || !answer.text().contains("did not come from the portal's own page")
                    {
                        wrong.push(format!(
                            "{method} {path} from '{origin}', '{site}', header '{header}': {}",
                            answer.status
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} got through:\n{}", wrong.len(), wrong.join("\n"));
    let after = Counters::read(&stage).await;
    assert_eq!(after.refused_since(&before, "not-from-the-portal"), refused, "each is counted");
    for person in [&carla, &elif] {
        assert!(!person.sees(&stage).await.is_empty(), "{} is still signed in", person.name);
    }
    assert!(stage.audit().iter().all(|event| event["kind"] != "ticket"), "no ticket was made");

    // The same requests from the rightful page, with and without Fetch Metadata.
    for site in ["", "same-origin"] {
        let elif = Person::sign_in(&stage, ELIF).await;
        for (method, path, body) in changes() {
            let request = with(elif.api(&stage, method, path).json(&body), "Sec-Fetch-Site", site);
            let answer = request.send().await;
            let expected = match path {
                // Understood, and refused for the code that it is: there is no sign-in cookie.
                "/api/session" if method == "POST" => (400, "sign-in-expired"),
                _ => (200, ""),
            };
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                expected,
                "{method} {path}:\n{}",
                answer.everything()
            );
        }
        let over = elif.api(&stage, "GET", "/api/session").send().await.expect(200).json();
        assert!(over["identity"].is_null(), "DELETE from the portal ends the session");
    }
}

#[tokio::test]
async fn headers_given_twice_methods_in_disguise_and_simple_bodies_change_nothing() {
    let stage = Stage::start(StageOptions::default().without_apps()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let (portal, evil) = (stage.portal().origin(), stage.dashboard("finance").origin());
    let delete = carla.api(&stage, "DELETE", "/api/session");
    let read = carla.api(&stage, "GET", "/api/session").without("Origin").without("x-lanyard-request");
    let post = carla.api(&stage, "POST", "/api/dashboards/finance/ticket");
    let sign_in = carla.api(&stage, "POST", "/api/sign-in");
    for (name, request, status) in [
        ("two origins, ours first", delete.clone().header("Origin", &evil), 403),
        (
            "two origins, ours last",
            delete.clone().without("Origin").header("Origin", &evil).header("Origin", &portal),
            403,
        ),
        ("our origin twice", delete.clone().header("Origin", &portal), 403),
        ("two sites", delete.clone().header("Sec-Fetch-Site", "cross-site"), 403),
        ("an empty site", delete.clone().replace("Sec-Fetch-Site", ""), 403),
        ("a site in capitals", delete.clone().replace("Sec-Fetch-Site", "Same-Origin"), 403),
        ("the origin as referrer only", delete.clone().without("Origin").header("Referer", &portal), 403),
        ("a method in a header", read.clone().header("X-HTTP-Method-Override", "DELETE"), 200),
        ("a read from a sibling", read.clone().origin(&evil).replace("Sec-Fetch-Site", "same-site"), 403),
        ("a read without a label from a sibling", read.clone().without("Sec-Fetch-Site").origin(&evil), 403),
        ("a navigation", read.clone().site("cross-site", "navigate", "document"), 403),
        ("a ticket by GET", carla.api(&stage, "GET", "/api/dashboards/finance/ticket"), 404),
        ("a ticket by PUT", carla.api(&stage, "PUT", "/api/dashboards/finance/ticket"), 404),
        ("a form", sign_in.clone().form(&[("state", "0123456789abcdef0123")]), 400),
        (
            "JSON that calls itself text",
            sign_in.clone().body("text/plain", r#"{"state":"0123456789abcdef0123"}"#),
            400,
        ),
        ("our header from a sibling", post.clone().replace("Sec-Fetch-Site", "same-site").origin(&evil), 403),
    ] {
        let answer = request.send().await;
        assert_eq!(answer.status, status, "{name}:\n{}", answer.everything());
        assert!(answer.header("access-control-allow-origin").is_none(), "{name}: nobody else may read");
        assert_eq!(answer.cookie(PORTAL_COOKIE), None, "{name}");
        assert_eq!(answer.cookie(SIGN_IN_COOKIE), None, "{name}");
    }
    let preflight = stage.portal().request("OPTIONS", "/api/session").origin(&evil);
    let preflight = preflight.site("same-site", "cors", "empty");
    let answer = preflight.header("Access-Control-Request-Method", "DELETE").send().await;
    assert_eq!(answer.status, 403, "{}", answer.everything());
    assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control-")));
    assert!(!carla.sees(&stage).await.is_empty(), "the session lives through all that");
    delete.send().await.expect(200);
}

/// Login CSRF at a dashboard: Mallory's good ticket, in the victim's browser, which has a key already.
#[tokio::test]
async fn a_ticket_that_another_page_posts_signs_nobody_in_and_is_not_spent() {
    let stage = Stage::start(StageOptions::default().upstream("rec").without_apps()).await;
    let (mallory, victim) = (Person::sign_in(&stage, ADA).await, Person::sign_in(&stage, CARLA).await);
    let (hers, rec) = (victim.enter(&stage, "rec").await, stage.dashboard("rec"));
    let (portal, sibling) = (stage.portal().origin(), stage.dashboard("finance").origin());
    let ticket = mallory.ticket_value(&stage, "rec").await;
    let before = Counters::read(&stage).await;
    let mut refused = 0;
    for origin in ["", "null", &sibling, &rec.origin(), "http://evil.localhost:8080", &portal] {
        for site in SITES {
            for (mode, destination) in
                [("navigate", "iframe"), ("navigate", "document"), ("navigate", "object"), ("cors", "empty")]
            {
                let navigates = matches!(destination, "iframe" | "document");
                if origin == portal && (site.is_empty() || (site.ends_with("-site") && navigates)) {
                    continue;
                }
                let request = enter(&rec, &stage, &ticket, "/").cookie(&hers);
                let request = with(with(request, "Origin", origin), "Sec-Fetch-Site", site);
                let request = with(request, "Sec-Fetch-Mode", mode);
                let request = with(request, "Sec-Fetch-Dest", destination);
                let answer = request.send().await;
                let name = format!("from '{origin}', '{site}', {mode}, {destination}");
                assert_eq!(answer.status, 403, "{name}:\n{}", answer.everything());
                assert_eq!(answer.cookie(APP_COOKIE), None, "{name}");
                assert!(answer.text().contains("not posted by the portal"), "{name}: {}", answer.text());
                refused += 1;
            }
        }
    }
    assert_eq!(Counters::read(&stage).await.refused_since(&before, "entry"), refused, "each is counted");
    let scripted = rec.post("/_lanyard/enter").fetch().origin(&rec.origin()).cookie(&hers);
    assert_eq!(scripted.form(&[("ticket", &ticket)]).send().await.status, 403, "not even its own page");
    rec.get("/mine").fetch().cookie(&hers).send().await.expect(200);
    assert_eq!(stage.recorder("rec").latest("/mine").header("x-forwarded-preferred-username"), Some("carla"));
    let posted = enter(&rec, &stage, &ticket, "/").send().await.expect(303);
    assert!(posted.cookie(APP_COOKIE).is_some(), "it was good all the time, posted by the portal");
}

/// Login CSRF at the portal: Mallory's code in the victim's browser, which is signed in or on its way.
#[tokio::test]
async fn a_code_of_another_browser_signs_nobody_in_and_ends_no_session() {
    let stage = Stage::start(StageOptions::default().without_apps()).await;
    let victim = Person::sign_in(&stage, CARLA).await;
    let before = Counters::read(&stage).await;
    let mallory = Flow::begin(&stage).await;
    let begun = Flow::begin_again(&stage, Some(&victim.flow.sign_in)).await;
    for (name, cookies, problem) in [
        ("signed in", victim.cookies(), "sign-in-expired"),
        ("on the way", format!("{}; {}", begun.cookies(), victim.cookies()), "sign-in-refused"),
    ] {
        let callback = mallory.at_provider(&stage, ADA).await;
        let answer = mallory.redeem(&stage, &callback, &cookies).await;
        assert_eq!(answer.problem(), problem, "{name}:\n{}", answer.everything());
        assert_eq!(answer.all("set-cookie").count(), 0, "{name}:\n{}", answer.everything());
    }
    let after = Counters::read(&stage).await;
    assert_eq!(after.signed_in_since(&before, "sign-in-expired"), 1);
    assert_eq!(after.signed_in_since(&before, "sign-in-refused"), 1);
    let session = victim.api(&stage, "GET", "/api/session").send().await.expect(200).json();
    assert_eq!(session["identity"]["name"], CARLA, "she is who she was");
    let callback = mallory.at_provider(&stage, ADA).await;
    mallory.redeem(&stage, &callback, &mallory.cookies()).await.expect(200);
}

#[tokio::test]
async fn an_apps_own_changes_come_from_its_own_pages_alone() {
    let stage = Stage::start(StageOptions::default().upstream("rec").without_apps()).await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let (cookie, rec) = (carla.enter(&stage, "rec").await, stage.dashboard("rec"));
    let own = rec.origin();
    let mut origins = wrong_origins(&stage);
    origins.extend([stage.portal().origin(), own.clone()]);
    let before = Counters::read(&stage).await;
    let (mut refused, mut right) = (0, Vec::new());
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for site in SITES {
            for (nth, origin) in origins.iter().enumerate() {
                for (mode, destination) in [("cors", "empty"), ("navigate", "iframe")] {
                    let rightful = match site {
                        // Without a label the Origin must be there, and be its own.
                        "" => *origin == own,
                        "same-origin" => *origin == own || matches!(origin.as_str(), "" | "null"),
                        _ => false,
                    };
                    let path = format!("/{method}/{site}/{nth}/{mode}");
                    let request = rec.request(method, &path).cookie(&cookie).body("text/plain", "amount=1");
                    let request = with(with(request, "Origin", origin), "Sec-Fetch-Site", site);
                    let request = with(request, "Sec-Fetch-Mode", mode);
                    let answer = with(request, "Sec-Fetch-Dest", destination).send().await;
                    if rightful {
                        right.push(path);
                        assert_eq!(answer.status, 200, "{method} '{site}' '{origin}' {mode}");
                    } else {
                        refused += 1;
                        let name = format!("{method} '{site}' '{origin}' {mode}");
                        assert_eq!(answer.status, 403, "{name}:\n{}", answer.everything());
                    }
                }
            }
        }
    }
    let seen: Vec<_> = stage.recorder("rec").seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(seen, right, "exactly the rightful ones arrived");
    let after = Counters::read(&stage).await;
    let counted = after.refused_since(&before, "cross-origin") + after.refused_since(&before, "origin");
    assert_eq!(counted, refused, "each is counted");
}
