//! `[identity]`: the identity provider, and what of its tokens counts; or the proxy that stands instead of one.

use std::sync::Arc;

use url::Url;

use super::{
    Algorithm, Authority, Identity, Scheme, SignIn, pointer, secret::Around, section::Section,
    trusted_headers, value::Value,
};

const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::Rs256),
    ("RS384", Algorithm::Rs384),
    ("RS512", Algorithm::Rs512),
    ("PS256", Algorithm::Ps256),
    ("PS384", Algorithm::Ps384),
    ("PS512", Algorithm::Ps512),
    ("ES256", Algorithm::Es256),
    ("ES384", Algorithm::Es384),
    ("EdDSA", Algorithm::EdDsa),
];

pub fn read(section: &Section<'_>, around: &Around<'_>) -> Option<SignIn> {
    match section.get("trusted_headers") {
        Some(_) => trusted_headers::read(section, around).map(Arc::new).map(SignIn::Headers),
        None => provider(section, around).map(SignIn::Provider),
    }
}

fn provider(section: &Section<'_>, around: &Around<'_>) -> Option<Identity> {
    let issuer = section
        .require("issuer", "the identity provider's address, exactly as it calls itself")
        .and_then(|value| issuer(&value));
    let client_id = section
        .require("client_id", "the name under which the identity provider knows this portal")
        .and_then(|value| value.word());
    let client_secret = section
        .require(
            "client_secret",
            "the gateway signs people in as a confidential client; 'env:NAME' or 'file:PATH'",
        )
        .and_then(|value| around.secret(&value));
    let name = section.get("name").and_then(|value| value.text());
    let flag = |key, default| section.get(key).and_then(|value| value.boolean()).unwrap_or(default);
    let (strip_slash, trust_email) = (flag("strip_slash", false), flag("trust_email", false));
    let userinfo = flag("userinfo", true);
    let scopes = section.get("scopes").and_then(|value| scopes(&value));
    let groups = section.get("groups").and_then(|value| pointers(&value));
    let algorithms = section.get("algorithms").and_then(|value| algorithms(&value));
    let (issuer, host) = issuer?;
    Some(Identity {
        issuer,
        name: name.map_or(host, str::to_owned),
        client_id: client_id?.into(),
        client_secret: if around.alone { None } else { Some(client_secret?) },
        scopes: scopes.unwrap_or_else(|| ["openid", "profile", "email"].map(str::to_owned).into()),
        groups: groups.unwrap_or_else(|| vec!["/groups".to_owned()]),
        strip_slash,
        trust_email,
        algorithms: algorithms.unwrap_or_else(|| vec![Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256]),
        userinfo,
    })
}

/// The issuer as it stands in the file (OpenID Connect Core, section 2: compared byte for byte), and its host.
fn issuer(value: &Value<'_>) -> Option<(String, String)> {
    const FORM: &str = "must be a URL, such as 'https://id.example/realms/harbour'";
    let text = value.word()?;
    let Ok(url) = Url::parse(text) else { return value.refuse(FORM) };
    let scheme = match url.scheme() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        _ => return value.refuse(FORM),
    };
    let Some(Ok(host)) = url.host_str().map(|host| Authority::parse(host, scheme)) else {
        return value.refuse(FORM);
    };
    if !text.starts_with(&format!("{}://", scheme.as_str())) || text.contains('\\') {
        return value.refuse(FORM);
    }
    if text.contains(['?', '#']) {
        return value.refuse("must have no query and no fragment (OpenID Connect Discovery, section 2)");
    }
    if text.contains('@') {
        return value.refuse("must name no user");
    }
    if scheme == Scheme::Http && !host.is_loopback() {
        return value
            .refuse("must be https; http is only for localhost, names under it and loopback addresses");
    }
    Some((text.to_owned(), host.host().to_owned()))
}

fn scopes(value: &Value<'_>) -> Option<Vec<String>> {
    let mut scopes = vec!["openid".to_owned()];
    for element in value.list()? {
        match element.word() {
            Some(scope) if scope.contains(['"', '\\']) => {
                element.refuse::<()>("has a character that no scope has (RFC 6749, section 3.3)");
            }
            Some(scope) if !scopes.iter().any(|known| known == scope) => scopes.push(scope.to_owned()),
            Some(_) | None => {}
        }
    }
    Some(scopes)
}

fn pointers(value: &Value<'_>) -> Option<Vec<String>> {
    let list = value.list()?;
    if list.is_empty() {
        value.warn("names no claim: nobody will have a role but 'signed-in'");
    }
    let mut pointers = Vec::new();
    for element in list {
        let Some(pointer) = element.string() else { continue };
        match pointer::check(pointer) {
            Ok(()) => pointers.push(pointer.to_owned()),
            Err(error) => {
                element.refuse::<()>(error.to_string());
            }
        }
    }
    Some(pointers)
}

fn algorithms(value: &Value<'_>) -> Option<Vec<Algorithm>> {
    let list = value.list()?;
    if list.is_empty() {
        return value.refuse("is empty: no ID token could ever be accepted");
    }
    let mut algorithms = Vec::new();
    for element in list {
        let Some(name) = element.string() else { continue };
        if name.eq_ignore_ascii_case("none") {
            element.refuse::<()>("'none' is refused: anybody could write such a token");
        } else if matches!(name, "HS256" | "HS384" | "HS512") {
            element.refuse::<()>(format!(
                "'{name}' is refused: whoever can check such a token, by the client secret, can write one"
            ));
        } else if let Some(algorithm) = element.choice(&ALGORITHMS)
            && !algorithms.contains(&algorithm)
        {
            algorithms.push(algorithm);
        }
    }
    Some(algorithms)
}
