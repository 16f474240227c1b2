//! From claims to a person: the ID token's values first, then userinfo's. A value with a control character,
//! or longer than 1 KB, is left out. Reads no groups.

use serde_json::Value;

use crate::identity::Person;

/// Of one value, in bytes.
const LONGEST: usize = 1024;

/// The person that judged claims describe. Both are JSON objects about the same subject.
pub fn person(
    issuer: &str,
    subject: &str,
    id_token: &Value,
    userinfo: Option<&Value>,
    groups: Vec<String>,
) -> Person {
    let sources = [Some(id_token), userinfo];
    let first = |claim| sources.iter().flatten().find_map(|source| clean(source, claim)).map(str::to_owned);
    let email = first("email");
    let email_verified = email.as_deref().is_some_and(|email| verified(&sources, email));
    Person {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        name: first("name"),
        preferred_username: first("preferred_username"),
        email,
        email_verified,
        groups,
    }
}

fn clean<'a>(source: &'a Value, claim: &str) -> Option<&'a str> {
    let text = source.get(claim)?.as_str()?;
    let good = !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
    good.then_some(text)
}

/// What the first source says that speaks of this very address: a source's `email_verified` is about its
/// own `email`. Some providers write booleans as text.
fn verified(sources: &[Option<&Value>], email: &str) -> bool {
    let about = sources.iter().flatten().filter(|source| clean(source, "email") == Some(email));
    let said = about.filter_map(|source| source.get("email_verified")).find(|said| !said.is_null());
    said.is_some_and(|said| *said == Value::Bool(true) || said == "true")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(id_token: Value, userinfo: Value) -> Person {
        person("https://id.example", "a", &id_token, Some(&userinfo), vec![])
    }

    #[test]
    fn the_id_token_comes_before_userinfo() {
        let both = of(json!({ "name": "Ada" }), json!({ "name": "Other", "preferred_username": "ada" }));
        assert_eq!(both.name.as_deref(), Some("Ada"));
        assert_eq!(both.preferred_username.as_deref(), Some("ada"));
        assert_eq!(both.subject, "a");
    }

    #[test]
    fn values_that_could_break_a_header_are_left_out() {
        let long = "x".repeat(LONGEST + 1);
        for bad in [
            json!("a\r\nX-Forwarded-User: b"),
            json!("a\u{0}"),
            json!("a\u{85}"),
            json!(7),
            json!(""),
            json!(long),
        ] {
            assert_eq!(of(json!({ "name": bad }), json!({})).name, None, "{bad}");
        }
        assert_eq!(of(json!({ "name": "Zoë 李" }), json!({})).name.as_deref(), Some("Zoë 李"));
    }

    #[test]
    fn an_address_is_verified_only_by_a_source_that_names_it() {
        for (id_token, userinfo, verified) in [
            (json!({ "email": "a@x", "email_verified": true }), json!({}), true),
            (json!({ "email": "a@x", "email_verified": "true" }), json!({}), true),
            (json!({ "email": "a@x" }), json!({ "email": "a@x", "email_verified": true }), true),
            (json!({ "email": "a@x" }), json!({ "email": "b@x", "email_verified": true }), false),
            (json!({ "email": "a@x" }), json!({ "email_verified": true }), false),
            (
                json!({ "email": "a@x", "email_verified": false }),
                json!({ "email": "a@x", "email_verified": true }),
                false,
            ),
            (json!({ "email": "a@x", "email_verified": 1 }), json!({}), false),
            (json!({ "email_verified": true }), json!({}), false),
        ] {
            assert_eq!(of(id_token.clone(), userinfo).email_verified, verified, "{id_token}");
        }
    }
}
