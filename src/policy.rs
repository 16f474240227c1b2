//! What this person may see. Asks the contract's one decision function over the projection that the gateway
//! sent; the gateway asks the same function over the whole policy, and only its answer opens anything.

use lanyard_contract::{
    DashboardId,
    policy::{self, Access, Policy, Viewer},
    wire::{Dashboard, SessionAnswer},
};

/// What the gate says to somebody who asks for a dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    Open(Dashboard),
    /// Nobody is signed in, and this is not public: signing in may open it.
    SignIn,
    /// Forbidden or unknown: deliberately one and the same.
    Refused,
}

/// Decides for one dashboard; `None` is an address that names none.
pub fn admit(session: &SessionAnswer, id: Option<&DashboardId>) -> Admission {
    match id.and_then(|id| visible(session).find(|dashboard| dashboard.id == *id)) {
        Some(dashboard) => Admission::Open(dashboard.clone()),
        None if session.identity.is_none() => Admission::SignIn,
        None => Admission::Refused,
    }
}

/// The dashboards that are open, in the order of the navigation.
pub fn visible(session: &SessionAnswer) -> impl Iterator<Item = &Dashboard> {
    let policy = Policy::new(session.dashboards.iter().map(|known| (known.id.clone(), known.access.clone())));
    session
        .dashboards
        .iter()
        .filter(move |known| policy::decide(&policy, viewer(session), &known.id).allowed())
}

/// Whether one of this person's own roles opens anything: what is public is open to everybody.
pub fn opens_anything(session: &SessionAnswer) -> bool {
    visible(session).any(|dashboard| !is_public(dashboard))
}

pub fn is_public(dashboard: &Dashboard) -> bool {
    dashboard.access == Access::Public
}

fn viewer(session: &SessionAnswer) -> Viewer<'_> {
    match session.identity {
        Some(_) => Viewer::SignedIn { roles: &session.roles },
        None => Viewer::Anonymous,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use lanyard_contract::wire::{Identity, Kind};

    use super::*;
    use crate::identity::session::anonymous;

    fn dashboard(id: &str, access: Access) -> Dashboard {
        Dashboard {
            id: id.parse().expect("an id"),
            title: id.to_owned(),
            section: None,
            description: None,
            icon: None,
            access,
            kind: Kind::App { origin: format!("https://{id}.lanyard.example") },
        }
    }

    fn of_role(role: &str) -> Access {
        Access::Roles(BTreeSet::from([role.parse().expect("a role")]))
    }

    fn carla() -> SessionAnswer {
        SessionAnswer {
            identity: Some(Identity {
                key: "c".into(),
                name: "Carla Costa".into(),
                email: None,
                groups: vec!["Finance Team".into()],
            }),
            roles: BTreeSet::from(["finance".parse().expect("a role")]),
            dashboards: vec![dashboard("finance", of_role("finance")), dashboard("status", Access::Public)],
            expires: Some(1),
            vouched: false,
        }
    }

    #[test]
    fn a_forbidden_and_an_unknown_dashboard_are_refused_alike() {
        let mut session = carla();
        session.dashboards.push(dashboard("data-science", of_role("data-science")));
        let forbidden = admit(&session, "data-science".parse().ok().as_ref());
        assert_eq!(forbidden, Admission::Refused);
        assert_eq!(forbidden, admit(&session, "unheard-of".parse().ok().as_ref()));
        assert_eq!(forbidden, admit(&session, None));
        assert!(matches!(admit(&session, "finance".parse().ok().as_ref()), Admission::Open(_)));
    }

    #[test]
    fn nobody_is_asked_to_sign_in_except_for_what_is_public() {
        let nobody = anonymous(&carla());
        assert_eq!(visible(&nobody).count(), 1);
        assert!(matches!(admit(&nobody, "status".parse().ok().as_ref()), Admission::Open(_)));
        assert_eq!(admit(&nobody, "finance".parse().ok().as_ref()), Admission::SignIn);
        assert_eq!(admit(&nobody, "unheard-of".parse().ok().as_ref()), Admission::SignIn);
    }

    #[test]
    fn a_list_alone_opens_nothing_without_the_role() {
        let mut session = carla();
        session.roles.clear();
        assert!(!opens_anything(&session));
        assert_eq!(admit(&session, "finance".parse().ok().as_ref()), Admission::Refused);
    }
}
