//! File descriptors: a service usually starts with 1 024 of them, which are as many connections to clients and
//! apps together. The gateway takes what it may have, and no more connections than that is good for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Log, audit trail, listeners, the provider, connections that are kept to apps.
const OTHERS: u64 = 256;

/// A client's connection and the one that is opened to an app for it.
const EACH: u64 = 2;

/// Raises the process's soft limit to its hard one. How many clients that is enough for; `None` is any number.
pub fn raise() -> Option<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised =
        current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
    enough_for(if raised { maximum } else { current })
}

fn enough_for(descriptors: Option<u64>) -> Option<usize> {
    let clients = (descriptors?.saturating_sub(OTHERS) / EACH).max(1);
    usize::try_from(clients).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_may_need_two() {
        assert_eq!(enough_for(Some(1_024)), Some(384));
        assert_eq!(enough_for(Some(10)), Some(1), "and one is served whatever happens");
        assert_eq!(enough_for(None), None);
    }
}
