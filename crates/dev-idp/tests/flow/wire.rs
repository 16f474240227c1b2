//! A browser and a client program, by hand: HTTP over TCP, one connection a request, nothing followed.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lanyard_dev_idp::{Provider, client::Client, http, key::SigningKey, listen::Loopbacks, people};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use url::form_urlencoded;

pub const CALLBACK: &str = "http://portal.localhost/callback";
pub const LEAVING: &str = "http://portal.localhost/signed-out";
pub const SECRET: &str = "a secret: with% odd+characters";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A provider that listens, and the cookie that the browser has of it.
pub struct Site {
    port: u16,
    pub cookie: Option<String>,
}

pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The parameters of the address that the answer leads to, which must begin with this one.
    pub fn led_to(&self, address: &str) -> BTreeMap<String, String> {
        assert_eq!(self.status, 303, "{}", self.body);
        let location = url::Url::parse(self.header("location").expect("a Location")).expect("a URL");
        assert!(location.as_str().starts_with(address), "{location}");
        location.query_pairs().into_owned().collect()
    }
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// An authorization request; `changes` replace, and leave out where they are empty.
pub fn request(changes: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("client_id", "lanyard"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "s1"),
        ("nonce", "n1"),
        ("code_challenge_method", "S256"),
        ("code_challenge", CHALLENGE),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    form(&pairs)
}

impl Site {
    /// On a free port, with the demo's people, ready to misbehave.
    pub async fn start() -> Self {
        Self::start_as(true).await
    }

    pub async fn start_as(may_misbehave: bool) -> Self {
        let loopbacks = Loopbacks::bind(0).await.expect("both loopbacks");
        let client = Client::new("lanyard", SECRET, &[CALLBACK.into()], &[LEAVING.into()]);
        let key = SigningKey::generate().expect("a key");
        let port = loopbacks.port();
        let mut provider = Provider::new(port, client, people::demo(), key).expect("a provider");
        provider.may_misbehave = may_misbehave;
        tokio::spawn(loopbacks.serve(http::router(Arc::new(provider))));
        Self { port, cookie: None }
    }

    pub fn issuer(&self) -> String {
        format!("http://id.localhost:{}", self.port)
    }

    pub fn host(&self) -> String {
        format!("id.localhost:{}", self.port)
    }

    /// Sends exactly these bytes.
    pub async fn raw(&self, bytes: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("a connection");
        stream.write_all(bytes.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer in UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a header");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
        let headers = lines.filter_map(|line| line.split_once(": "));
        Answer {
            status: status.parse().expect("a number"),
            headers: headers.map(|(name, value)| (name.into(), value.into())).collect(),
            body: body.into(),
        }
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut lines = vec![("Host".to_owned(), self.host()), ("Connection".into(), "close".into())];
        lines.push(("Content-Length".into(), body.len().to_string()));
        lines.extend(self.cookie.iter().map(|cookie| ("Cookie".into(), cookie.clone())));
        lines.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let lines: String = lines.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.raw(&format!("{method} {path} HTTP/1.1\r\n{lines}\r\n{body}")).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub async fn authorize(&self, changes: &[(&str, &str)]) -> Answer {
        self.get(&format!("/authorize?{}", request(changes))).await
    }

    /// Presses a person's button, and keeps the cookie as a browser does.
    pub async fn press(&mut self, person: &str, changes: &[(&str, &str)]) -> Answer {
        let body = form(&[("request", &request(changes)), ("person", person)]);
        let answer = self.send("POST", "/sign-in", &[("Origin", &self.issuer())], &body).await;
        self.keep(&answer);
        answer
    }

    pub fn keep(&mut self, answer: &Answer) {
        if let Some(cookie) = answer.header("set-cookie") {
            let pair = cookie.split(';').next().expect("a pair").to_owned();
            self.cookie = (!pair.ends_with('=')).then_some(pair);
        }
    }

    /// A code for this person.
    pub async fn code(&mut self, person: &str) -> String {
        self.press(person, &[]).await.led_to(CALLBACK).remove("code").expect("a code")
    }

    pub async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let credentials = STANDARD.encode(form(&[("lanyard", SECRET)]).replace('=', ":"));
        self.redeem_as(&format!("Basic {credentials}"), code, changes).await
    }

    pub async fn redeem_as(&self, authorization: &str, code: &str, changes: &[(&str, &str)]) -> Answer {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, value));
        }
        self.send("POST", "/token", &[("Authorization", authorization)], &form(&pairs)).await
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        self.send("GET", "/userinfo", &[("Authorization", &format!("Bearer {token}"))], "").await
    }

    pub async fn misbehave(&self, order: &str) -> Answer {
        self.send("POST", "/misbehave", &[("Content-Type", "application/json")], order).await
    }
}
