//! Asks a server of this machine for a page and looks at nothing but the status.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

/// How long one may be silent. Whoever is busy starting is asked again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether it answers 200.
pub(super) fn answers(port: u16, host: &str, path: &str) -> bool {
    status(port, host, path).is_ok_and(|line| matches!(&line, b"HTTP/1.1 200" | b"HTTP/1.0 200"))
}

/// The first twelve bytes of the answer: version and status.
fn status(port: u16, host: &str, path: &str) -> std::io::Result<[u8; 12]> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = [0; 12];
    stream.read_exact(&mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    #[test]
    fn only_a_200_counts_as_an_answer() {
        for (answer, expected) in [
            ("HTTP/1.1 200 OK\r\n\r\n", true),
            ("HTTP/1.0 200 OK\r\n\r\n", true),
            ("HTTP/1.1 503 Wait\r\n\r\n", false),
            ("HTTP/1.1 302 Found\r\n\r\n", false),
            ("HTTP", false),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let read = stream.read(&mut request).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                String::from_utf8_lossy(&request[..read]).into_owned()
            });
            assert_eq!(answers(port, "lanyard.localhost:8080", "/"), expected, "{answer}");
            assert!(server.join().unwrap().contains("Host: lanyard.localhost:8080\r\n"));
        }
        assert!(!answers(1, "127.0.0.1:1", "/readyz"));
    }
}
