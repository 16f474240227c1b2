//! The few things that are kept open, by dashboard: the most recently used ones. It does not know what a
//! frame is.

use lanyard_contract::DashboardId;

/// In the order of use, the most recent last.
#[derive(Debug)]
pub struct Pool<T> {
    kept: Vec<(DashboardId, T)>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { kept: Vec::new() }
    }
}

impl<T> Pool<T> {
    pub fn get_mut(&mut self, id: &DashboardId) -> Option<&mut T> {
        self.kept.iter_mut().find(|(known, _)| known == id).map(|(_, kept)| kept)
    }

    /// Marks as the most recently used.
    pub fn touch(&mut self, id: &DashboardId) -> Option<&mut T> {
        let at = self.kept.iter().position(|(known, _)| known == id)?;
        let used = self.kept.remove(at);
        self.kept.push(used);
        self.kept.last_mut().map(|(_, kept)| kept)
    }

    /// Adds, and returns what has to go so that there are at most so many: the same dashboard's, or the least
    /// recently used.
    #[must_use]
    pub fn insert(&mut self, id: DashboardId, new: T, most: usize) -> Option<T> {
        let same = self.kept.iter().position(|(known, _)| *known == id);
        let goes = same.or((self.kept.len() >= most).then_some(0));
        let gone = goes.map(|at| self.kept.remove(at).1);
        self.kept.push((id, new));
        gone
    }

    /// Keeps what passes and returns the rest.
    pub fn drain_unless(&mut self, passes: impl Fn(&DashboardId) -> bool) -> Vec<T> {
        let (stay, go): (Vec<_>, Vec<_>) = self.kept.drain(..).partition(|(id, _)| passes(id));
        self.kept = stay;
        go.into_iter().map(|(_, gone)| gone).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&DashboardId, &T)> {
        self.kept.iter().map(|(id, kept)| (id, kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 6;

    fn id(nth: usize) -> DashboardId {
        format!("d{nth}").parse().expect("an id")
    }

    #[test]
    fn the_least_recently_used_one_goes() {
        let mut pool = Pool::default();
        for nth in 0..MOST {
            assert_eq!(pool.insert(id(nth), nth, MOST), None);
        }
        assert!(pool.touch(&id(0)).is_some());
        assert_eq!(pool.insert(id(MOST), MOST, MOST), Some(1));
        assert_eq!(pool.iter().count(), MOST);
        assert!(pool.touch(&id(1)).is_none());
    }

    #[test]
    fn one_each_dashboard() {
        let mut pool = Pool::default();
        assert_eq!(pool.insert(id(0), "old", MOST), None);
        assert_eq!(pool.insert(id(0), "new", MOST), Some("old"));
        assert_eq!(pool.iter().count(), 1);
    }

    #[test]
    fn what_is_no_longer_allowed_is_handed_out() {
        let mut pool = Pool::default();
        assert_eq!(pool.insert(id(0), 0, MOST).or(pool.insert(id(1), 1, MOST)), None);
        assert_eq!(pool.drain_unless(|known| *known == id(1)), vec![0]);
        assert_eq!(pool.iter().count(), 1);
    }
}
