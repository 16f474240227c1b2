//! What the provider can do wrong on request, so that a relying party can be tested against it: one order at
//! a time, for the whole process. Each file here is a place where the wrong shows. To add a way: a variant,
//! and its line in the file of its place.

pub mod answers;
mod claims;
mod keys;
mod signature;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Mutex, PoisonError, RwLock},
    time::Duration,
};

use serde::Deserialize;
use serde_json::Value;

pub use answers::{Answer, Place};
pub use keys::Spare;
pub use signature::{Signing, Unsigned};

/// One way to be wrong, named in kebab-case in `POST /misbehave`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// The ID token is not signed, and says so.
    AlgNone,
    /// It is signed with the client's secret.
    AlgHs256,
    AlgRs512,
    /// It is signed with an Ed25519 key, which is published.
    AlgEddsa,
    /// One bit of the signature is another.
    WrongSignature,
    /// The signature is empty.
    NoSignature,
    /// A key that was never published signs in the name of the one that is.
    ForeignKey,
    /// Among its claims is one that is nested 100 000 deep.
    DeepClaims,
    /// The token does not say which key has signed it.
    NoKid,
    /// It names a key that does not exist.
    UnknownKid,
    /// Another key signs and is published in place of the first: ordered and ended, a rotation each time.
    OtherKey,
    /// A second key is published beside the one that signs.
    SeveralKeys,
    /// Keys of kinds that nobody knows are published around the one that signs.
    UnknownKeys,
    /// The authorization response names another issuer (RFC 9207).
    WrongIssParameter,
    /// The authorization response names no issuer, though the metadata announces it.
    NoIssParameter,
    /// The token endpoint takes any PKCE verifier.
    IgnoresVerifier,
    /// Every answer waits for `delay_ms`.
    Slow,
    /// Every answer is 503.
    Down,
}

/// What is wrong from now on. The default is nothing.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Order {
    behaviours: BTreeSet<Behaviour>,
    /// For `slow`, at most a minute. Five seconds if left out.
    delay_ms: Option<u64>,
    /// JSON Merge Patches (RFC 7396): of the ID token's claims, of userinfo, and of both.
    id_token: Option<Value>,
    userinfo: Option<Value>,
    claims: Option<Value>,
    /// And of the discovery document.
    discovery: Option<Value>,
    /// What comes in place of an endpoint's own answer.
    answers: BTreeMap<Place, Answer>,
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let patches = [&self.id_token, &self.userinfo, &self.claims, &self.discovery];
        f.debug_struct("Order")
            .field("behaviours", &self.behaviours)
            .field("answers", &self.answers)
            .field("patches", &patches.into_iter().flatten().count())
            .finish_non_exhaustive()
    }
}

impl Order {
    fn has(&self, behaviour: Behaviour) -> bool {
        self.behaviours.contains(&behaviour)
    }

    pub fn is_down(&self) -> bool {
        self.has(Behaviour::Down)
    }

    pub fn delay(&self) -> Option<Duration> {
        self.has(Behaviour::Slow).then(|| Duration::from_millis(self.delay_ms.unwrap_or(5_000).min(60_000)))
    }

    pub fn answer(&self, place: Place) -> Option<Answer> {
        self.answers.get(&place).copied()
    }

    pub fn ignores_verifier(&self) -> bool {
        self.has(Behaviour::IgnoresVerifier)
    }

    /// The `iss` of an authorization response.
    pub fn iss_parameter<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        if self.has(Behaviour::NoIssParameter) {
            None
        } else if self.has(Behaviour::WrongIssParameter) {
            Some("http://another.localhost")
        } else {
            Some(issuer)
        }
    }
}

/// The order in force, what it needs, and how often each endpoint was asked.
#[derive(Default)]
pub struct Misbehaviour {
    order: RwLock<Order>,
    asked: Mutex<BTreeMap<Place, u64>>,
    pub spare: Spare,
}

impl Misbehaviour {
    pub fn order(&self) -> Order {
        self.order.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn give(&self, order: Order) {
        *self.order.write().unwrap_or_else(PoisonError::into_inner) = order;
    }

    pub fn count(&self, place: Place) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner).entry(place).or_default() += 1;
    }

    pub fn asked(&self) -> BTreeMap<Place, u64> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
