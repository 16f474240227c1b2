//! Groups as real providers send them, and as none should.

use serde_json::json;

use super::*;

fn at(pointers: &[&str], id_token: Value, userinfo: Value) -> Result<Groups, GroupsError> {
    let pointers: Vec<String> = pointers.iter().map(|pointer| (*pointer).to_owned()).collect();
    read(&pointers, false, &id_token, Some(&userinfo))
}

fn present(names: &[&str]) -> Result<Groups, GroupsError> {
    Ok(Groups::Present(names.iter().map(|name| (*name).to_owned()).collect()))
}

fn why(result: Result<Groups, GroupsError>) -> Option<Malformation> {
    match result {
        Err(GroupsError::Malformed { why, .. }) => Some(why),
        _ => None,
    }
}

#[test]
fn absent_and_empty_are_two_things() {
    assert_eq!(at(&["/groups"], json!({}), json!({})), Ok(Groups::Absent));
    assert_eq!(at(&["/groups"], json!({ "groups": null }), json!({})), Ok(Groups::Absent));
    assert_eq!(at(&["/groups"], json!({ "groups": [] }), json!({})), present(&[]));
    assert_eq!(at(&["/groups"], json!({ "groups": "" }), json!({})), present(&[]));
    assert_eq!(at(&[], json!({ "groups": ["A"] }), json!({})), Ok(Groups::Absent));
}

#[test]
fn an_array_or_a_single_string_is_read_as_it_stands() {
    assert_eq!(at(&["/groups"], json!({ "groups": ["B", "A", "B"] }), json!({})), present(&["B", "A"]));
    assert_eq!(
        at(&["/groups"], json!({ "groups": "Finance, Team" }), json!({})),
        present(&["Finance, Team"])
    );
    let dn = "CN=Finance\\, Team,OU=Groups,DC=harbour,DC=example";
    assert_eq!(
        at(&["/g"], json!({ "g": [dn, "Führung", "財務", " A"] }), json!({})),
        present(&[dn, "Führung", "財務", " A"])
    );
}

#[test]
fn pointers_reach_nested_url_named_and_dotted_claims() {
    let claims = json!({
        "realm_access": { "roles": ["R"] },
        "https://harbour.example/groups": ["U"],
        "resource_access": { "my.client": { "roles": ["C"] } },
        "a~b": ["T"],
    });
    for (pointer, name) in [
        ("/realm_access/roles", "R"),
        ("/https:~1~1harbour.example~1groups", "U"),
        ("/resource_access/my.client/roles", "C"),
        ("/a~0b", "T"),
    ] {
        assert_eq!(at(&[pointer], claims.clone(), json!({})), present(&[name]), "{pointer}");
    }
    assert_eq!(at(&["/realm_access.roles"], claims, json!({})), Ok(Groups::Absent));
}

#[test]
fn the_id_token_comes_first_at_each_pointer_and_the_pointers_are_united() {
    let id_token = json!({ "groups": ["A"] });
    let userinfo = json!({ "groups": ["X"], "roles": ["B", "A"] });
    assert_eq!(at(&["/groups", "/roles"], id_token.clone(), userinfo.clone()), present(&["A", "B"]));
    assert_eq!(at(&["/roles", "/groups"], id_token, userinfo.clone()), present(&["B", "A"]));
    assert_eq!(at(&["/groups"], json!({ "groups": [] }), userinfo.clone()), present(&[]));
    assert_eq!(at(&["/groups"], json!({ "groups": null }), userinfo), present(&["X"]));
}

#[test]
fn one_leading_slash_is_stripped_on_request() {
    let claims = json!({ "groups": ["/Finance", "//Twice", "Plain", "/a/b", "/"] });
    let read = |strip| read(&["/groups".to_owned()], strip, &claims, None);
    assert_eq!(read(true), present(&["Finance", "/Twice", "Plain", "a/b"]));
    assert_eq!(read(false), present(&["/Finance", "//Twice", "Plain", "/a/b", "/"]));
}

#[test]
fn over_the_providers_limit_is_an_error_and_never_no_groups() {
    let over = Err(GroupsError::OverProviderLimit);
    let names = json!({
        "_claim_names": { "groups": "src1" },
        "_claim_sources": { "src1": { "endpoint": "https://graph.example/getMemberObjects" } },
    });
    assert_eq!(at(&["/groups"], names.clone(), json!({})), over);
    assert_eq!(at(&["/groups"], names.clone(), json!({ "groups": ["A"] })), over);
    assert_eq!(at(&["/roles", "/groups"], names.clone(), json!({ "roles": ["A"] })), over);
    assert_eq!(at(&["/groups"], json!({}), names.clone()), over);
    for said in [json!(true), json!("true"), json!(1)] {
        assert_eq!(at(&["/groups"], json!({ "hasgroups": said }), json!({})), over);
    }
    assert_eq!(at(&["/groups/0"], names.clone(), json!({})), over);
    let url_named = json!({ "_claim_names": { "https://x/g": "src1" } });
    assert_eq!(at(&["/https:~1~1x~1g"], url_named, json!({})), over);

    assert_eq!(at(&["/roles"], names, json!({})), Ok(Groups::Absent));
    assert_eq!(at(&["/groups"], json!({ "hasgroups": false }), json!({})), Ok(Groups::Absent));
    assert_eq!(at(&["/roles"], json!({ "hasgroups": true, "roles": ["A"] }), json!({})), present(&["A"]));
    assert_eq!(at(&["/groups"], json!({ "_claim_names": { "other": "s" } }), json!({})), Ok(Groups::Absent));
}

#[test]
fn malformed_is_an_error_and_never_no_groups() {
    use Malformation as M;
    for (claim, wanted) in [
        (json!(7), M::Type),
        (json!(true), M::Type),
        (json!({ "A": true }), M::Type),
        (json!(["A", 7]), M::Member),
        (json!(["A", null]), M::Member),
        (json!([["A"]]), M::Member),
        (json!([{ "name": "A" }]), M::Member),
        (json!(["A\nB"]), M::ControlCharacter),
        (json!("A\u{0}"), M::ControlCharacter),
        (json!(["A\u{9b}"]), M::ControlCharacter),
        (json!(["x".repeat(LONGEST + 1)]), M::LongName),
    ] {
        assert_eq!(why(at(&["/groups"], json!({ "groups": claim }), json!({}))), Some(wanted), "{claim}");
        let second = at(&["/good", "/groups"], json!({ "good": ["A"] }), json!({ "groups": claim }));
        assert_eq!(why(second), Some(wanted), "{claim}");
    }
    let odd = at(&["/groups"], json!({ "_claim_names": ["groups"] }), json!({}));
    assert_eq!(why(odd), Some(M::ClaimNames));
}

#[test]
fn ten_thousand_groups_are_read_and_one_more_is_too_many() {
    let names = |count: usize| -> Vec<String> { (0..count).map(|n| format!("group {n}")).collect() };
    let found = at(&["/groups"], json!({ "groups": names(MOST) }), json!({}));
    assert_eq!(found.map(|groups| groups.into_names().len()), Ok(MOST));
    let more = at(&["/groups"], json!({ "groups": names(MOST + 1) }), json!({}));
    assert_eq!(why(more), Some(Malformation::TooMany));
    let united = at(&["/groups", "/more"], json!({ "groups": names(MOST), "more": ["one more"] }), json!({}));
    assert_eq!(why(united), Some(Malformation::TooMany));
}
