//! `[identity]` and `[roles]`: whom to believe, and what it grants.

use super::check;

#[test]
fn the_issuer_is_an_https_url_or_a_loopback_one() {
    let rest = "client_id = \"c\"\nclient_secret = \"env:SECRET\"";
    let cases: [(&str, &[&str]); 10] = [
        ("https://id.example/realms/harbour", &[]),
        ("https://id.example/", &[]),
        ("http://id.localhost:8081", &[]),
        ("http://id.example", &["2:10: error: identity.issuer: must be https"]),
        ("https://id.example/?x", &["2:10: error: identity.issuer: must have no query"]),
        ("https://id.example#x", &["2:10: error: identity.issuer: must have no query"]),
        ("https://u:p@id.example", &["2:10: error: identity.issuer: must name no user"]),
        ("https:id.example", &["2:10: error: identity.issuer: must be a URL"]),
        ("id.example", &["2:10: error: identity.issuer: must be a URL"]),
        (" https://id.example", &["2:10: error: identity.issuer: may hold only printable ASCII"]),
    ];
    for (issuer, expected) in cases {
        check(&[(&format!("[identity]\nissuer = \"{issuer}\"\n{rest}"), expected)]);
    }
    check(&[
        (
            "[identity]\nissuer = \"https://i\"\nclient_id = \"\"\nclient_secret = \"env:SECRET\"",
            &["3:13: error: identity.client_id: is empty"],
        ),
        (
            "[identity]\nissuer = \"https://i\"\nclient_id = \"c\"",
            &["1:1: error: identity.client_secret: is missing"],
        ),
    ]);
}

/// `[identity]` with one line more, the fifth.
fn check_identity(cases: &[(&str, &[&str])]) {
    let identity = "[identity]\nissuer = \"https://i\"\nclient_id = \"c\"\nclient_secret = \"env:SECRET\"";
    for (line, expected) in cases {
        check(&[(&format!("{identity}\n{line}"), expected)]);
    }
}

#[test]
fn algorithms_are_those_that_only_the_provider_can_sign_with() {
    check_identity(&[
        ("algorithms = [\"EdDSA\", \"ES384\"]", &[]),
        ("algorithms = [\"RS256\", \"none\"]", &["5:24: error: identity.algorithms: 'none' is refused"]),
        (
            "algorithms = [\"HS256\"]",
            &["5:15: error: identity.algorithms: 'HS256' is refused: whoever can check"],
        ),
        (
            "algorithms = [\"RS265\"]",
            &["5:15: error: identity.algorithms: 'RS265' is not known here; did you mean 'RS256'?"],
        ),
        ("algorithms = []", &["5:14: error: identity.algorithms: is empty"]),
    ]);
}

#[test]
fn groups_are_found_by_json_pointers() {
    check_identity(&[
        ("groups = [\"/groups\", \"/https:~1~1x.example~1g\"]", &[]),
        (
            "groups = [\"groups\"]",
            &[
                "5:11: error: identity.groups: must be a JSON Pointer, which begins with '/'; did you mean '/groups'?",
            ],
        ),
        ("groups = [\"\"]", &["5:11: error: identity.groups: is the whole token"]),
        ("groups = [\"/a~b\"]", &["5:11: error: identity.groups: has a '~'"]),
        ("groups = \"/groups\"", &["5:10: error: identity.groups: must be a list, not a string"]),
        ("groups = []", &["5:10: warning: identity.groups: names no claim"]),
        ("scopes = [\"a b\"]", &["5:11: error: identity.scopes: may hold only printable ASCII"]),
        ("scopes = ['\"']", &["5:11: error: identity.scopes: has a character"]),
    ]);
}

#[test]
fn roles_are_named_like_ids_and_granted_by_groups_that_fit_into_a_list() {
    check(&[
        ("[roles]\nsigned-in = [\"x\"]", &["2:1: error: roles.signed-in: is built in"]),
        ("[roles]\nFinance = [\"x\"]", &["2:1: error: roles.Finance: a role's name may hold only"]),
        ("[roles]\nfinance = []", &["2:11: warning: roles.finance: lists no group"]),
        ("[roles]\nfinance = [\"A, B\"]", &["2:12: error: roles.finance: a group's name may have no comma"]),
        ("[roles]\nfinance = [\"A\\u0001\"]", &["2:12: error: roles.finance: has a control character"]),
        (
            "[roles]\nfinance = [\"a\\u202Etxt.exe\"]",
            &["2:12: error: roles.finance: has U+202E, which nobody sees and which can change how it reads"],
        ),
        ("[roles]\nfinance = [\"\"]", &["2:12: error: roles.finance: is empty"]),
        ("[roles]\nfinance = \"A\"", &["2:11: error: roles.finance: must be a list, not a string"]),
        (
            "[roles]\n\"Big Boss\" = [\"x\"]\n[dashboards.x]\napp = \"http://a:1\"\nroles = [\"Big Boss\"]",
            &["2:1: error: roles.\"Big Boss\": a role's name may hold only"],
        ),
        (
            "[roles]\na = [\"x\"]\n[dashboards.x]\napp = \"http://a:1\"\nroles = [\"zebra\"]",
            &["5:10: error: dashboards.x.roles: unknown role 'zebra'; known are a, signed-in"],
        ),
    ]);
}
