//! What an app is told about the viewer in plain headers. A value that could be read as somebody else's, or
//! as two, is left out: an app that is told nothing lets nobody in.

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue};
use lanyard_contract::RoleId;

use crate::{config::App, identity::session::Session};

/// The longest header line, name and all, in bytes. Some servers hang on longer ones in a handshake.
const LONGEST_LINE: usize = 8_192;

/// Of somebody's groups those that this dashboard may know of, without any that could be read as two.
pub fn groups<'a>(app: &App, groups: &'a [String]) -> Vec<&'a str> {
    let groups = groups.iter().filter(|group| app.visible_groups.contains(group));
    groups.map(String::as_str).filter(|group| is_plain(group) && !group.contains(',')).collect()
}

/// Of somebody's roles those that this dashboard's rule names.
pub fn roles<'a>(app: &App, roles: &'a BTreeSet<RoleId>) -> Vec<&'a str> {
    roles.iter().filter(|role| app.visible_roles.contains(role)).map(RoleId::as_str).collect()
}

/// The address, if somebody vouches for it.
pub(super) fn email(session: &Session, trust_email: bool) -> Option<&str> {
    session.person.email.as_deref().filter(|_| session.person.email_verified || trust_email)
}

/// One header for each thing that the app may know.
pub(super) fn of(app: &App, session: &Session, trust_email: bool) -> Vec<(HeaderName, HeaderValue)> {
    let person = &session.person;
    let groups = groups(app, &person.groups).join(",");
    let mut headers = Vec::with_capacity(6);
    let mut tell = |name: &'static str, value: Option<&str>| {
        headers.extend(value.and_then(|value| line(HeaderName::from_static(name), value, app)));
    };
    tell("x-forwarded-user", Some(&person.subject));
    tell("x-forwarded-preferred-username", person.preferred_username.as_deref());
    tell("x-forwarded-email", email(session, trust_email));
    tell("x-forwarded-groups", Some(&groups));
    if app.forward_access_token {
        let token = session.access_token.reveal();
        let bearer = (!token.is_empty()).then(|| format!("Bearer {token}"));
        tell("authorization", bearer.as_deref());
    }
    headers
}

/// A header line, if its value is plain and it is not too long.
pub(super) fn line(name: HeaderName, value: &str, app: &App) -> Option<(HeaderName, HeaderValue)> {
    if value.is_empty() || !is_plain(value) {
        return None;
    }
    if name.as_str().len() + ": ".len() + value.len() > LONGEST_LINE {
        tracing::warn!(dashboard = %app.id, header = %name, bytes = value.len(), "header left out: line too long");
        return None;
    }
    HeaderValue::from_bytes(value.as_bytes()).ok().map(|value| (name, value))
}

/// Without control characters, and without white space at an end: a server would take that off, and one
/// person's subject would become another's.
fn is_plain(value: &str) -> bool {
    !value.chars().any(char::is_control) && value.trim() == value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::testing::{app, person, session};

    fn told(app: &App, person: crate::identity::Person, trust: bool) -> Vec<(String, String)> {
        let session = session(1, person);
        let text = |value: &HeaderValue| String::from_utf8(value.as_bytes().to_vec()).expect("UTF-8");
        of(app, &session, trust).iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    fn get<'a>(told: &'a [(String, String)], name: &str) -> Option<&'a str> {
        let mut found = told.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let value = found.next();
        assert_eq!(found.next(), None, "one line each");
        value
    }

    #[test]
    fn an_app_is_told_what_its_rules_name_and_no_more() {
        let told = told(&app("localhost:1"), person(), false);
        assert_eq!(get(&told, "x-forwarded-user"), Some("c"));
        assert_eq!(get(&told, "x-forwarded-preferred-username"), Some("carla"));
        assert_eq!(get(&told, "x-forwarded-email"), Some("carla@harbour.example"));
        assert_eq!(get(&told, "x-forwarded-groups"), Some("Finance Team"));
        assert_eq!(told.len(), 4);
    }

    #[test]
    fn an_unverified_address_is_passed_on_only_when_trusted() {
        let mut person = person();
        person.email_verified = false;
        let app = app("localhost:1");
        assert_eq!(get(&told(&app, person.clone(), false), "x-forwarded-email"), None);
        assert!(get(&told(&app, person, true), "x-forwarded-email").is_some());
    }

    #[test]
    fn values_that_could_be_read_otherwise_are_left_out() {
        for subject in
            ["", "a\r\nX-Forwarded-User: b", "a\tb", "a\0", "a\u{85}", " a", "a ", "\u{a0}a", "a\u{7f}"]
        {
            let mut person = person();
            person.subject = subject.into();
            assert_eq!(
                get(&told(&app("localhost:1"), person, false), "x-forwarded-user"),
                None,
                "{subject:?}"
            );
        }
        let mut person = person();
        person.name = None;
        person.preferred_username = Some("x".repeat(LONGEST_LINE));
        person.groups = ["Grüne", "a,b", "Finance Team"].map(str::to_owned).to_vec();
        let mut app = app("localhost:1");
        app.visible_groups.push("a,b".into());
        let told = told(&app, person, false);
        assert_eq!(get(&told, "x-forwarded-preferred-username"), None);
        assert_eq!(get(&told, "x-forwarded-groups"), Some("Grüne,Finance Team"));
    }

    #[test]
    fn the_access_token_goes_only_where_the_configuration_says() {
        let mut open = app("localhost:1");
        open.forward_access_token = true;
        assert_eq!(get(&told(&open, person(), false), "authorization"), Some("Bearer access-token"));
        assert_eq!(get(&told(&app("localhost:1"), person(), false), "authorization"), None);
    }
}
