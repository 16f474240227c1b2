//! One request as an upstream got it, and what is wrong with it: spoofed headers, our cookies, anything about
//! the viewer on a public dashboard, and every byte that is not in the gateway's own plain framing.

/// The text that marks a header as spoofed, wherever it stands in a name or value.
pub const SPOOFED: &str = "spoofed";

/// Headers that speak of the viewer.
const IDENTITY: [&str; 6] = [
    "x-forwarded-user",
    "x-forwarded-preferred-username",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-lanyard-assertion",
    "authorization",
];

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub target: String,
    /// Names in lower case, values as they came.
    pub headers: Vec<(String, String)>,
    pub head: Vec<u8>,
    pub body: Vec<u8>,
    /// Which of the upstream's connections it came by.
    pub connection: usize,
}

impl Seen {
    pub(super) fn of(head: Vec<u8>, connection: usize) -> Self {
        let text = String::from_utf8_lossy(&head);
        let mut lines = text.trim_end().split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        // Only these two are white space in a header (RFC 9110, section 5.6.3).
        let pair = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()))
        };
        let headers = lines.filter_map(pair).collect();
        Self { method, target, headers, body: Vec::new(), head, connection }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(key, _)| key == name).count()
    }

    pub(super) fn violations(&self, public: bool) -> Vec<String> {
        let mut wrong = self.loose_framing();
        for (name, value) in &self.headers {
            let line = format!("{name}: {value}").to_ascii_lowercase();
            let ours = |pair: &str| pair.trim_matches([' ', '\t']).starts_with("__host-lanyard");
            if name == "cookie" && line["cookie:".len()..].split(';').any(ours) {
                wrong.push(format!("a cookie of ours in {} {}", self.method, self.target));
            }
            if line.contains(SPOOFED) {
                wrong.push(format!("the spoofed header '{name}' in {} {}", self.method, self.target));
            }
            if public && IDENTITY.contains(&name.as_str()) {
                wrong.push(format!("'{name}' although it is public, in {} {}", self.method, self.target));
            }
        }
        if self.target.to_ascii_lowercase().contains("_lanyard/enter") {
            wrong.push(format!("Lanyard's own path: {}", self.target));
        }
        wrong
    }

    /// What another server could read in a second way (RFC 9112, sections 2.2, 3, 5 and 6.3).
    fn loose_framing(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut complain = |what: &str| wrong.push(format!("{what} in {} {}", self.method, self.target));
        let mut lines: Vec<&[u8]> = Vec::new();
        let mut rest = &self.head[..];
        while let Some(at) = crate::answer::find(rest, b"\r\n") {
            lines.push(&rest[..at]);
            rest = &rest[at + 2..];
        }
        let control = |b: &u8| b.is_ascii_control() && *b != b'\t';
        if lines.iter().any(|line| line.iter().any(control)) {
            complain("a control character");
        }
        let first: Vec<_> = lines[0].split(|b| *b == b' ').collect();
        if first.len() != 3 || !first[1].starts_with(b"/") || first[2] != b"HTTP/1.1" {
            complain("a request line of another form");
        }
        let token = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
        let header = |line: &&[u8]| {
            let name = line.split(|b| *b == b':').next().unwrap_or_default();
            line.contains(&b':') && !name.is_empty() && name.iter().all(token)
        };
        if !lines[1..lines.len() - 1].iter().all(header) {
            complain("a line that is no header");
        }
        let (lengths, codings) = (self.count("content-length"), self.count("transfer-encoding"));
        let plain =
            self.header("content-length").is_none_or(|n| n.parse::<u64>().is_ok_and(|l| l.to_string() == n));
        let chunked = self.header("transfer-encoding").is_none_or(|coding| coding == "chunked");
        if lengths + codings > 1 || !plain || !chunked {
            complain("a body whose length has two readings");
        }
        if self.count("host") != 1 {
            complain("not exactly one Host");
        }
        wrong
    }
}
