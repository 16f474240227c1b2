//! What the tests of this folder build requests and dashboards from.

pub mod tcp;

use std::{sync::Arc, time::Duration};

use http::{Request, request::Parts};

use crate::{
    clock::Timestamp,
    config::{App, HostHeader, Secret},
    identity::{
        Person,
        session::{Browser, Session, SessionId, Shared},
    },
    random::Digest256,
};

/// A request's head from `METHOD target` and header lines.
pub fn parts(line: &str, headers: &[(&str, &str)]) -> Parts {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, value.as_bytes());
    }
    request.body(()).expect("a request in a test").into_parts().0
}

/// The finance dashboard, its app at this authority.
pub fn app(upstream: &str) -> App {
    App {
        id: "finance".parse().expect("an id"),
        title: "Finance".into(),
        origin: "https://finance.dash.example".parse().expect("an origin"),
        own_host: false,
        upstream: format!("http://{upstream}").parse().expect("an origin"),
        trust: None,
        host_header: HostHeader::Rewrite,
        forward_groups: vec![],
        visible_groups: vec!["Finance Team".into(), "Grüne".into()],
        visible_roles: vec!["finance".parse().expect("a role")],
        pass_authorization: false,
        forward_access_token: false,
        csp: None,
        start_path: "/".into(),
        timeout: Duration::from_secs(5),
        health: None,
    }
}

pub fn person() -> Person {
    Person {
        issuer: "https://id.example".into(),
        subject: "c".into(),
        name: Some("Carla Costa".into()),
        preferred_username: Some("carla".into()),
        email: Some("carla@harbour.example".into()),
        email_verified: true,
        groups: vec!["Finance Team".into(), "Secret Project".into()],
    }
}

/// A session of this person; `number` tells sessions apart.
pub fn session(number: u8, person: Person) -> Shared {
    Arc::new(Session {
        id: SessionId(Digest256([number; 32])),
        person,
        roles: ["finance", "manager", "signed-in"].map(|role| role.parse().expect("a role")).into(),
        started: Timestamp(0),
        expires: Timestamp(u64::MAX),
        browser: Browser::of(""),
        id_token: Secret::new("id-token".into()),
        access_token: Secret::new("access-token".into()),
        ended: std::sync::atomic::AtomicBool::new(false),
    })
}
