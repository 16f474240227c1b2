//! A small OpenID provider for development, on openidconnect's own provider types. Whoever can reach it can
//! be anybody it knows: it listens on loopback alone, and the gateway never contains it.

pub mod claims;
pub mod client;
pub mod clock;
pub mod http;
pub mod key;
pub mod listen;
pub mod misbehave;
pub mod params;
pub mod people;
pub mod random;
pub mod request;
pub mod store;
pub mod tokens;

use openidconnect::IssuerUrl;

/// Everything that the endpoints know.
pub struct Provider {
    issuer: IssuerUrl,
    pub client: client::Client,
    pub people: Vec<people::Person>,
    pub key: key::SigningKey,
    pub store: store::Store,
    pub misbehaviour: misbehave::Misbehaviour,
    /// Whether `POST /misbehave` exists.
    pub may_misbehave: bool,
}

impl Provider {
    /// A provider that lives at `http://id.localhost:<port>`.
    pub fn new(
        port: u16,
        client: client::Client,
        people: Vec<people::Person>,
        key: key::SigningKey,
    ) -> Result<Self, url::ParseError> {
        Ok(Self {
            issuer: IssuerUrl::new(format!("http://id.localhost:{port}"))?,
            client,
            people,
            key,
            store: store::Store::default(),
            misbehaviour: misbehave::Misbehaviour::default(),
            may_misbehave: false,
        })
    }

    pub fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// The issuer's host and port, the only `Host` that is answered.
    pub fn authority(&self) -> &str {
        self.issuer.trim_start_matches("http://")
    }

    pub fn person(&self, sub: &str) -> Option<&people::Person> {
        self.people.iter().find(|person| person.sub == sub)
    }
}
