//! Sessions and grants in this process's memory, bounded: so many at a time, so many of one person.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use dashmap::DashMap;
use lanyard_contract::DashboardId;

use super::{
    Session, SessionId, Shared,
    store::{Answer, Full, GrantId, Grants, Sessions},
};
use crate::{clock::Timestamp, identity::Person, random::Digest256};

/// App cookies kept for one session at one host: a frame and a window may have a jar each.
const COOKIES_PER_HOST: usize = 4;

struct Entry {
    session: Shared,
    /// Oldest first.
    cookies: Vec<(DashboardId, Digest256)>,
}

/// Sessions by id and by app cookie.
pub struct MemorySessions {
    by_id: DashMap<SessionId, Entry>,
    by_cookie: DashMap<Digest256, (SessionId, DashboardId)>,
    /// Oldest first.
    by_person: DashMap<[u8; 32], Vec<SessionId>>,
    by_expiry: Mutex<BTreeSet<(Timestamp, [u8; 32])>>,
    per_person: usize,
    total: usize,
}

impl MemorySessions {
    pub fn new(per_person: usize, total: usize) -> Self {
        Self {
            by_id: DashMap::new(),
            by_cookie: DashMap::new(),
            by_person: DashMap::new(),
            by_expiry: Mutex::default(),
            per_person: per_person.max(1),
            total,
        }
    }

    fn insert_now(&self, session: Session) -> Result<Vec<SessionId>, Full> {
        if self.by_id.len() >= self.total {
            return Err(Full);
        }
        let (id, expires) = (session.id, session.expires);
        let person = person_key(&session.person);
        self.by_id.insert(id, Entry { session: Arc::new(session), cookies: Vec::new() });
        self.expiry().insert((expires, id.0.0));
        let mut mine = self.by_person.entry(person).or_default();
        mine.push(id);
        let surplus = mine.len().saturating_sub(self.per_person);
        Ok(mine[..surplus].to_vec())
    }

    fn remove_now(&self, id: SessionId) -> Option<Shared> {
        let (_, entry) = self.by_id.remove(&id)?;
        for (_, cookie) in &entry.cookies {
            self.by_cookie.remove(cookie);
        }
        self.expiry().remove(&(entry.session.expires, id.0.0));
        let person = person_key(&entry.session.person);
        if let Some(mut mine) = self.by_person.get_mut(&person) {
            mine.retain(|other| *other != id);
        }
        self.by_person.remove_if(&person, |_, mine| mine.is_empty());
        Some(entry.session)
    }

    fn bind_now(&self, cookie: Digest256, session: SessionId, dashboard: DashboardId) -> bool {
        let Some(mut entry) = self.by_id.get_mut(&session) else {
            return false;
        };
        let here = entry.cookies.iter().filter(|(host, _)| *host == dashboard).count();
        if here >= COOKIES_PER_HOST
            && let Some(oldest) = entry.cookies.iter().position(|(host, _)| *host == dashboard)
        {
            let (_, dropped) = entry.cookies.remove(oldest);
            self.by_cookie.remove(&dropped);
        }
        entry.cookies.push((dashboard.clone(), cookie));
        // Under the entry's lock: a session that ends now takes this cookie with it.
        self.by_cookie.insert(cookie, (session, dashboard));
        true
    }

    fn expiry(&self) -> std::sync::MutexGuard<'_, BTreeSet<(Timestamp, [u8; 32])>> {
        self.by_expiry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get_now(&self, id: SessionId, now: Timestamp) -> Option<Shared> {
        self.by_id.get(&id).map(|entry| entry.session.clone()).filter(|session| !session.is_over(now))
    }
}

fn person_key(person: &Person) -> [u8; 32] {
    person.fingerprint("sessions of a person")
}

fn ready<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(value))
}

impl Sessions for MemorySessions {
    fn insert(&self, session: Session) -> Answer<'_, Result<Vec<SessionId>, Full>> {
        ready(self.insert_now(session))
    }

    fn get(&self, id: SessionId, now: Timestamp) -> Answer<'_, Option<Shared>> {
        ready(self.get_now(id, now))
    }

    fn remove(&self, id: SessionId) -> Answer<'_, Option<Shared>> {
        ready(self.remove_now(id))
    }

    fn bind(&self, cookie: Digest256, session: SessionId, dashboard: DashboardId) -> Answer<'_, bool> {
        ready(self.bind_now(cookie, session, dashboard))
    }

    fn by_app_cookie(&self, cookie: Digest256, now: Timestamp) -> Answer<'_, Option<(Shared, DashboardId)>> {
        let bound = self.by_cookie.get(&cookie).map(|bound| bound.clone());
        ready(bound.and_then(|(id, dashboard)| Some((self.get_now(id, now)?, dashboard))))
    }

    fn of_person(&self, person: &Person, now: Timestamp) -> Answer<'_, Vec<Shared>> {
        let mine = self.by_person.get(&person_key(person)).map(|mine| mine.clone()).unwrap_or_default();
        ready(mine.into_iter().rev().filter_map(|id| self.get_now(id, now)).collect())
    }

    fn due(&self, now: Timestamp) -> Answer<'_, Vec<SessionId>> {
        let due = self
            .expiry()
            .iter()
            .take_while(|(expires, _)| *expires <= now)
            .map(|(_, id)| SessionId(Digest256(*id)))
            .collect();
        ready(due)
    }

    fn count(&self) -> usize {
        self.by_id.len()
    }
}

type GrantsOfSession = HashMap<DashboardId, (u64, GrantId)>;

/// Grants, by session. Bounded by sessions times dashboards; they go when their session ends.
#[derive(Default)]
pub struct MemoryGrants {
    by_session: DashMap<SessionId, GrantsOfSession>,
}

impl Grants for MemoryGrants {
    fn get(
        &self,
        session: SessionId,
        dashboard: &DashboardId,
        generation: u64,
    ) -> Answer<'_, Option<GrantId>> {
        let grants = self.by_session.get(&session);
        let grant = grants.and_then(|grants| {
            grants.get(dashboard).filter(|(under, _)| *under == generation).map(|(_, grant)| grant.clone())
        });
        ready(grant)
    }

    fn put(
        &self,
        session: SessionId,
        dashboard: DashboardId,
        generation: u64,
        grant: GrantId,
    ) -> Answer<'_, ()> {
        self.by_session.entry(session).or_default().insert(dashboard, (generation, grant));
        ready(())
    }

    fn forget(&self, session: SessionId) -> Answer<'_, ()> {
        self.by_session.remove(&session);
        ready(())
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
