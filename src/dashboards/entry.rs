//! The ways into a dashboard: its own address when it needs no ticket, or a form that carries a ticket by
//! POST. A ticket never stands in an address.

use lanyard_contract::{
    paths::LocalPath,
    wire::{Dashboard, Kind, TicketAnswer},
};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlFormElement, HtmlInputElement};

use crate::policy;

/// The address that needs no ticket: of a public dashboard, or of one that enforces itself.
pub fn direct(dashboard: &Dashboard, path: Option<&LocalPath>) -> Option<String> {
    match (&dashboard.kind, path) {
        (Kind::App { origin }, _) if policy::is_public(dashboard) => {
            Some([origin.as_str(), path.map_or("/", LocalPath::as_str)].concat())
        }
        (Kind::App { .. }, _) => None,
        (Kind::External { url }, None) => Some(url.clone()),
        (Kind::External { url }, Some(path)) => Some([origin(url), path.as_str()].concat()),
    }
}

/// Scheme and authority of a web address, as it is written.
fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find(['/', '?', '#']).map_or(url.len(), |at| authority + at);
    &url[..end]
}

/// Submits the ticket into the window of that name; `_self` is the window itself.
pub fn submit(ticket: &TicketAnswer, path: &LocalPath, target: &str) -> Result<(), JsValue> {
    let document = document();
    let body = document.body().ok_or(JsValue::NULL)?;
    let form: HtmlFormElement = document.create_element("form")?.unchecked_into();
    form.set_method("post");
    form.set_action(&ticket.action);
    form.set_target(target);
    form.set_hidden(true);
    for (name, value) in [("ticket", ticket.ticket.as_str()), ("path", path.as_str())] {
        let field: HtmlInputElement = document.create_element("input")?.unchecked_into();
        field.set_type("hidden");
        field.set_name(name);
        field.set_value(value);
        form.append_child(&field)?;
    }
    body.append_child(&form)?;
    let submitted = form.submit();
    form.remove();
    submitted
}

#[cfg(test)]
mod tests {
    use lanyard_contract::policy::Access;

    use super::*;

    fn dashboard(access: Access, kind: Kind) -> Dashboard {
        Dashboard {
            id: "status".parse().expect("an id"),
            title: "Service status".into(),
            section: None,
            description: None,
            icon: None,
            access,
            kind,
        }
    }

    #[test]
    fn only_what_needs_no_ticket_has_an_address() {
        let app = Kind::App { origin: "https://status.lanyard.example".into() };
        let path = LocalPath::parse("/now?x=1").ok();
        let public = dashboard(Access::Public, app.clone());
        assert_eq!(direct(&public, None).as_deref(), Some("https://status.lanyard.example/"));
        assert_eq!(direct(&public, path.as_ref()).as_deref(), Some("https://status.lanyard.example/now?x=1"));
        assert_eq!(direct(&dashboard(Access::Roles(Default::default()), app), path.as_ref()), None);
    }

    #[test]
    fn a_place_inside_an_external_one_stays_on_its_origin() {
        let external = |url: &str| dashboard(Access::Public, Kind::External { url: url.into() });
        let path = LocalPath::parse("/b").ok();
        for url in ["https://maps.example/start?x", "https://maps.example", "https://maps.example?x#y"] {
            assert_eq!(direct(&external(url), path.as_ref()).as_deref(), Some("https://maps.example/b"));
            assert_eq!(direct(&external(url), None).as_deref(), Some(url));
        }
    }
}
