//! Room for clients: so many connections at a time, and for one network at most half of them, so that a single
//! crowd cannot keep everybody else outside. Trusted proxies stand for many networks and have no such limit.

use std::{net::IpAddr, sync::Arc};

use dashmap::DashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::caller::network;
use crate::dashboards::tunnel::Place;

/// All places. Cheap to clone.
#[derive(Clone)]
pub struct Places {
    room: Arc<Semaphore>,
    by_network: Arc<DashMap<IpAddr, usize>>,
    most: usize,
    proxies: Arc<[IpAddr]>,
}

impl Places {
    pub fn new(count: usize, proxies: &[IpAddr]) -> Self {
        Self {
            room: Arc::new(Semaphore::new(count)),
            by_network: Arc::default(),
            most: count.div_ceil(2),
            proxies: proxies.into(),
        }
    }

    /// A place for this peer, unless its network has its share already. Waits while there is no room at all.
    pub async fn take(&self, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let share = if self.proxies.contains(&peer) { None } else { Some(self.share(network(peer))?) };
        let room = self.room.clone().acquire_owned().await.ok()?;
        Some(Place(Arc::new(Taken { room, share })))
    }

    fn share(&self, network: IpAddr) -> Option<Share> {
        let mut taken = self.by_network.entry(network).or_default();
        if *taken >= self.most {
            return None;
        }
        *taken += 1;
        Some(Share { network, by_network: self.by_network.clone() })
    }
}

#[allow(dead_code, reason = "held, not read")]
struct Taken {
    room: OwnedSemaphorePermit,
    share: Option<Share>,
}

/// One connection in its network's count.
struct Share {
    network: IpAddr,
    by_network: Arc<DashMap<IpAddr, usize>>,
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(mut taken) = self.by_network.get_mut(&self.network) {
            *taken -= 1;
        }
        self.by_network.remove_if(&self.network, |_, taken| *taken == 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const FAR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));

    #[tokio::test]
    async fn one_network_takes_half_of_the_places_and_gets_them_back() {
        let places = Places::new(4, &[]);
        let one = places.take(NEAR).await;
        let two = places.take(NEAR).await;
        assert!(one.is_some() && two.is_some());
        assert!(places.take(NEAR).await.is_none(), "a third of four");
        assert!(places.take(FAR).await.is_some(), "others find room");
        drop(one);
        assert!(places.take(NEAR).await.is_some(), "what was given back can be taken");
        drop(two);
    }

    #[tokio::test]
    async fn nobody_is_remembered_who_has_left() {
        let places = Places::new(4, &[]);
        drop(places.take(NEAR).await);
        assert!(places.by_network.is_empty());
    }

    #[tokio::test]
    async fn a_trusted_proxy_may_take_them_all() {
        let places = Places::new(2, &[NEAR]);
        let taken = (places.take(NEAR).await, places.take("::ffff:192.0.2.1".parse().expect("NEAR")).await);
        assert!(taken.0.is_some() && taken.1.is_some());
    }
}
