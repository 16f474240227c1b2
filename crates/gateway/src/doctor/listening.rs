//! Whether an app on this machine can be reached from others: whoever can, goes round the gateway. The kernel's own
//! list tells; where there is none, an address of this machine is tried.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::Duration,
};

use futures_util::future::{BoxFuture, join_all};
use tokio::{net::TcpStream, time::timeout};

use super::{Finding, Setup, Severity, Visited, framework::Framework};

const PATIENCE: Duration = Duration::from_secs(2);
/// In the kernel's list (Linux, `TCP_LISTEN`).
const LISTENS: &str = "0A";

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    Box::pin(async {
        let own = setup.apps.iter().filter(|visited| visited.page.is_ok() && is_here(visited));
        let list = sockets();
        let list = list.as_deref();
        join_all(own.map(|visited| judge(visited, list))).await.into_iter().flatten().collect()
    })
}

/// Whether the app is on this machine.
fn is_here(Visited { app, .. }: &Visited) -> bool {
    let authority = &app.upstream.authority;
    authority.is_loopback() || authority.address().is_some_and(|at| UdpSocket::bind((at, 0)).is_ok())
}

async fn judge(visited: &Visited, list: Option<&[SocketAddr]>) -> Option<Finding> {
    let port = visited.app.upstream.authority.port();
    let open = match list {
        Some(list) => {
            let own: Vec<IpAddr> = list.iter().filter(|at| at.port() == port).map(SocketAddr::ip).collect();
            // A port that leads into another network, as containers have, is not in this machine's list.
            own.first()?;
            own.into_iter().find(|ip| !ip.to_canonical().is_loopback())
        }
        None => {
            let outside = outside()?;
            let tried = timeout(PATIENCE, TcpStream::connect((outside, port))).await;
            tried.is_ok_and(|connected| connected.is_ok()).then_some(outside)
        }
    };
    let app = &visited.app;
    let Some(at) = open else {
        return Some(Finding::of(app, Severity::Fine, "listens on this machine alone"));
    };
    let framework = visited.page.as_ref().ok().and_then(Framework::of);
    let remedy = framework.map_or("let it listen on 127.0.0.1", Framework::own_machine);
    let place = if at.is_unspecified() { "all addresses of this machine".to_owned() } else { at.to_string() };
    let message = format!(
        "listens on {place}, port {port}: whoever reaches that goes round the gateway, as whom they like; {remedy}, or \
         close the port to others"
    );
    Some(Finding::of(app, Severity::Warning, message))
}

/// Everything that listens on this machine. `None` where the kernel does not say.
fn sockets() -> Option<Vec<SocketAddr>> {
    let v4 = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let v6 = std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
    Some(listening(&v4).chain(listening(&v6)).collect())
}

/// proc_net_tcp: a number, the local address, the other, the state, …
fn listening(list: &str) -> impl Iterator<Item = SocketAddr> {
    list.lines().skip(1).filter_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let (local, state) = (words.next()?, words.nth(1)?);
        if state == LISTENS { socket(local) } else { None }
    })
}

/// Each 32 bits of the address as the number that they are on this machine, in hexadecimal.
fn socket(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words = address.as_bytes().chunks(8).map(|word| {
        let word = u32::from_str_radix(str::from_utf8(word).ok()?, 16).ok()?;
        Some(word.to_ne_bytes())
    });
    let bytes = words.collect::<Option<Vec<_>>>()?.concat();
    let address = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(v4) => IpAddr::from(Ipv4Addr::from(v4)),
        Err(_) => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?)),
    };
    Some((address, port).into())
}

/// The address from which this machine would reach others. Nothing is sent (192.0.2.0/24 is nobody's, RFC 5737).
fn outside() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|at| at.ip()).filter(|ip| !ip.is_unspecified() && !ip.is_loopback())
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_is_read() {
        let v4 = "  sl  local_address rem_address   st tx_queue\n\
                  \u{20}  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000\n\
                  \u{20}  1: 00000000:2149 00000000:0000 0A 00000000:00000000 00:00000000\n\
                  \u{20}  2: 0100007F:2149 0100007F:9C40 01 00000000:00000000 00:00000000\n nonsense\n";
        let v6 = "head\n 0: 00000000000000000000000001000000:1F90 0:0 0A 0\n\
                  \u{20}1: 00000000000000000000000000000000:0050 0:0 0A 0\n 2: 00000000:x 0:0 0A\n";
        let found: Vec<String> = listening(v4).chain(listening(v6)).map(|at| at.to_string()).collect();
        assert_eq!(found, ["127.0.0.1:8080", "0.0.0.0:8521", "[::1]:8080", "[::]:80"]);
    }

    #[test]
    fn this_machines_own_list_holds_what_listens_here() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(sockets().unwrap().contains(&listener.local_addr().unwrap()));
    }
}
