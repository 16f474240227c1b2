//! What must hold of the groups that a person is in, whatever a provider sends: who left something out is never
//! taken for somebody without groups, and what the pointers find is what each of them finds alone.

use std::collections::BTreeSet;

use super::*;

/// Reads the groups, both with and without a leading slash.
pub fn groups(pointers: &[String], id_token: &Value, userinfo: Option<&Value>) {
    for strip_slash in [false, true] {
        let whole = read(pointers, strip_slash, id_token, userinfo);
        if let Ok(Groups::Present(names)) = &whole {
            plain(names);
            found(names, strip_slash, pointers, id_token, userinfo);
        }
        let single: Vec<_> = pointers
            .iter()
            .map(|pointer| read(std::slice::from_ref(pointer), strip_slash, id_token, userinfo))
            .collect();
        assert_eq!(united(single), whole, "{pointers:?} {id_token} {userinfo:?}");
        unrelated(pointers, strip_slash, id_token, userinfo, &whole);
        left_out(pointers, id_token, &whole);
    }
}

fn plain(names: &[String]) {
    assert!(names.len() <= MOST && names.iter().collect::<BTreeSet<_>>().len() == names.len(), "{names:?}");
    for name in names {
        assert!((1..=LONGEST).contains(&name.len()) && !name.chars().any(char::is_control), "{name:?}");
    }
}

/// No name comes from anywhere but a string at one of the pointers, or in an array there.
fn found(
    names: &[String],
    strip_slash: bool,
    pointers: &[String],
    id_token: &Value,
    userinfo: Option<&Value>,
) {
    let sources = || [Some(id_token), userinfo].into_iter().flatten();
    let values =
        || pointers.iter().flat_map(|pointer| sources().filter_map(|source| source.pointer(pointer)));
    for name in names {
        let is = |value: &Value| value == name || (strip_slash && *value == format!("/{name}"));
        let there = values().any(|value| is(value) || value.as_array().is_some_and(|all| all.iter().any(is)));
        assert!(there, "{name:?} is nowhere in {id_token} {userinfo:?}");
    }
}

fn united(single: Vec<Result<Groups, GroupsError>>) -> Result<Groups, GroupsError> {
    let mut all = Groups::Absent;
    for groups in single {
        if let Groups::Present(more) = groups? {
            let mut names = std::mem::replace(&mut all, Groups::Absent).into_names();
            more.into_iter().for_each(|name| {
                if !names.contains(&name) {
                    names.push(name)
                }
            });
            all = Groups::Present(names);
        }
    }
    Ok(all)
}

/// A claim that nobody asked for changes nothing, whatever is in it.
fn unrelated(
    pointers: &[String],
    strip_slash: bool,
    id_token: &Value,
    userinfo: Option<&Value>,
    whole: &Result<Groups, GroupsError>,
) {
    let mut more = id_token.clone();
    let Some(claims) = more.as_object_mut() else { return };
    if claims.insert("unasked".into(), serde_json::json!(["Manager", 1, null])).is_none()
        && pointers.iter().all(|pointer| !pointer.starts_with("/unasked") && !pointer.is_empty())
    {
        assert_eq!(read(pointers, strip_slash, &more, userinfo), *whole, "{pointers:?} {more}");
    }
}

/// What the ID token says it has left out is an error, for the pointers before which nothing else went wrong.
fn left_out(pointers: &[String], id_token: &Value, whole: &Result<Groups, GroupsError>) {
    let elsewhere = |claim: &str| {
        let distributed = id_token.get("_claim_names").is_some_and(|names| names.get(claim).is_some());
        distributed || (claim == "groups" && id_token.get("hasgroups") == Some(&Value::Bool(true)))
    };
    // Without escapes and paths, a pointer is its claim.
    let claims = pointers.iter().filter_map(|pointer| pointer.strip_prefix('/'));
    let plain = claims.filter(|claim| !claim.contains(['/', '~']));
    if plain.into_iter().any(elsewhere) {
        assert!(whole.is_err(), "{pointers:?} {id_token}");
    }
}
