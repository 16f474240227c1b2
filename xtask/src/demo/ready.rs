//! Asks the gateway itself whether it is ready: the admin listener's `/readyz`, and the portal's page.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    thread,
    time::Duration,
};

use anyhow::{Result, bail};

use super::{children::Children, ports::Ports};
use crate::{clock::Stopwatch, interrupt};

const PATIENCE: Duration = Duration::from_secs(20);

/// Until both answer 200.
pub(super) fn wait(ports: Ports, children: &mut Children) -> Result<()> {
    let since = Stopwatch::start();
    let admin = format!("127.0.0.1:{}", ports.admin);
    let portal = format!("lanyard.localhost:{}", ports.portal);
    while !(answers(ports.admin, &admin, "/readyz") && answers(ports.portal, &portal, "/")) {
        interrupt::check()?;
        children.check_alive()?;
        if since.elapsed() > PATIENCE {
            let (seconds, port) = (PATIENCE.as_secs(), ports.portal);
            bail!("the gateway is not ready after {seconds} s: see target/demo/{port}/gateway.log");
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn answers(port: u16, host: &str, path: &str) -> bool {
    status(port, host, path).is_ok_and(|line| line == "HTTP/1.1 200")
}

/// The first twelve bytes of the answer: version and status.
fn status(port: u16, host: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = [0; 12];
    stream.read_exact(&mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn only_a_200_counts_as_an_answer() {
        for (answer, expected) in [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 Wait\r\n\r\n", false)] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let read = stream.read(&mut request).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                String::from_utf8_lossy(&request[..read]).into_owned()
            });
            assert_eq!(answers(port, "lanyard.localhost:8080", "/"), expected);
            assert!(server.join().unwrap().contains("Host: lanyard.localhost:8080\r\n"));
        }
        assert!(!answers(1, "127.0.0.1:1", "/readyz"));
    }
}
