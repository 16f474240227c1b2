//! Claims that look like groups and that no pointer leads to: arrays of strings, wherever they are, and what a
//! provider that keeps them elsewhere says of that.

use serde_json::Value;

/// Claims of the protocols, which are arrays of strings and no groups.
const OTHERS: [&str; 8] = ["acr", "amr", "aud", "scp", "scope", "allowed-origins", "locale", "hd"];
/// No provider nests them deeper.
const DEEPEST: usize = 6;
const MOST: usize = 10;

/// A claim and the JSON Pointer (RFC 6901) that leads to it.
#[derive(Debug, PartialEq, Eq)]
pub struct Candidate {
    pub pointer: String,
    pub names: Vec<String>,
}

impl Candidate {
    /// The pointer as it stands in the configuration.
    pub fn written(&self) -> String {
        let escaped = self.pointer.chars().map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        });
        escaped.collect()
    }
}

/// Those named like groups first, then in the order of the claims.
pub fn candidates<'c>(sources: impl Iterator<Item = &'c Value>, configured: &[String]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for claims in sources {
        let mut these = Vec::new();
        walk(claims, String::new(), 0, &mut these);
        these.retain(|this| !found.iter().any(|known| known.pointer == this.pointer));
        found.append(&mut these);
    }
    found.retain(|candidate| !configured.contains(&candidate.pointer));
    found.sort_by_key(|candidate| !candidate.pointer.to_lowercase().contains("group"));
    found.truncate(MOST);
    found
}

fn walk(value: &Value, pointer: String, depth: usize, found: &mut Vec<Candidate>) {
    match value {
        Value::Object(members) if depth < DEEPEST => {
            for (name, member) in members.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())) {
                let step = name.replace('~', "~0").replace('/', "~1");
                walk(member, format!("{pointer}/{step}"), depth + 1, found);
            }
        }
        Value::Array(members) => {
            let names: Vec<String> = members.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            if !names.is_empty() && names.len() == members.len() {
                found.push(Candidate { pointer, names });
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_providers_place_is_found_and_nothing_else() {
        let claims = json!({
            "sub": "a", "aud": ["lanyard"], "amr": ["pwd"], "numbers": [1], "mixed": ["a", 1], "empty": [],
            "realm_access": { "roles": ["offline"] },
            "resource_access": { "dash.example": { "roles": ["viewer"] } },
            "https://harbour.example/groups": ["Finance"],
            "groups": ["known"],
        });
        let found: Vec<String> = candidates([&claims, &claims].into_iter(), &["/groups".into()])
            .into_iter()
            .map(|candidate| candidate.pointer)
            .collect();
        assert_eq!(
            found,
            [
                "/https:~1~1harbour.example~1groups",
                "/realm_access/roles",
                "/resource_access/dash.example/roles"
            ]
        );
        for candidate in candidates([&claims].into_iter(), &[]) {
            assert!(claims.pointer(&candidate.pointer).is_some(), "{candidate:?}");
        }
    }

    #[test]
    fn a_pointer_can_be_copied_into_the_file() {
        let found = candidates([&json!({ "a\"b\\c\n": ["x"] })].into_iter(), &[]);
        let line: toml::Table = format!("groups = [\"{}\"]", found[0].written()).parse().unwrap();
        assert_eq!(line["groups"][0].as_str(), Some("/a\"b\\c\n"));
    }
}
