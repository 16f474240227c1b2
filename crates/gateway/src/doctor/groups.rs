//! Where somebody's groups are, by a token or claims that were pasted: what the configured pointers find, which roles
//! that gives, and which other claims look like groups. The token is not verified, and nothing of it is printed but
//! the groups' names and where they are.

use std::future::ready;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use lanyard_contract::RoleId;
use serde_json::Value;

use super::{Finding, Setup, Severity};
use crate::{
    config::{Config, quoted},
    identity::groups::{self, Groups, GroupsError},
};

mod candidates;

use candidates::{Candidate, candidates};

const ABOUT: &str = "identity";
/// So many names stand in one line.
const SHOWN: usize = 12;

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let report = |pasted: &String| match claims(pasted) {
        Ok(claims) => report(&claims, None, setup.config),
        Err(why) => vec![Finding::new(ABOUT, Severity::Error, why)],
    };
    Box::pin(ready(setup.asked.token.as_ref().map(report).unwrap_or_default()))
}

/// What a token says, or the claims themselves.
fn claims(pasted: &str) -> Result<Value, &'static str> {
    const FORM: &str = "the token is neither a JWT (three parts, with dots between) nor a JSON object; paste an ID \
                        token, an access token that is a JWT, or what the userinfo endpoint answered";
    let pasted = pasted.trim();
    let json = if pasted.starts_with('{') {
        pasted.as_bytes().to_vec()
    } else {
        let parts: Vec<&str> = pasted.splitn(6, '.').collect();
        match parts[..] {
            [_, payload, _] => URL_SAFE_NO_PAD.decode(payload).map_err(|_| FORM)?,
            [_, _, _, _, _] => {
                return Err("the token is encrypted; paste one that is only signed, or the claims");
            }
            _ => return Err(FORM),
        }
    };
    serde_json::from_slice(&json).ok().filter(Value::is_object).ok_or(FORM)
}

/// Of an ID token, or whatever was pasted in its place, and userinfo.
pub(super) fn report(claims: &Value, userinfo: Option<&Value>, config: &Config) -> Vec<Finding> {
    let Some(identity) = config.sign_in.provider() else {
        let message = "a proxy in front says the groups, and no token: --token is for an identity provider";
        return vec![Finding::new(ABOUT, Severity::Error, message)];
    };
    let say = |severity, message: String| Finding::new(ABOUT, severity, message);
    let read = |pointers: &[String]| groups::read(pointers, identity.strip_slash, claims, userinfo);
    let mut found: Vec<Finding> = Vec::new();
    for pointer in &identity.groups {
        let at = quoted(pointer);
        found.push(match read(std::slice::from_ref(pointer)) {
            Ok(Groups::Present(names)) => {
                say(Severity::Fine, format!("the token has {} at {at}{}", count(names.len()), list(&names)))
            }
            Ok(Groups::Absent) => say(Severity::Note, format!("the token has nothing at {at}")),
            Err(GroupsError::OverProviderLimit) => say(
                Severity::Error,
                format!(
                    "the token leaves {at} out because there are too many: nobody signs in so; let the provider send \
                     only the groups that are assigned to this client"
                ),
            ),
            Err(error) => say(Severity::Error, format!("{error}: nobody signs in so; let the provider send names")),
        });
    }
    let all = read(&identity.groups);
    let others = candidates([Some(claims), userinfo].into_iter().flatten(), &identity.groups);
    if all == Ok(Groups::Absent) {
        let remedy = match others.first() {
            Some(best) => format!("write groups = [\"{}\"]", best.written()),
            None => "let the provider put the groups into its tokens or into userinfo".to_owned(),
        };
        found.push(say(
            Severity::Error,
            format!("no pointer of [identity] groups finds anything: everybody is in no group; {remedy}"),
        ));
    }
    found.extend(others.iter().map(|other| say(Severity::Note, hint(other, &identity.groups))));
    found.extend(roles(&all.map(Groups::into_names).unwrap_or_default(), config));
    found
}

fn hint(other: &Candidate, configured: &[String]) -> String {
    let all: Vec<String> = configured.iter().cloned().chain([other.written()]).collect();
    let (at, names) = (quoted(&other.pointer), list(&other.names));
    format!(
        "the token has what looks like groups at {at}{names}; if so: groups = [\"{}\"]",
        all.join("\", \"")
    )
}

fn roles(names: &[String], config: &Config) -> Vec<Finding> {
    let say = |severity, message: String| Finding::new("roles", severity, message);
    let (mut found, mut strays) = (Vec::new(), Vec::new());
    for name in names {
        let mut granted = config.roles.roles_of([name]);
        granted.remove(&RoleId::signed_in());
        let granted: Vec<&str> = granted.iter().map(RoleId::as_str).collect();
        if granted.is_empty() {
            strays.push(name.clone());
        } else {
            found.push(say(
                Severity::Fine,
                format!("the group {} grants {}", quoted(name), granted.join(", ")),
            ));
        }
    }
    if found.is_empty() && !names.is_empty() {
        let message = format!(
            "none of the token's groups grants a role{}; write one of them in [roles], letter by letter",
            list(&strays)
        );
        found.push(say(Severity::Warning, message));
    } else if !strays.is_empty() {
        found.push(say(Severity::Note, format!("{} no role{}", grants(strays.len()), list(&strays))));
    }
    found
}

fn count(groups: usize) -> String {
    if groups == 1 { "1 group".to_owned() } else { format!("{groups} groups") }
}

fn grants(groups: usize) -> String {
    if groups == 1 { "1 group grants".to_owned() } else { format!("{groups} groups grant") }
}

/// `: 'a', 'b', …`
fn list(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len() - SHOWN));
    }
    if shown.is_empty() { String::new() } else { format!(": {}", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_or_its_claims_can_be_pasted() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"sub":"a"}"#);
        for pasted in [format!(" h.{payload}.s\n"), r#"{"sub":"a"}"#.to_owned()] {
            assert_eq!(claims(&pasted).unwrap()["sub"], "a");
        }
        for pasted in ["", "abc", "a.b", "h.!.s", "[1]", "{", &format!("{payload}.{payload}"), "h.W10.s"] {
            assert!(claims(pasted).unwrap_err().contains("neither"), "{pasted}");
        }
        assert!(claims("a.b.c.d.e").unwrap_err().contains("encrypted"));
    }
}
