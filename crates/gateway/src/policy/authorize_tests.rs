//! The permit is minted for those whom the rule allows, and for nobody whose grant cannot be recorded.

use std::{collections::BTreeSet, path::Path, sync::atomic::AtomicBool, time::Duration};

use lanyard_contract::{RoleId, policy::Access};

use super::*;
use crate::{
    config::{Dashboard, HostHeader, Secret},
    identity::{
        Person,
        session::{Browser, Session, SessionId, memory::MemoryGrants},
    },
    random::Digest256,
};

const NOW: Timestamp = Timestamp(1_000);

fn id(name: &str) -> DashboardId {
    name.parse().expect("an id in a test")
}

fn app(name: &str, access: Access) -> Dashboard {
    let app = App {
        id: id(name),
        title: name.to_uppercase(),
        origin: format!("http://{name}.lanyard.localhost").parse().expect("an origin"),
        own_host: false,
        upstream: "http://localhost:1".parse().expect("an origin"),
        trust: None,
        host_header: HostHeader::Rewrite,
        forward_groups: vec![],
        visible_groups: vec![],
        visible_roles: vec![],
        pass_authorization: false,
        forward_access_token: false,
        csp: None,
        start_path: "/".into(),
        timeout: Duration::from_secs(1),
        health: None,
    };
    let kind = config::Kind::App(Arc::new(app));
    Dashboard {
        id: id(name),
        title: name.to_uppercase(),
        section: None,
        description: None,
        icon: None,
        access,
        kind,
    }
}

fn session(roles: &[&str]) -> session::Shared {
    let person = Person {
        issuer: "https://id.example".into(),
        subject: "c".into(),
        name: None,
        preferred_username: None,
        email: None,
        email_verified: false,
        groups: vec![],
    };
    Arc::new(Session {
        id: SessionId(Digest256([1; 32])),
        person,
        roles: roles.iter().map(|role| role.parse().expect("a role in a test")).collect(),
        started: NOW,
        expires: Timestamp(9_000),
        browser: Browser::of(""),
        id_token: Secret::new(String::new()),
        access_token: Secret::new(String::new()),
        ended: AtomicBool::new(false),
    })
}

fn authority(trail: &Path) -> Authority {
    let audit = Audit::open(trail).expect("an audit file");
    let finance: BTreeSet<RoleId> = BTreeSet::from(["finance".parse().expect("a role")]);
    let dashboards = vec![app("finance", Access::Roles(finance)), app("status", Access::Public)];
    Authority::new(dashboards, Arc::new(MemoryGrants::default()), audit)
}

fn trail(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("lanyard-authorize-{}-{name}.jsonl", std::process::id()))
}

async fn ask(
    authority: &Authority,
    who: Option<&session::Shared>,
    what: &str,
    action: Action,
) -> Result<Permit, Denied> {
    let address = IpAddr::from([127, 0, 0, 1]);
    authority
        .authorize(Question {
            session: who,
            dashboard: &id(what),
            origin: None,
            entered: true,
            action,
            address,
            now: NOW,
        })
        .await
}

#[tokio::test]
async fn later_requests_run_under_the_first_one_s_event() {
    let path = trail("grant");
    let authority = authority(&path);
    let carla = session(&["finance"]);
    let first = ask(&authority, Some(&carla), "finance", Action::Request).await.expect("allowed");
    let second = ask(&authority, Some(&carla), "finance", Action::Request).await.expect("allowed");
    assert_eq!(first.grant(), second.grant());
    let text = std::fs::read_to_string(&path).expect("a trail");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(std::fs::remove_file(path).is_ok());
}

#[tokio::test]
async fn asking_how_a_dashboard_is_grants_nothing_and_is_no_event() {
    let path = trail("state");
    let authority = authority(&path);
    let carla = session(&["finance"]);
    assert!(ask(&authority, Some(&carla), "finance", Action::State).await.is_ok());
    assert!(authority.grants.get(carla.id, &id("finance"), 1).await.is_none());
    assert!(authority.audit.flush(NOW).await.is_ok());
    assert_eq!(std::fs::read_to_string(&path).expect("a trail"), "");
    assert!(std::fs::remove_file(path).is_ok());
}

#[tokio::test]
async fn a_grant_that_cannot_be_recorded_is_not_given() {
    let authority = authority(Path::new("/dev/full"));
    let carla = session(&["finance"]);
    let refused = ask(&authority, Some(&carla), "finance", Action::Request).await.err();
    assert_eq!(refused, Some(Denied::Unrecorded));
    assert!(
        ask(&authority, None, "status", Action::Request).await.is_ok(),
        "a public dashboard grants nothing"
    );
}

#[tokio::test]
async fn forbidden_unknown_and_ended_are_denied() {
    let path = trail("denied");
    let authority = authority(&path);
    let dov = session(&["signed-in"]);
    for action in [Action::Request, Action::WebSocket, Action::Ticket, Action::State] {
        assert_eq!(ask(&authority, Some(&dov), "finance", action).await.err(), Some(Denied::NotFound));
        assert_eq!(ask(&authority, Some(&dov), "unheard-of", action).await.err(), Some(Denied::NotFound));
        assert_eq!(ask(&authority, None, "finance", action).await.err(), Some(Denied::SignedOut));
    }
    let carla = session(&["finance"]);
    carla.end();
    assert_eq!(
        ask(&authority, Some(&carla), "finance", Action::Request).await.err(),
        Some(Denied::SignedOut)
    );
    assert!(std::fs::remove_file(path).is_ok());
}

#[tokio::test]
async fn a_public_dashboard_never_learns_who_is_there_and_gives_no_ticket() {
    let path = trail("public");
    let authority = authority(&path);
    let carla = session(&["finance"]);
    let permit = ask(&authority, Some(&carla), "status", Action::Request).await.expect("allowed");
    assert!(permit.session().is_none());
    assert_eq!(ask(&authority, Some(&carla), "status", Action::Ticket).await.err(), Some(Denied::NotFound));
    assert!(std::fs::remove_file(path).is_ok());
}

#[tokio::test]
async fn a_key_to_another_host_opens_nothing_and_still_hides_what_exists() {
    let path = trail("entered");
    let authority = authority(&path);
    let carla = session(&["finance"]);
    let mut answers = Vec::new();
    for what in ["finance", "status", "unheard-of"] {
        let (address, dashboard) = (IpAddr::from([127, 0, 0, 1]), id(what));
        let question = Question {
            session: Some(&carla),
            dashboard: &dashboard,
            origin: None,
            entered: false,
            action: Action::Request,
            address,
            now: NOW,
        };
        answers.push(authority.authorize(question).await.err());
    }
    assert_eq!(answers, [Some(Denied::SignedOut), None, Some(Denied::NotFound)]);
    assert!(std::fs::remove_file(path).is_ok());
}

#[tokio::test]
async fn a_dashboard_answers_at_its_own_origin_only() {
    let path = trail("origin");
    let authority = authority(&path);
    let carla = session(&["finance"]);
    let elsewhere: Origin = "http://sales.example".parse().expect("an origin");
    let question = Question {
        session: Some(&carla),
        dashboard: &id("finance"),
        origin: Some(&elsewhere),
        entered: true,
        action: Action::Request,
        address: IpAddr::from([127, 0, 0, 1]),
        now: NOW,
    };
    assert_eq!(authority.authorize(question).await.err(), Some(Denied::NotFound));
    assert!(std::fs::remove_file(path).is_ok());
}
