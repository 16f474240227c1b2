//! Answers as they came: status, every header line, and the body by whichever framing it has (RFC 9112,
//! section 6.3). An exchange can be read piece by piece, to see what arrives when.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// No single step of an exchange may take longer.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The head, byte for byte.
    pub head: Vec<u8>,
}

impl Answer {
    fn of_head(head: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&head);
        let mut lines = text.trim_end().split("\r\n");
        let first = lines.next().unwrap_or_default();
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.unwrap_or_else(|| panic!("not an HTTP status line: {first:?}"));
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self { status, headers, body: Vec::new(), head }
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The value that a `Set-Cookie` line gives this cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let value = |line: &str| {
            line.split(';').next()?.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned)
        };
        self.all("set-cookie").find_map(value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} is not JSON: {error}: {}", self.status, self.text()))
    }

    /// `code` of a problem, or nothing.
    pub fn problem(&self) -> String {
        let json: Option<Value> = serde_json::from_slice(&self.body).ok();
        json.and_then(|json| Some(json["code"].as_str()?.to_owned())).unwrap_or_default()
    }

    /// Head and body in one, to search for traces.
    pub fn everything(&self) -> String {
        format!("{}{}", String::from_utf8_lossy(&self.head), self.text())
    }

    /// What two refusals that must not differ are compared by: status, names of headers in order, and the body but
    /// for the request's own reference.
    pub fn shape(&self) -> (u16, Vec<&str>, String) {
        let names = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let reference = self.header("x-request-id").filter(|reference| !reference.is_empty());
        let body = reference.map_or_else(|| self.text(), |reference| self.text().replace(reference, "…"));
        (self.status, names, body)
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected answer:\n{}", self.everything());
        self
    }
}

/// A request that was sent, and as much of its answer as was read.
pub struct Exchange {
    pub stream: TcpStream,
    pub(crate) buffer: Vec<u8>,
    head_only: bool,
}

impl Exchange {
    pub async fn begin(port: u16, bytes: &[u8], head_only: bool) -> Self {
        let connecting = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
        Self::write(connecting, port, bytes, head_only).await
    }

    /// From an address of this machine. A port is kept for a minute by each: not for thousands of requests.
    pub async fn begin_from(source: &str, port: u16, bytes: &[u8], head_only: bool) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        let source = SocketAddr::new(source.parse().expect("an address"), 0);
        socket.bind(source).unwrap_or_else(|error| panic!("{source} is no address of this machine: {error}"));
        Self::write(socket.connect((Ipv4Addr::LOCALHOST, port).into()).await, port, bytes, head_only).await
    }

    async fn write(connecting: io::Result<TcpStream>, port: u16, bytes: &[u8], head_only: bool) -> Self {
        let mut stream =
            connecting.unwrap_or_else(|error| panic!("nothing listens on 127.0.0.1:{port}: {error}"));
        // A server may refuse and close before it has read everything; its answer is what counts.
        let _ = stream.write_all(bytes).await;
        Self { stream, buffer: Vec::new(), head_only }
    }

    /// Reads more. `false` at the end of the stream.
    pub async fn more(&mut self) -> bool {
        let mut piece = [0; 16 * 1024];
        let read = timeout(PATIENCE, self.stream.read(&mut piece)).await.unwrap_or_else(|_| {
            panic!("nothing for {PATIENCE:?} after {:?}", String::from_utf8_lossy(&self.buffer))
        });
        let count = read.unwrap_or(0);
        self.buffer.extend_from_slice(&piece[..count]);
        count > 0
    }

    /// The head of the answer. `None` when the other side closed without one.
    pub async fn head(&mut self) -> Option<Answer> {
        loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..at + 4).collect();
                let answer = Answer::of_head(head);
                if answer.status != 100 {
                    return Some(answer);
                }
            } else if !self.more().await {
                return None;
            }
        }
    }

    /// Every answer until the other side closes, or is quiet for this long after the first; and whether it
    /// closed.
    pub async fn answers(&mut self, quiet: Duration) -> (Vec<Answer>, bool) {
        let mut answers = Vec::new();
        loop {
            let wait = if answers.is_empty() { PATIENCE } else { quiet };
            match timeout(wait, self.head()).await {
                Ok(Some(mut answer)) => {
                    answer.body = self.body(&answer).await;
                    answers.push(answer);
                }
                Ok(None) => {
                    let rest = String::from_utf8_lossy(&self.buffer);
                    assert!(rest.is_empty(), "closed in the middle of an answer: {rest:?}");
                    return (answers, true);
                }
                Err(_) => return (answers, false),
            }
        }
    }

    /// Every byte until the other side closes or is quiet for this long, and whether it closed.
    pub async fn rest(&mut self, quiet: Duration) -> (Vec<u8>, bool) {
        loop {
            match timeout(quiet, self.more()).await {
                Ok(true) => {}
                ended => return (std::mem::take(&mut self.buffer), ended.is_ok()),
            }
        }
    }

    /// Bytes of the body that have arrived and were not taken yet, undecoded; waits for at least one.
    pub async fn piece(&mut self) -> Vec<u8> {
        while self.buffer.is_empty() && self.more().await {}
        std::mem::take(&mut self.buffer)
    }

    /// The whole answer.
    pub async fn finish(mut self) -> Answer {
        let Some(mut answer) = self.head().await else {
            panic!("the connection was closed without an answer")
        };
        answer.body = self.body(&answer).await;
        answer
    }

    pub async fn body(&mut self, head: &Answer) -> Vec<u8> {
        if self.head_only || head.status < 200 || matches!(head.status, 204 | 304) {
            return Vec::new();
        }
        if head.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return self.chunked().await;
        }
        match head.header("content-length").and_then(|length| length.parse().ok()) {
            Some(length) => self.exactly(length).await,
            None => {
                while self.more().await {}
                std::mem::take(&mut self.buffer)
            }
        }
    }

    async fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.buffer.len() < length {
            assert!(self.more().await, "closed after {} of {length} bytes", self.buffer.len());
        }
        self.buffer.drain(..length).collect()
    }

    async fn chunked(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let at = loop {
                match find(&self.buffer, b"\r\n") {
                    Some(at) => break at,
                    None => assert!(self.more().await, "closed inside a chunked body"),
                }
            };
            let line: Vec<u8> = self.buffer.drain(..at + 2).collect();
            let size = String::from_utf8_lossy(&line);
            let size = size.trim().split(';').next().and_then(|hex| usize::from_str_radix(hex, 16).ok());
            let size = size.expect("a chunk begins with its size");
            let chunk = self.exactly(size + 2).await;
            if size == 0 {
                return body;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }
}

/// Where a sequence of bytes begins.
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
