//! A portal that publishes keys and signs assertions, and the app behind it: both over TCP.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Json, Router, extract::State, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use sample_app::{App, clock::Timestamp};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest as _};

pub const AUDIENCE: &str = "http://finance.lanyard.localhost:8080";
/// Of PKCS#8 around an Ed25519 seed (RFC 8410, section 7).
const PKCS8: &[u8] = &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

pub type Socket = tokio_tungstenite::WebSocketStream<TcpStream>;

/// A signing key, made of one byte.
#[derive(Clone, Copy)]
pub struct Key(pub u8);

impl Key {
    pub fn public(self) -> [u8; 32] {
        ed25519_dalek::SigningKey::from_bytes(&[self.0; 32]).verifying_key().to_bytes()
    }

    fn private(self) -> EncodingKey {
        EncodingKey::from_ed_der(&[PKCS8, &[self.0; 32]].concat())
    }

    fn jwk(self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.public());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid(), "x": x })
    }

    pub fn kid(self) -> String {
        format!("key-{}", self.0)
    }

    pub fn sign(self, kid: &str, typ: &str, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(typ.into());
        header.kid = Some(kid.into());
        encode(&header, claims, &self.private()).expect("a signature")
    }
}

#[derive(Clone, Default)]
struct Published {
    keys: Arc<Mutex<Vec<Key>>>,
    asked: Arc<AtomicUsize>,
}

pub struct Site {
    published: Published,
    portal: String,
    app: SocketAddr,
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

impl Site {
    /// A portal that publishes key 1, and the app.
    pub async fn start() -> Self {
        let published = Published::default();
        published.keys.lock().expect("the keys").push(Key(1));
        let jwks = async |State(published): State<Published>| {
            published.asked.fetch_add(1, Ordering::SeqCst);
            let keys: Vec<Value> = published.keys.lock().expect("keys").iter().map(|key| key.jwk()).collect();
            Json(json!({ "keys": keys }))
        };
        let portal = Router::new().route("/.well-known/jwks.json", get(jwks)).with_state(published.clone());
        let portal = format!("http://lanyard.localhost:{}", listen(portal).await.port());
        Self { published, app: start_app(&portal).await, portal }
    }

    /// The app alone: nobody listens where its portal should be.
    pub async fn without_portal() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let portal = format!("http://localhost:{}", free.local_addr().expect("an address").port());
        drop(free);
        Self { published: Published::default(), app: start_app(&portal).await, portal }
    }

    pub fn publish(&self, key: Key) {
        self.published.keys.lock().expect("the keys").push(key);
    }

    pub fn fetches(&self) -> usize {
        self.published.asked.load(Ordering::SeqCst)
    }

    /// The claims of a good assertion for Ada, with these changed; null takes one away.
    pub fn claims(&self, changes: &Value) -> Value {
        let now = Timestamp::now().as_secs();
        let mut claims = json!({
            "iss": self.portal, "aud": AUDIENCE, "sub": "a", "idp": "http://id", "name": "Ada Albrecht",
            "email": "ada@harbour.example", "groups": ["Manager"], "roles": ["manager"], "cid": "c",
            "iat": now, "exp": now + 120, "jti": "j",
        });
        for (name, value) in changes.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        claims
    }

    /// An assertion in the right form by key 1.
    pub fn assertion(&self, changes: &Value) -> String {
        Key(1).sign(&Key(1).kid(), "lanyard-assertion+jwt", &self.claims(changes))
    }

    pub async fn send(&self, head: &str, assertions: &[&str], body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.app).await.expect("a connection");
        let assertions: String =
            assertions.iter().map(|value| format!("X-Lanyard-Assertion: {value}\r\n")).collect();
        let length = body.len();
        let request = format!(
            "{head}\r\nHost: app\r\nConnection: close\r\nContent-Length: {length}\r\n{assertions}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer in UTF-8");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), answer)
    }

    pub async fn get(&self, path: &str, assertion: &str) -> (u16, String) {
        self.send(&format!("GET {path} HTTP/1.1"), &[assertion], "").await
    }

    /// The open WebSocket, or the status that refused it.
    pub async fn open(&self, assertion: Option<&str>) -> Result<Socket, u16> {
        let mut request = format!("ws://{}/live", self.app).into_client_request().expect("a request");
        if let Some(assertion) = assertion {
            let value = assertion.parse().expect("a header value");
            request.headers_mut().insert("x-lanyard-assertion", value);
        }
        let stream = TcpStream::connect(self.app).await.expect("a connection");
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no handshake: {error}"),
        }
    }
}

async fn start_app(portal: &str) -> SocketAddr {
    let app = App::new("Finance Team KPI", portal.parse().expect("an origin"), AUDIENCE);
    listen(sample_app::router(Arc::new(app))).await
}
