//! What an operator asks of a provider, over the connections and with the requests of a sign-in: its description,
//! with what the gateway itself does not need of it, its keys, its clock, and what it says to a request of this
//! client. Signs nobody in; whatever is asked names nobody.

use std::time::SystemTime;

use http::{HeaderMap, header};
use serde::Deserialize;
use url::Url;

use super::{
    backchannel::Backchannel,
    discovery::{self, DiscoveryError, Endpoints},
    exchange::{self, ExchangeError},
    push::{self, Beginning, PushError},
};
use crate::{
    clock::Timestamp,
    config::{Algorithm, Identity},
    random::{NoRandomness, Token},
};

/// What the provider says of itself.
pub struct Inspected {
    pub endpoints: Endpoints,
    pub says: Says,
    /// What it publishes keys for.
    pub keys: Result<Vec<Algorithm>, DiscoveryError>,
    /// How many seconds its clock is ahead of ours, to the second; negative when behind.
    pub ahead: Option<i64>,
}

/// Members of the discovery document that a sign-in does not depend on.
#[derive(Debug, Default, Deserialize)]
pub struct Says {
    #[serde(rename = "id_token_signing_alg_values_supported")]
    pub algorithms: Option<Vec<String>>,
    #[serde(rename = "code_challenge_methods_supported")]
    pub challenges: Option<Vec<String>>,
    #[serde(rename = "response_types_supported")]
    pub response_types: Option<Vec<String>>,
}

/// How the provider takes a request that leads to an address of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// It sends the browser to that address, with this error.
    Back(Option<String>),
    /// It shows a page.
    Page,
    /// It sends the browser on to another page, without its query.
    Onward(String),
    /// It keeps the request that was pushed to it (RFC 9126).
    Kept,
    Refused(u16),
    /// It answers with an error of its own, or not at all.
    Trouble(String),
}

/// What the token endpoint says to the client's name and secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    Taken,
    Refused,
    Unclear(String),
}

/// Discovers the provider as the gateway does.
pub async fn inspect(
    backchannel: &Backchannel,
    identity: &Identity,
    clock: fn() -> Timestamp,
) -> Result<Inspected, DiscoveryError> {
    let asked = clock();
    let answer = discovery::document(backchannel, &identity.issuer).await?;
    let ahead = ahead(&answer.headers, asked, clock());
    let endpoints = discovery::read(&answer.body, &identity.issuer, identity.client_secret.is_some())?;
    let says = serde_json::from_slice(&answer.body).unwrap_or_default();
    let keys = discovery::fetch_keys(backchannel, &endpoints).await;
    let keys = keys.map(|keys| keys.algorithms().collect());
    Ok(Inspected { endpoints, says, keys, ahead })
}

/// `Date` (RFC 9110, section 6.6.1) against the time in which it was written, which is known no better than that it
/// lies between the question and the answer.
fn ahead(headers: &HeaderMap, asked: Timestamp, answered: Timestamp) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    let date = date.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs() as i64;
    let (asked, answered) = (asked.as_secs() as i64, answered.as_secs() as i64);
    Some(if date < asked { date - asked } else { (date - answered).max(0) })
}

/// Begins a sign-in that leads back to `redirect_uri`, and leaves it there.
pub async fn begin(
    backchannel: &Backchannel,
    identity: &Identity,
    endpoints: &Endpoints,
    redirect_uri: &str,
) -> Result<Reaction, NoRandomness> {
    // 256 bits in base64url: what a state and a nonce may be, and what a challenge looks like.
    let (state, nonce, challenge) = (Token::new()?, Token::new()?, Token::new()?);
    let beginning = Beginning {
        state: state.reveal(),
        nonce: nonce.reveal(),
        challenge: challenge.reveal(),
        choose_account: false,
    };
    match push::push(backchannel, endpoints, identity, redirect_uri, &beginning).await {
        Ok(Some(_)) => return Ok(Reaction::Kept),
        Err(PushError::Refused { status, .. }) => return Ok(Reaction::Refused(status)),
        Err(error) => return Ok(Reaction::Trouble(error.to_string())),
        Ok(None) => {}
    }
    let url = request(identity, endpoints, redirect_uri, &beginning);
    Ok(look(backchannel, &url, redirect_uri).await)
}

/// The address that a browser begins a sign-in at.
pub fn request(
    identity: &Identity,
    endpoints: &Endpoints,
    redirect_uri: &str,
    beginning: &Beginning<'_>,
) -> Url {
    let mut url = endpoints.authorization.clone();
    let mut query = url.query_pairs_mut();
    push::parameters(query.append_pair("client_id", &identity.client_id), identity, redirect_uri, beginning);
    drop(query);
    url
}

/// The same for a request that was pushed (RFC 9126, section 4).
pub fn pushed(identity: &Identity, endpoints: &Endpoints, request_uri: &str) -> Url {
    let mut url = endpoints.authorization.clone();
    url.query_pairs_mut()
        .append_pair("client_id", &identity.client_id)
        .append_pair("request_uri", request_uri);
    url
}

/// Asks to be signed out to this address, in no browser: there is nobody to sign out.
pub async fn leave(
    backchannel: &Backchannel,
    identity: &Identity,
    endpoints: &Endpoints,
    address: &str,
) -> Option<Reaction> {
    let mut url = endpoints.end_session.clone()?;
    url.query_pairs_mut()
        .append_pair("client_id", &identity.client_id)
        .append_pair("post_logout_redirect_uri", address);
    Some(look(backchannel, &url, address).await)
}

/// Redeems a code that nobody has issued: a client that is not known is refused before the code is looked at.
pub async fn authenticate(
    backchannel: &Backchannel,
    identity: &Identity,
    endpoints: &Endpoints,
    redirect_uri: &str,
) -> Result<Credentials, NoRandomness> {
    let (code, verifier) = (Token::new()?, Token::new()?);
    let redeemed =
        exchange::redeem(backchannel, endpoints, identity, redirect_uri, code.reveal(), verifier.reveal())
            .await;
    Ok(match redeemed {
        Err(ExchangeError::Refused { error, .. }) if error == "invalid_grant" => Credentials::Taken,
        Err(ExchangeError::Refused { status, error }) if error == "invalid_client" || status == 401 => {
            Credentials::Refused
        }
        Err(error) => Credentials::Unclear(error.to_string()),
        Ok(_) => Credentials::Unclear("it redeems a code that nobody has issued".into()),
    })
}

async fn look(backchannel: &Backchannel, url: &Url, back: &str) -> Reaction {
    let answer = match backchannel.look(url).await {
        Ok(answer) => answer,
        Err(error) => return Reaction::Trouble(error.to_string()),
    };
    let status = answer.status;
    if status.is_redirection() {
        let location = answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        match location.and_then(|location| url.join(location).ok()) {
            Some(to) => onward(&to, back),
            None => Reaction::Trouble(format!("it answers with status {} and no address", status.as_u16())),
        }
    } else if status.is_client_error() && status.as_u16() != 429 {
        Reaction::Refused(status.as_u16())
    } else if status.is_success() {
        Reaction::Page
    } else {
        Reaction::Trouble(format!("it answers with status {}", status.as_u16()))
    }
}

fn onward(to: &Url, back: &str) -> Reaction {
    let mut page = to.clone();
    page.set_query(None);
    page.set_fragment(None);
    if page.as_str() != back {
        return Reaction::Onward(page.into());
    }
    let error = to.query_pairs().find(|(name, _)| name == "error").map(|(_, error)| error.into_owned());
    // Registered codes only have these characters (RFC 6749, section 4.1.2.1).
    let plain =
        |error: &String| error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    Reaction::Back(error.map(|error| if plain(&error) { error } else { "unreadable".to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_off_only_by_what_the_way_cannot_explain() {
        let at = |second: u64| Timestamp(784_111_777_000 + second * 1000);
        let of = |asked, answered| {
            let mut headers = HeaderMap::new();
            headers.insert(header::DATE, "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
            ahead(&headers, asked, answered)
        };
        assert_eq!(of(at(0), at(0)), Some(0));
        assert_eq!(of(Timestamp(at(0).0 - 5_000), at(3)), Some(0), "it took eight seconds");
        assert_eq!(of(at(90), at(91)), Some(-90));
        assert_eq!(of(Timestamp(at(0).0 - 41_000), Timestamp(at(0).0 - 40_000)), Some(40));
        assert_eq!(ahead(&HeaderMap::new(), at(0), at(0)), None);
    }

    #[test]
    fn only_the_very_address_is_a_way_back() {
        let to = |url: &str| onward(&Url::parse(url).unwrap(), "https://dash.example/callback");
        assert_eq!(
            to("https://dash.example/callback?error=invalid_scope&state=x"),
            Reaction::Back(Some("invalid_scope".into()))
        );
        assert_eq!(to("https://dash.example/callback?code=x"), Reaction::Back(None));
        assert_eq!(
            to("https://dash.example/callback?error=%0aError"),
            Reaction::Back(Some("unreadable".into()))
        );
        assert_eq!(
            to("https://id.example/login?next=%2Fsecret"),
            Reaction::Onward("https://id.example/login".into())
        );
    }
}
