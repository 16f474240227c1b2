//! What the provider can do wrong on request, so that a relying party can be tested against it.
//! To add one: a variant, and its line in the function for the place where it shows.

use std::{
    collections::BTreeSet,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use openidconnect::{Audience, IssuerUrl, Nonce};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    claims::{Claims, ID_TOKEN},
    clock::Timestamp,
};

/// One way to be wrong, named in kebab-case in `POST /misbehave`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// The ID token carries another nonce than the request.
    WrongNonce,
    WrongAud,
    WrongIss,
    /// The ID token's time is over by an hour.
    Expired,
    WrongSignature,
    /// `groups` is one string: the person's first group.
    GroupsAsString,
    /// More groups than fit, in Entra ID's way: `_claim_names` instead of `groups`.
    GroupsOverage,
    /// `groups` holds things that are not strings.
    GroupsMalformed,
    /// Userinfo speaks about somebody else than the ID token.
    OtherSubject,
    /// Every answer waits for `delay_ms`.
    Slow,
    /// Every answer is 503.
    Down,
}

/// What is wrong from now on. The default is nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    behaviours: BTreeSet<Behaviour>,
    /// For `slow`, at most a minute. Five seconds if left out.
    delay_ms: Option<u64>,
}

/// The order in force, for the whole process.
#[derive(Debug, Default)]
pub struct Misbehaviour(RwLock<Order>);

impl Misbehaviour {
    pub fn order(&self) -> Order {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn give(&self, order: Order) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = order;
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

    /// The claims that speak of groups.
    pub fn groups(&self, groups: &[String]) -> Map<String, Value> {
        let claims = if self.has(Behaviour::GroupsOverage) {
            let source = json!({ "endpoint": "https://graph.example/getMemberObjects" });
            json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": source } })
        } else if self.has(Behaviour::GroupsMalformed) {
            json!({ "groups": [groups.first(), 7, { "name": "Manager" }] })
        } else if self.has(Behaviour::GroupsAsString) {
            json!({ "groups": groups.first().map_or("", String::as_str) })
        } else {
            json!({ "groups": groups })
        };
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }

    pub fn claims(&self, mut claims: Claims, now: Timestamp) -> Claims {
        if self.has(Behaviour::WrongNonce) {
            claims = claims.set_nonce(Some(Nonce::new("another".into())));
        }
        if self.has(Behaviour::WrongAud) {
            claims = claims.set_audiences(vec![Audience::new("another".into())]);
        }
        if self.has(Behaviour::WrongIss)
            && let Ok(other) = IssuerUrl::new("http://another.localhost".into())
        {
            claims = claims.set_issuer(other);
        }
        if self.has(Behaviour::Expired) {
            let over = now.minus(Duration::from_secs(3600));
            claims = claims.set_expiration(std::time::SystemTime::from(over).into());
            claims = claims.set_issue_time(std::time::SystemTime::from(over.minus(ID_TOKEN)).into());
        }
        claims
    }

    /// Works on the compact form: header, claims, signature.
    pub fn id_token(&self, token: String) -> String {
        match token.rsplit_once('.') {
            Some((signed, signature)) if self.has(Behaviour::WrongSignature) => {
                let reversed: String = signature.chars().rev().collect();
                // The last character of 2048 bits carries four of them, so it must not become another one.
                format!("{signed}.{}A", &reversed[1..])
            }
            _ => token,
        }
    }

    pub fn userinfo_subject(&self, sub: &str) -> String {
        if self.has(Behaviour::OtherSubject) { format!("{sub}-another") } else { sub.into() }
    }
}
