//! Home: the dashboards as cards, recently used first, then by section. Without any of their own, people are told
//! whom to ask; without anybody signed in, it invites to sign in.

use lanyard_contract::{
    DashboardId,
    paths::LocalPath,
    wire::{Dashboard, Identity, Kind, SessionAnswer},
};
use leptos::{prelude::*, task::spawn_local};

use super::{card::Card, states::States};
use crate::{
    config::Portal,
    identity::{Session, session::Why, sign_in_page::SignInPage},
    layout::navigation::sections,
    memory::Memory,
    policy,
    ui::{
        page::{Button, StatePage},
        words,
    },
};

/// As many as are shown before all others.
const MOST_RECENT: usize = 4;

/// Some cards under one heading.
#[derive(Debug, PartialEq, Eq)]
pub struct Shelf {
    pub title: Option<String>,
    pub dashboards: Vec<Dashboard>,
    /// Whether its cards have to say which section they are of.
    pub mixed: bool,
}

#[component]
pub fn Home(answer: SessionAnswer) -> impl IntoView {
    let opens = policy::opens_anything(&answer);
    let state = match answer.identity.clone() {
        None => Some(view! { <SignInPage return_to=Signal::stored(LocalPath::root())/> }.into_any()),
        Some(identity) if !opens => Some(view! { <NothingOpen identity/> }.into_any()),
        Some(_) => None,
    };
    let apps = policy::visible(&answer).filter(|known| matches!(known.kind, Kind::App { .. }));
    let states = States::begin(apps.map(|known| known.id.clone()).collect());
    // Not followed: cards that change places under somebody's hand help nobody.
    let recents = untrack(|| expect_context::<Memory>().recents());
    let shelves = shelves(&answer, &recents).into_iter().map(|Shelf { title, dashboards, mixed }| {
        let cards = dashboards.into_iter().map(|known| view! { <Card known mixed states/> }).collect_view();
        view! {
            <section class="cards">
                {title.map(|title| view! { <h2>{title}</h2> })}
                <ul>{cards}</ul>
            </section>
        }
    });
    view! { <div class="home">{state}{shelves.collect_view()}</div> }
}

/// Recently used first, then by section; nothing twice.
pub fn shelves(answer: &SessionAnswer, recents: &[DashboardId]) -> Vec<Shelf> {
    let visible = |id: &DashboardId| policy::visible(answer).find(|known| known.id == *id).cloned();
    let recent: Vec<_> = recents.iter().filter_map(visible).take(MOST_RECENT).collect();
    let is_new = |known: &Dashboard| recent.iter().all(|recent| recent.id != known.id);
    let mut shelves = Vec::new();
    for (section, mut dashboards) in sections(answer) {
        dashboards.retain(is_new);
        if !dashboards.is_empty() {
            let title = section.or_else(|| (!recent.is_empty()).then(|| words::OTHERS.to_owned()));
            shelves.push(Shelf { title, dashboards, mixed: false });
        }
    }
    if !recent.is_empty() {
        let title = Some(words::RECENT.to_owned());
        shelves.insert(0, Shelf { title, dashboards: recent, mixed: true });
    }
    shelves
}

/// "No dashboard is open to you yet".
#[component]
fn NothingOpen(identity: Identity) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    let who = identity.email.as_ref().unwrap_or(&identity.name);
    let words = words::nothing_open(who, &identity.groups, &portal.contact());
    let check = move || {
        spawn_local(async move {
            let _ = session.refresh(Why::Unsaid).await;
        });
    };
    view! {
        <StatePage inner=true words=words.clone()>
            <Button primary=true label=words.action press=check/>
        </StatePage>
    }
}

#[cfg(test)]
mod tests {
    use lanyard_contract::policy::Access;

    use super::*;

    fn answer(dashboards: &[(&str, Option<&str>)]) -> SessionAnswer {
        let dashboard = |&(id, section): &(&str, Option<&str>)| Dashboard {
            id: id.parse().expect("an id"),
            title: id.to_owned(),
            section: section.map(str::to_owned),
            description: None,
            icon: None,
            access: Access::Public,
            kind: Kind::App { origin: "https://a.example".into() },
        };
        SessionAnswer {
            identity: None,
            roles: Default::default(),
            dashboards: dashboards.iter().map(dashboard).collect(),
            expires: None,
            vouched: false,
        }
    }

    fn drawn(answer: &SessionAnswer, recents: &[&str]) -> Vec<(Option<String>, Vec<String>)> {
        let recents: Vec<_> = recents.iter().map(|id| id.parse().expect("an id")).collect();
        let ids = |shelf: &Shelf| shelf.dashboards.iter().map(|known| known.id.to_string()).collect();
        shelves(answer, &recents).iter().map(|shelf| (shelf.title.clone(), ids(shelf))).collect()
    }

    #[test]
    fn recent_ones_come_first_and_nothing_comes_twice() {
        let all = answer(&[("a", Some("KPI")), ("b", None), ("c", Some("KPI")), ("d", Some("Ops"))]);
        let shelf = |title: &str, ids: &[&str]| {
            (Some(title.to_owned()), ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>())
        };
        let expected = [shelf("Recent", &["c", "d"]), shelf(words::OTHERS, &["b"]), shelf("KPI", &["a"])];
        assert_eq!(drawn(&all, &["c", "gone", "d"]), expected);
        assert_eq!(drawn(&all, &[])[0], (None, vec!["b".to_owned()]), "no heading over what has none");
    }

    #[test]
    fn no_more_than_a_few_are_recent() {
        let all = answer(&["a", "b", "c", "d", "e", "f"].map(|id| (id, None)));
        let drawn = drawn(&all, &["f", "e", "d", "c", "b"]);
        assert_eq!(drawn[0].1, ["f", "e", "d", "c"]);
        assert_eq!(drawn[1].1, ["a", "b"]);
    }
}
