//! The provider's own description (OpenID Connect Discovery 1.0): fetched, and believed only as far as it
//! names exactly our issuer and addresses that nobody can listen in on. Its list of algorithms is not read.

use serde::Deserialize;
use url::Url;

use super::{
    backchannel::{Answer, Backchannel, BackchannelError, is_confidential},
    keys::{KeySet, NotAKeySet},
};

/// How the gateway proves to the token endpoint that it is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// No secret is configured: PKCE alone.
    None,
    /// `client_secret_basic`
    Basic,
    /// `client_secret_post`
    Post,
}

/// Where the provider can be reached, and how it wants to be spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    pub authorization: Url,
    pub end_session: Option<Url>,
    /// The callback must carry `iss` (RFC 9207).
    pub iss_parameter: bool,
    /// Where authorization requests must be pushed (RFC 9126); none where the browser carries them.
    pub(super) push: Option<Url>,
    pub(super) token: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) keys: Url,
    pub(super) authentication: ClientAuthentication,
}

/// Why the provider is not known yet, or no longer anew.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    #[error("the discovery document cannot be fetched: {0}")]
    Document(BackchannelError),
    #[error("the discovery document was answered with status {0}")]
    DocumentStatus(u16),
    #[error("the discovery document is not what it should be: {0}")]
    Nonsense(serde_json::Error),
    #[error("the discovery document names the issuer {0:?}, not exactly the configured one")]
    Issuer(String),
    #[error("the address '{0}' in the discovery document is not https (or loopback), or has a part too many")]
    Address(&'static str),
    #[error("the token endpoint takes neither client_secret_basic nor client_secret_post")]
    ClientAuthentication,
    #[error("the keys cannot be fetched: {0}")]
    Keys(BackchannelError),
    #[error("the keys were answered with status {0}")]
    KeysStatus(u16),
    #[error("the keys cannot be read: {0}")]
    NotKeys(#[from] NotAKeySet),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
    pushed_authorization_request_endpoint: Option<String>,
    require_pushed_authorization_requests: Option<bool>,
}

/// Fetches the description. The issuer is compared byte for byte.
pub async fn discover(
    backchannel: &Backchannel,
    issuer: &str,
    has_secret: bool,
) -> Result<Endpoints, DiscoveryError> {
    read(&document(backchannel, issuer).await?.body, issuer, has_secret)
}

/// The description, unread.
pub(super) async fn document(backchannel: &Backchannel, issuer: &str) -> Result<Answer, DiscoveryError> {
    let at = format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer));
    let at = Url::parse(&at).map_err(|_| DiscoveryError::Address("issuer"))?;
    let answer = backchannel.get(&at, None).await.map_err(DiscoveryError::Document)?;
    if answer.status != http::StatusCode::OK {
        return Err(DiscoveryError::DocumentStatus(answer.status.as_u16()));
    }
    Ok(answer)
}

pub(super) fn read(document: &[u8], issuer: &str, has_secret: bool) -> Result<Endpoints, DiscoveryError> {
    let document: Document = serde_json::from_slice(document).map_err(DiscoveryError::Nonsense)?;
    if document.issuer != issuer {
        return Err(DiscoveryError::Issuer(document.issuer.chars().take(200).collect()));
    }
    let optional = |name, url: Option<&str>| url.map(|url| address(name, url)).transpose();
    let push = document.pushed_authorization_request_endpoint.as_deref();
    let push = match document.require_pushed_authorization_requests {
        Some(true) => Some(address("pushed_authorization_request_endpoint", push.unwrap_or_default())?),
        _ => None,
    };
    Ok(Endpoints {
        authorization: address("authorization_endpoint", &document.authorization_endpoint)?,
        end_session: optional("end_session_endpoint", document.end_session_endpoint.as_deref())?,
        iss_parameter: document.authorization_response_iss_parameter_supported.unwrap_or(false),
        push,
        token: address("token_endpoint", &document.token_endpoint)?,
        userinfo: optional("userinfo_endpoint", document.userinfo_endpoint.as_deref())?,
        keys: address("jwks_uri", &document.jwks_uri)?,
        authentication: authentication(document.token_endpoint_auth_methods_supported, has_secret)?,
    })
}

/// Fetches the keys.
pub async fn fetch_keys(backchannel: &Backchannel, endpoints: &Endpoints) -> Result<KeySet, DiscoveryError> {
    let answer = backchannel.get(&endpoints.keys, None).await.map_err(DiscoveryError::Keys)?;
    if answer.status != http::StatusCode::OK {
        return Err(DiscoveryError::KeysStatus(answer.status.as_u16()));
    }
    Ok(KeySet::read(&answer.body)?)
}

fn address(name: &'static str, text: &str) -> Result<Url, DiscoveryError> {
    let plain = |url: &Url| url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    Url::parse(text)
        .ok()
        .filter(|url| is_confidential(url) && plain(url))
        .ok_or(DiscoveryError::Address(name))
}

/// Basic, unless the provider names its ways and Basic is not among them.
fn authentication(
    supported: Option<Vec<String>>,
    has_secret: bool,
) -> Result<ClientAuthentication, DiscoveryError> {
    let Some(ways) = supported.filter(|_| has_secret) else {
        return Ok(if has_secret { ClientAuthentication::Basic } else { ClientAuthentication::None });
    };
    let offers = |way: &str| ways.iter().any(|offered| offered == way);
    match (offers("client_secret_basic"), offers("client_secret_post")) {
        (true, _) => Ok(ClientAuthentication::Basic),
        (false, true) => Ok(ClientAuthentication::Post),
        (false, false) => Err(DiscoveryError::ClientAuthentication),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://id.example/realms/harbour";

    fn with(changes: Value) -> Result<Endpoints, DiscoveryError> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://id.example/keys",
        });
        for (member, value) in changes.as_object().expect("an object") {
            document[member] = value.clone();
        }
        read(document.to_string().as_bytes(), ISSUER, true)
    }

    #[test]
    fn the_issuer_is_compared_byte_for_byte() {
        assert!(with(json!({})).is_ok());
        for other in [
            "https://id.example/realms/harbour/",
            "https://ID.example/realms/harbour",
            "https://id.example:443/realms/harbour",
            "https://evil.example",
            "",
        ] {
            assert!(matches!(with(json!({ "issuer": other })), Err(DiscoveryError::Issuer(_))), "{other}");
        }
    }

    #[test]
    fn every_address_must_be_confidential_and_plain() {
        for name in [
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "end_session_endpoint",
        ] {
            for bad in [
                "http://id.example/x",
                "/x",
                "javascript:alert(1)",
                "https://u:p@id.example",
                "https://id.example/#f",
            ] {
                let refused = with(json!({ name: bad })).err();
                assert!(matches!(refused, Some(DiscoveryError::Address(at)) if at == name), "{name} {bad}");
            }
            assert!(with(json!({ name: "http://id.localhost:8081/x" })).is_ok(), "{name}");
        }
    }

    #[test]
    fn requests_are_pushed_only_where_they_must_be() {
        let push = |document: Value| with(document).map(|endpoints| endpoints.push.map(String::from));
        let at = "https://id.example/push";
        let (endpoint, required) =
            ("pushed_authorization_request_endpoint", "require_pushed_authorization_requests");
        assert_eq!(push(json!({ endpoint: at, required: true })).unwrap().as_deref(), Some(at));
        for required in [json!({ required: false }), json!({})] {
            let mut offered = required;
            offered[endpoint] = at.into();
            assert_eq!(push(offered).unwrap(), None);
        }
        for bad in [Value::Null, "http://id.example/push".into()] {
            let refused = push(json!({ endpoint: bad, required: true })).err();
            assert!(matches!(refused, Some(DiscoveryError::Address(name)) if name == endpoint));
        }
    }

    #[test]
    fn the_secret_goes_in_the_header_unless_only_the_form_is_offered() {
        let chosen = |ways: Value| {
            with(json!({ "token_endpoint_auth_methods_supported": ways })).map(|e| e.authentication).ok()
        };
        assert_eq!(chosen(Value::Null), Some(ClientAuthentication::Basic));
        let both = json!(["client_secret_post", "client_secret_basic"]);
        assert_eq!(chosen(both), Some(ClientAuthentication::Basic));
        assert_eq!(chosen(json!(["client_secret_post"])), Some(ClientAuthentication::Post));
        assert_eq!(chosen(json!(["private_key_jwt", "none"])), None);
    }
}
