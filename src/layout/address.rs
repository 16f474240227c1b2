//! The portal's own addresses: read strictly, and written in one place. An address that is not exactly one of
//! them leads nowhere, and nowhere looks like a dashboard that is not yours.

use lanyard_contract::{
    DashboardId,
    paths::{LocalPath, is_reserved},
};

/// The query that asks for a window of the dashboard's own.
const WINDOW: &str = "window";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Home,
    Callback,
    SignedOut,
    Dashboard(Deep),
    Nowhere,
}

/// A dashboard and a place inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deep {
    pub id: DashboardId,
    /// `None` is wherever the person was last.
    pub path: Option<LocalPath>,
    /// At top level instead of in a frame.
    pub window: bool,
}

/// Reads an address as the browser writes it; `query` is without its question mark.
pub fn read(path: &str, query: &str) -> Address {
    match path {
        "/" => Address::Home,
        "/callback" => Address::Callback,
        "/signed-out" => Address::SignedOut,
        _ => path
            .strip_prefix("/d/")
            .and_then(|rest| deep(rest, query))
            .map_or(Address::Nowhere, Address::Dashboard),
    }
}

fn deep(rest: &str, query: &str) -> Option<Deep> {
    let (id, inside) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let id = id.parse().ok()?;
    let (window, query) = match query.strip_prefix(WINDOW) {
        Some("") => (true, ""),
        Some(more) => more.strip_prefix('&').map_or((false, query), |own| (true, own)),
        None => (false, query),
    };
    if inside.is_empty() && query.is_empty() {
        return Some(Deep { id, path: None, window });
    }
    let inside = if inside.is_empty() { "/" } else { inside };
    let path = if query.is_empty() { inside.to_owned() } else { [inside, "?", query].concat() };
    let path = LocalPath::parse(&path).ok().filter(|path| !is_reserved(path.as_str()))?;
    Some(Deep { id, path: Some(path), window })
}

/// The address of a dashboard in its frame, wherever the person was last.
pub fn of(id: &DashboardId) -> String {
    ["/d/", id.as_str()].concat()
}

/// The address of a place inside a dashboard, in a window of its own.
pub fn window_of(id: &DashboardId, path: &LocalPath) -> String {
    let (inside, query) = match path.as_str().split_once('?') {
        Some((inside, query)) => (inside, ["&", query].concat()),
        None => (path.as_str(), String::new()),
    };
    ["/d/", id.as_str(), inside, "?", WINDOW, &query].concat()
}

/// The page somebody is on, to come back to; home when it cannot be one.
pub fn here(path: &str, query: &str) -> LocalPath {
    let whole = if query.is_empty() { path.to_owned() } else { [path, "?", query].concat() };
    match read(path, query) {
        Address::Dashboard(_) => LocalPath::parse(&whole).unwrap_or_else(|_| LocalPath::root()),
        _ => LocalPath::root(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dashboard(path: &str, query: &str) -> Option<(String, Option<String>, bool)> {
        match read(path, query) {
            Address::Dashboard(Deep { id, path, window }) => {
                Some((id.as_str().to_owned(), path.map(|path| path.as_str().to_owned()), window))
            }
            _ => None,
        }
    }

    #[test]
    fn a_deep_link_names_a_dashboard_and_a_place_inside_it() {
        let at = |path: &str| Some(path.to_owned());
        for (path, query, place, window) in [
            ("/d/finance", "", None, false),
            ("/d/finance/", "", at("/"), false),
            ("/d/finance/q3/x", "year=2026", at("/q3/x?year=2026"), false),
            ("/d/finance", "a=b", at("/?a=b"), false),
            ("/d/finance", "window", None, true),
            ("/d/finance/q3", "window", at("/q3"), true),
            ("/d/finance/q3", "window&a=b", at("/q3?a=b"), true),
            ("/d/finance/q3", "windows=1", at("/q3?windows=1"), false),
            ("/d/finance/q3", "window=1", at("/q3?window=1"), false),
            ("/d/finance/q3", "a=b&window", at("/q3?a=b&window"), false),
        ] {
            assert_eq!(dashboard(path, query), Some(("finance".to_owned(), place, window)), "{path}?{query}");
        }
    }

    #[test]
    fn what_is_not_an_address_leads_nowhere() {
        for path in [
            "/d",
            "/d/",
            "/d/Finance",
            "/d/a.b/x",
            "/elsewhere",
            "/d//evil.example",
            "/d/finance//evil.example",
            "/d/finance/%2e%2e/x",
            "/d/finance/_lanyard/enter",
            "/d/finance/%5flanyard/enter",
            "/callback/",
        ] {
            assert_eq!(read(path, ""), Address::Nowhere, "{path}");
        }
    }

    #[test]
    fn a_window_is_the_same_place() {
        let id: DashboardId = "finance".parse().expect("an id");
        for place in ["/", "/q3", "/q3?a=b&c=d", "/?window"] {
            let address = window_of(&id, &LocalPath::parse(place).expect("a path"));
            let (path, query) = address.split_once('?').expect("a query");
            assert_eq!(dashboard(path, query), Some(("finance".into(), Some(place.into()), true)));
        }
    }

    #[test]
    fn only_dashboards_are_come_back_to() {
        assert_eq!(here("/d/finance/q3", "window&a=b").as_str(), "/d/finance/q3?window&a=b");
        assert_eq!(here("/callback", "code=a").as_str(), "/");
        assert_eq!(here("/d//evil", "").as_str(), "/");
    }
}
