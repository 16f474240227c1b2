//! Wrong in what is said: JSON Merge Patches over claims and over the discovery document. With them a test can
//! order any claim there is, and none.

use serde_json::{Map, Value};

use super::Order;

impl Order {
    pub(super) fn changes_id_token_claims(&self) -> bool {
        self.id_token.is_some() || self.claims.is_some()
    }

    pub(super) fn id_token_claims(&self, claims: Value) -> Value {
        patched(claims, [&self.claims, &self.id_token])
    }

    pub fn userinfo(&self, claims: Value) -> Value {
        patched(claims, [&self.claims, &self.userinfo])
    }

    pub fn metadata(&self, document: Value) -> Value {
        patched(document, [&self.discovery])
    }
}

fn patched<const N: usize>(mut target: Value, patches: [&Option<Value>; N]) -> Value {
    for patch in patches.into_iter().flatten() {
        merge(&mut target, patch);
    }
    target
}

/// RFC 7396, section 2: objects member by member, `null` takes out, everything else replaces.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_replaces_adds_and_takes_out() {
        let mut claims = json!({ "sub": "a", "iat": 1, "groups": ["A"], "realm": { "x": 1, "y": 2 } });
        let patch = json!({ "iat": null, "groups": { "odd": true }, "realm": { "x": null }, "new": [null] });
        merge(&mut claims, &patch);
        assert_eq!(
            claims,
            json!({ "sub": "a", "groups": { "odd": true }, "realm": { "y": 2 }, "new": [null] })
        );
    }
}
