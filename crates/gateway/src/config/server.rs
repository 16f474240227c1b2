//! `[server]`, `[session]` and `[limits]`: where the gateway listens, what it keeps, and where it stops.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
    time::Duration,
};

use super::{Limits, Server, Session, secret::Around, section::Section, value::Value};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const INSTANT: Duration = Duration::from_millis(1);

pub fn server(section: &Section<'_>, around: &Around<'_>) -> Server {
    let admin = section.get("admin");
    let admin_address = admin.as_ref().and_then(socket);
    let admin_address = admin_address.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 9090)));
    let listen = section.get("listen").and_then(|value| listen(&value));
    let listen = listen.unwrap_or_else(|| {
        vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), SocketAddr::from((Ipv6Addr::LOCALHOST, 8080))]
    });
    if listen.iter().any(|address| collide(*address, admin_address))
        && let Some(value) = admin.or_else(|| section.get("listen"))
    {
        value.refuse::<()>(format!("server.admin and server.listen are both {admin_address}"));
    }
    let path = |key, default: &str| {
        let path = section.get(key).and_then(|value| value.text()).unwrap_or(default);
        around.path(path)
    };
    let state = path("state", "lanyard-state");
    let audit = section.get("audit").and_then(|value| value.text()).map(|audit| around.path(audit));
    Server {
        listen,
        admin: admin_address,
        trusted_proxies: section
            .get("trusted_proxies")
            .and_then(|value| addresses(&value))
            .unwrap_or_default(),
        shell: path("shell", "dist"),
        audit: audit.unwrap_or_else(|| state.join("audit.jsonl")),
        state,
        drain: duration(section, "drain", Duration::ZERO..=10 * MINUTE, Duration::from_secs(10)),
    }
}

pub fn session(section: &Section<'_>) -> Session {
    Session {
        absolute: duration(section, "absolute", INSTANT..=30 * 24 * HOUR, 8 * HOUR),
        per_person: count(section, "per_person", 1..=10_000, 20),
        total: count(section, "total", 1..=10_000_000, 100_000),
    }
}

pub fn limits(section: &Section<'_>) -> Limits {
    Limits {
        sign_ins: count(section, "sign_ins", 1..=1_000_000, 300),
        header_bytes: count(section, "header_bytes", 8 * 1024..=1024 * 1024, 64 * 1024),
        header_timeout: duration(section, "header_timeout", INSTANT..=5 * MINUTE, Duration::from_secs(10)),
        idle_timeout: duration(section, "idle_timeout", INSTANT..=24 * HOUR, 10 * MINUTE),
        websocket_idle_timeout: duration(section, "websocket_idle_timeout", INSTANT..=24 * HOUR, HOUR),
        connections: count(section, "connections", 1..=1_000_000, 20_000),
    }
}

fn duration(
    section: &Section<'_>,
    key: &'static str,
    range: RangeInclusive<Duration>,
    default: Duration,
) -> Duration {
    section.get(key).and_then(|value| value.duration(range)).unwrap_or(default)
}

fn count<N: TryFrom<u64>>(
    section: &Section<'_>,
    key: &'static str,
    range: RangeInclusive<u64>,
    default: N,
) -> N {
    let count = section.get(key).and_then(|value| value.integer(range));
    count.and_then(|count| count.try_into().ok()).unwrap_or(default)
}

fn socket(value: &Value<'_>) -> Option<SocketAddr> {
    let address = value.string()?.parse().ok();
    address
        .or_else(|| value.refuse("must be an address and a port, such as '127.0.0.1:8080' or '[::1]:8080'"))
}

fn listen(value: &Value<'_>) -> Option<Vec<SocketAddr>> {
    let list = value.list()?;
    if list.is_empty() {
        return value.refuse("is empty: the gateway would listen nowhere");
    }
    let mut listen: Vec<SocketAddr> = Vec::new();
    for element in list {
        let Some(address) = socket(&element) else { continue };
        if let Some(other) = listen.iter().find(|other| collide(**other, address)) {
            element.refuse::<()>(format!("cannot be listened on together with {other}"));
        } else {
            listen.push(address);
        }
    }
    Some(listen)
}

/// Whether two listeners want the same port of the same address. Port 0 is a free one, each time another.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let every = one.ip().is_unspecified() || other.ip().is_unspecified();
    let same = one.ip() == other.ip() || (every && one.is_ipv4() == other.is_ipv4());
    one.port() == other.port() && one.port() != 0 && same
}

fn addresses(value: &Value<'_>) -> Option<Vec<IpAddr>> {
    let address = |element: &Value<'_>| {
        let address = element.string()?.parse().ok();
        address.or_else(|| {
            element.refuse("must be a single address, such as '10.0.0.7', without port or network")
        })
    };
    Some(value.list()?.iter().filter_map(address).collect())
}
