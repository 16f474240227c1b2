//! The places that the palette leads to: home and what is open to this person. It finds them by a query, and
//! in the order of use without one.

use lanyard_contract::{DashboardId, paths::LocalPath, wire::SessionAnswer};

use super::address;
use crate::{
    policy,
    ui::{
        fuzzy::{Folded, score},
        words,
    },
};

/// Rows that are drawn: whoever has not found it among so many types another letter.
const DRAWN: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `None` is home.
    pub id: Option<DashboardId>,
    pub title: String,
    pub section: Option<String>,
    pub icon: Option<String>,
    pub address: String,
    /// Where it has a window of its own.
    pub window: String,
    folded: (Folded, Folded),
}

/// What is drawn, by number among all places, and how many there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub places: Vec<usize>,
    pub count: usize,
}

/// Home, and the dashboards in the order of the navigation.
pub fn all(answer: &SessionAnswer) -> Vec<Place> {
    let home = Place {
        id: None,
        title: words::HOME.to_owned(),
        section: None,
        icon: None,
        address: "/".to_owned(),
        window: "/".to_owned(),
        folded: (Folded::new(words::HOME), Folded::default()),
    };
    let dashboards = policy::visible(answer).map(|known| Place {
        id: Some(known.id.clone()),
        title: known.title.clone(),
        section: known.section.clone(),
        icon: known.icon.clone(),
        address: address::of(&known.id),
        window: address::window_of(&known.id, &LocalPath::root()),
        folded: (Folded::new(&known.title), Folded::new(known.section.as_deref().unwrap_or_default())),
    });
    std::iter::once(home).chain(dashboards).collect()
}

/// Puts what was opened last first. Whoever is there already does not look for it.
pub fn recent_first(mut places: Vec<Place>, recents: &[DashboardId], here: &str) -> Vec<Place> {
    let mut first = Vec::new();
    for id in recents {
        let known = places.iter().position(|place| place.id.as_ref() == Some(id));
        if let Some(at) = known.filter(|at| !is_at(here, &places[*at].address)) {
            first.push(places.remove(at));
        }
    }
    first.append(&mut places);
    first
}

fn is_at(here: &str, address: &str) -> bool {
    here.strip_prefix(address).is_some_and(|inside| inside.is_empty() || inside.starts_with('/'))
}

pub fn find(places: &[Place], query: &Folded) -> Found {
    let (mut best, mut count) = (Vec::<(i32, usize)>::new(), 0);
    for (at, place) in places.iter().enumerate() {
        let score = if query.is_empty() { Some(0) } else { score(query, &place.folded.0, &place.folded.1) };
        let Some(score) = score else { continue };
        count += 1;
        // Behind its equals: of two that fit as well, the one used last comes first.
        let rank = best.partition_point(|(other, _)| *other >= score);
        if rank < DRAWN {
            best.insert(rank, (score, at));
            best.truncate(DRAWN);
        }
    }
    Found { places: best.into_iter().map(|(_, at)| at).collect(), count }
}

#[cfg(test)]
mod tests {
    use lanyard_contract::{
        policy::Access,
        wire::{Dashboard, Kind},
    };

    use super::*;

    fn places(titles: &[&str]) -> Vec<Place> {
        let dashboards = titles.iter().map(|title| Dashboard {
            id: title.to_lowercase().parse().expect("an id"),
            title: (*title).to_owned(),
            section: Some("KPI".to_owned()),
            description: None,
            icon: None,
            access: Access::Public,
            kind: Kind::External { url: "https://elsewhere.example".to_owned() },
        });
        all(&SessionAnswer {
            identity: None,
            roles: Default::default(),
            dashboards: dashboards.collect(),
            expires: None,
            vouched: false,
        })
    }

    fn titles(places: &[Place], query: &str) -> Vec<String> {
        let found = find(places, &Folded::new(query));
        found.places.into_iter().map(|at| places[at].title.clone()).collect()
    }

    #[test]
    fn what_was_opened_last_comes_first_except_where_one_is() {
        let recents: Vec<DashboardId> =
            ["c", "gone", "b"].into_iter().map(|id| id.parse().expect("an id")).collect();
        let order = |here: &str| titles(&recent_first(places(&["A", "B", "C"]), &recents, here), "");
        assert_eq!(order("/"), ["C", "B", "Home", "A"]);
        assert_eq!(order("/d/c/inside"), ["B", "Home", "A", "C"]);
        assert_eq!(order("/d/cc"), ["C", "B", "Home", "A"]);
    }

    #[test]
    fn a_query_finds_home_titles_and_sections_and_keeps_the_order_of_equals() {
        let known = places(&["Finance", "Data", "Film"]);
        assert_eq!(titles(&known, "hom"), ["Home"]);
        assert_eq!(titles(&known, "fi"), ["Finance", "Film"]);
        assert_eq!(titles(&known, "kpi"), ["Finance", "Data", "Film"]);
        assert_eq!(titles(&known, "zz"), [""; 0]);
    }

    #[test]
    fn of_a_thousand_no_more_are_drawn_than_somebody_reads() {
        let many: Vec<String> = (0..1_000).map(|n| format!("Board{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let found = find(&places(&many), &Folded::new("board"));
        assert_eq!((found.places.len(), found.count), (DRAWN, 1_000));
    }
}
