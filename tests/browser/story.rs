//! The five people and their dashboards, projected the way the gateway does it: through the contract.

use lanyard_contract::{
    policy::{Access, Viewer, project},
    roles::RoleTable,
    wire::{Dashboard, Identity, Kind, PortalConfig, Provider, SessionAnswer},
};

/// Where no server is: frames that enter end there.
pub const NOWHERE: &str = "http://127.0.0.1:9";

/// The demo's people: key, name, groups.
pub const PEOPLE: [(&str, &str, &[&str]); 5] = [
    ("a", "Ada Albrecht", &["Manager"]),
    ("b", "Ben Brandt", &["Data Science Team"]),
    ("c", "Carla Costa", &["Finance Team"]),
    ("d", "Dov Demir", &[]),
    ("e", "Elif Eriksen", &["Data Science Team", "Finance Team", "Finance Leads"]),
];

fn table() -> RoleTable {
    let role = |name: &str| name.parse().expect("a role");
    RoleTable::new([
        (role("manager"), vec!["Manager"]),
        (role("data-science"), vec!["Data Science Team"]),
        (role("finance"), vec!["Finance Team"]),
        (role("finance-lead"), vec!["Finance Leads"]),
    ])
}

fn of_roles(names: &[&str]) -> Access {
    Access::Roles(names.iter().map(|name| name.parse().expect("a role")).collect())
}

fn dashboards() -> Vec<Dashboard> {
    [
        ("data-science", "Data Science Team KPI", of_roles(&["manager", "data-science"])),
        ("finance", "Finance Team KPI", of_roles(&["manager", "finance"])),
        ("forecast", "Finance forecast", of_roles(&["manager", "finance-lead"])),
        ("status", "Service status", Access::Public),
    ]
    .into_iter()
    .map(|(id, title, access)| Dashboard {
        id: id.parse().expect("an id"),
        title: title.to_owned(),
        section: None,
        description: None,
        icon: None,
        access,
        kind: Kind::App { origin: NOWHERE.to_owned() },
    })
    .collect()
}

/// What `GET /api/session` answers to this person.
pub fn session(key: &str) -> SessionAnswer {
    let (key, name, groups) = *PEOPLE.iter().find(|(known, ..)| *known == key).expect("one of the five");
    let roles = table().roles_of(groups);
    let viewer = Viewer::SignedIn { roles: &roles };
    SessionAnswer {
        identity: Some(Identity {
            key: key.to_owned(),
            name: name.to_owned(),
            email: Some(format!("{key}@harbour.example")),
            groups: groups.iter().map(|&group| group.to_owned()).collect(),
        }),
        dashboards: seen_by(viewer),
        roles: roles.clone(),
        expires: None,
        vouched: false,
    }
}

/// What it answers when nobody is signed in.
pub fn nobody() -> SessionAnswer {
    SessionAnswer {
        identity: None,
        roles: Default::default(),
        dashboards: seen_by(Viewer::Anonymous),
        expires: None,
        vouched: false,
    }
}

fn seen_by(viewer: Viewer<'_>) -> Vec<Dashboard> {
    dashboards()
        .into_iter()
        .filter_map(|known| Some(Dashboard { access: project(&known.access, viewer)?, ..known }))
        .collect()
}

pub fn settings() -> PortalConfig {
    PortalConfig {
        title: "Harbour analytics".into(),
        contact: Some("data-platform@harbour.example".into()),
        provider: Provider {
            name: "Harbour ID".into(),
            issuer: "https://id.example".into(),
            client_id: "lanyard".into(),
            scopes: vec!["openid".into()],
            redirect_uri: "https://dash.example/callback".into(),
            authorization_endpoint: Some("https://id.example/authorize".into()),
        },
        accent: None,
        logo: None,
        kept_frames: 6,
    }
}
