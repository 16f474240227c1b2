//! Entering a dashboard's host: the ticket, who may post it, whose session it leads to, and what the answer sets
//! and clears.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{
    Person, Stage, StageOptions,
    flow::{APP_COOKIE, Flow, PORTAL_COOKIE, VIEWER_COOKIE},
    person::{CARLA, ELIF, enter},
};

#[tokio::test]
async fn a_ticket_lets_in_once_and_sets_a_cookie_with_every_attribute() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let answer = carla.ticket(&stage, "finance").await.expect(200).json();
    let finance = stage.dashboard("finance");
    assert_eq!(answer["action"], format!("{}/_lanyard/enter", finance.origin()));
    let ticket = answer["ticket"].as_str().expect("a ticket");
    assert!(ticket.len() >= 43, "256 bits");
    let entered = enter(&finance, &stage, ticket, "/reports/q3?a=1").send().await.expect(303);
    assert_eq!(entered.header("location"), Some("/reports/q3?a=1"));
    let line = entered.all("set-cookie").find(|line| line.starts_with(APP_COOKIE)).expect("the app cookie");
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(line.contains(attribute), "{attribute} is missing: {line}");
    }
    let again = enter(&finance, &stage, ticket, "/").send().await;
    assert_eq!(again.status, 401, "used twice:\n{}", again.everything());
    assert_eq!(stage.admin().refusals("no-ticket").await, 1);
    assert_eq!(again.cookie(APP_COOKIE), None);
}

#[tokio::test]
async fn of_a_hundred_who_post_one_ticket_at_once_exactly_one_gets_in() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let ticket = carla.ticket_value(&stage, "finance").await;
    let finance = stage.dashboard("finance");
    let all: Vec<_> = (0..100).map(|_| tokio::spawn(enter(&finance, &stage, &ticket, "/").send())).collect();
    let mut inside = 0;
    for one in all {
        let answer = one.await.expect("an answer");
        inside += usize::from(answer.cookie(APP_COOKIE).is_some());
        assert!(matches!(answer.status, 303 | 401), "{}", answer.everything());
    }
    assert_eq!((inside, stage.admin().refusals("no-ticket").await), (1, 99));
}

#[tokio::test]
async fn a_ticket_is_good_at_its_own_host_only_and_spent_when_it_is_tried_elsewhere() {
    let stage = Stage::demo().await;
    let elif = Person::sign_in(&stage, ELIF).await;
    for other in ["data-science", "status", "nothing-like-this"] {
        let ticket = elif.ticket_value(&stage, "finance").await;
        let answer = enter(&stage.dashboard(other), &stage, &ticket, "/").send().await;
        assert!((400..500).contains(&answer.status), "at {other}:\n{}", answer.everything());
        assert_eq!(answer.cookie(APP_COOKIE), None);
        let spent = enter(&stage.dashboard("finance"), &stage, &ticket, "/").send().await;
        assert!((400..500).contains(&spent.status), "at finance, after {other}:\n{}", spent.everything());
    }
    let invented =
        enter(&stage.dashboard("finance"), &stage, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/");
    assert!((400..500).contains(&invented.send().await.status));
}

#[tokio::test]
async fn a_ticket_that_is_half_a_minute_old_lets_nobody_in() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let ticket = carla.ticket_value(&stage, "finance").await;
    tokio::time::sleep(std::time::Duration::from_secs(31)).await;
    let answer = enter(&stage.dashboard("finance"), &stage, &ticket, "/").send().await;
    assert!((400..500).contains(&answer.status), "{}", answer.everything());
    assert_eq!(answer.cookie(APP_COOKIE), None);
    carla.knock(&stage, "finance", "/").await.expect(303);
}

/// Whose ticket it is decides whose session the host gets, never which cookies are there: after the portal has
/// lost a session, the next person's ticket comes from a browser that still holds the first one's key.
#[tokio::test]
async fn a_ticket_leads_to_its_own_session_whoevers_cookies_the_browser_holds() {
    let stage = Stage::start(StageOptions::default().upstream("rec").without_apps()).await;
    let (carla, elif) = (Person::sign_in(&stage, CARLA).await, Person::sign_in(&stage, ELIF).await);
    let rec = stage.dashboard("rec");
    let first = carla.knock(&stage, "rec", "/").await.expect(303);
    let (hers, viewer) = (first.cookie(APP_COOKIE).unwrap(), first.cookie(VIEWER_COOKIE).unwrap());
    let cookies = format!("{APP_COOKIE}={hers}; {VIEWER_COOKIE}={viewer}; {}; own=1", carla.cookies());
    let ticket = elif.ticket_value(&stage, "rec").await;
    let change = enter(&rec, &stage, &ticket, "/").cookie(&cookies).send().await.expect(303);
    let next = change.cookie(APP_COOKIE).expect("a key to the ticket's session");
    assert_ne!(next, hers);
    assert_eq!(change.header("clear-site-data"), Some("\"cache\", \"storage\""), "another person");
    assert!(change.all("set-cookie").any(|line| line.starts_with("own=;")), "{}", change.everything());
    for (value, user) in [(&next, "e"), (&hers, "c")] {
        rec.get("/who").fetch().cookie(&format!("{APP_COOKIE}={value}")).send().await.expect(200);
        assert_eq!(stage.recorder("rec").latest("/who").header("x-forwarded-user"), Some(user));
    }
    // Both keys at once are none.
    let both = format!("{APP_COOKIE}={hers}; {APP_COOKIE}={next}");
    rec.get("/who").fetch().cookie(&both).send().await.expect(401);
    // A ticket is taken by the first who posts it, whatever comes of it.
    let before = stage.admin().refusals("no-ticket").await;
    enter(&rec, &stage, &ticket, "/").cookie(&cookies).send().await.expect(401);
    carla.sign_out(&stage).await.expect(200);
    let ticket = elif.ticket_value(&stage, "rec").await;
    enter(&rec, &stage, &ticket, "/").cookie(&cookies).send().await.expect(303);
    assert_eq!(stage.admin().refusals("no-ticket").await, before + 1);
}

#[tokio::test]
async fn a_ticket_dies_with_its_session() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let ticket = carla.ticket_value(&stage, "finance").await;
    carla.sign_out(&stage).await.expect(200);
    let answer = enter(&stage.dashboard("finance"), &stage, &ticket, "/").send().await;
    assert!((400..500).contains(&answer.status), "{}", answer.everything());
}

#[tokio::test]
async fn only_the_portals_own_page_may_post_a_ticket() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let finance = stage.dashboard("finance");
    let portal = stage.portal().origin();
    for origin in [&finance.origin(), &stage.dashboard("status").origin(), "null", "http://evil.example", ""]
    {
        let ticket = carla.ticket_value(&stage, "finance").await;
        let request = enter(&finance, &stage, &ticket, "/");
        let request = if origin.is_empty() { request.without("Origin") } else { request.origin(origin) };
        let answer = request.send().await;
        assert_eq!(answer.status, 403, "from '{origin}':\n{}", answer.everything());
        let rightly = enter(&finance, &stage, &ticket, "/").send().await;
        assert_eq!(rightly.status, 303, "a refused origin must not spend the ticket of {portal}");
    }
    let ticket = carla.ticket_value(&stage, "finance").await;
    let scripted = enter(&finance, &stage, &ticket, "/").site("same-site", "cors", "empty").send().await;
    assert_eq!(scripted.status, 403, "a fetch is no navigation:\n{}", scripted.everything());
}

#[tokio::test]
async fn the_ticket_is_never_taken_from_an_address() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let ticket = carla.ticket_value(&stage, "finance").await;
    let request = stage.dashboard("finance").get(&format!("/_lanyard/enter?ticket={ticket}&path=/"));
    let answer = request.frame_document().send().await;
    assert!((400..500).contains(&answer.status), "{}", answer.everything());
    assert_eq!(answer.cookie(APP_COOKIE), None);
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_not_followed() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    for path in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/%2f%2fevil.example",
        "/a/../..//x",
        "x",
    ] {
        let answer = carla.knock(&stage, "finance", path).await;
        let location = answer.header("location").unwrap_or("/");
        assert!(
            location == "/" && matches!(answer.status, 303 | 400..=499),
            "{path}:\n{}",
            answer.everything()
        );
    }
    let kept = carla.knock(&stage, "finance", "/reports/q3?next=//x#top").await.expect(303);
    assert_eq!(kept.header("location"), Some("/reports/q3?next=//x#top"));
}

#[tokio::test]
async fn another_person_in_the_same_browser_finds_nothing_of_the_first() {
    let stage = Stage::demo().await;
    let finance = stage.dashboard("finance");
    let carla = Person::sign_in(&stage, CARLA).await;
    let request = |ticket: &str, cookies: &str| {
        let request = enter(&finance, &stage, ticket, "/");
        if cookies.is_empty() { request } else { request.cookie(cookies) }
    };
    let first = request(&carla.ticket_value(&stage, "finance").await, "").send().await.expect(303);
    assert_eq!(
        first.header("clear-site-data"),
        Some("\"cache\", \"storage\""),
        "nobody was here before, as far as we know"
    );
    let viewer = first.cookie(VIEWER_COOKIE).expect("the host remembers who it was");
    let hers = format!("{VIEWER_COOKIE}={viewer}; session_of_the_app=1; _xsrf=2; __Host-x=3; __Secure-x=4");
    let again = request(&carla.ticket_value(&stage, "finance").await, &hers).send().await.expect(303);
    assert_eq!(again.header("clear-site-data"), None, "the same person keeps what is theirs");
    assert!(!again.all("set-cookie").any(|line| line.starts_with("_xsrf=")), "and the app's cookies");
    let elif = Person::sign_in(&stage, ELIF).await;
    let change = request(&elif.ticket_value(&stage, "finance").await, &hers).send().await.expect(303);
    assert_eq!(change.header("clear-site-data"), Some("\"cache\", \"storage\""));
    for name in ["session_of_the_app", "_xsrf", "__Host-x", "__Secure-x"] {
        let start = format!("{name}=;");
        let lines: Vec<_> = change.all("set-cookie").filter(|line| line.starts_with(&start)).collect();
        let whole = change.everything();
        assert!(lines.iter().any(|line| !line.contains("Partitioned")), "{name} stays:\n{whole}");
        assert!(lines.iter().any(|line| line.contains("; SameSite=None; Partitioned")), "{name}:\n{whole}");
        for line in lines {
            let attributes: Vec<_> = line.split(';').map(str::trim).collect();
            assert!(attributes.contains(&"Max-Age=0") && attributes.contains(&"Path=/"), "{line}");
            // Browsers take no line for such a name without it (RFC 6265bis, section 4.1.3).
            assert!(attributes.contains(&"Secure"), "{line}");
            assert!(!line.contains("Domain"), "{line}");
        }
    }
    assert_ne!(change.cookie(VIEWER_COOKIE), Some(viewer));
}

#[tokio::test]
async fn a_session_of_the_portal_alone_opens_no_dashboard() {
    let stage = Stage::demo().await;
    let carla = Person::sign_in(&stage, CARLA).await;
    let flow = Flow::begin(&stage).await;
    for cookie in [
        format!("{PORTAL_COOKIE}={}", carla.cookie),
        format!("{APP_COOKIE}={}", carla.cookie),
        flow.cookies(),
    ] {
        let answer = stage.dashboard("finance").get("/").frame_document().cookie(&cookie).send().await;
        assert_eq!(answer.status, 401, "{}", answer.everything());
    }
}
