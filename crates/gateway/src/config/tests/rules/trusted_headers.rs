//! `[identity.trusted_headers]`: a secret, a proxy, one header for each thing, and no provider beside it.

use super::{super::loaded, check};

const HEAD: &str = "[identity.trusted_headers]\nsecret = \"env:LONG_SECRET\"\n";
const PROXY: &str = "[server]\ntrusted_proxies = [\"10.0.0.7\"]";

#[test]
fn whom_to_believe_and_by_what_secret_must_be_said() {
    check(&[
        (&format!("{HEAD}{PROXY}"), &[]),
        (HEAD, &["1:1: error: identity.trusted_headers: believes nobody yet: [server] trusted_proxies must"]),
        (
            &format!("{HEAD}[server]\ntrusted_proxies = []"),
            &["1:1: error: identity.trusted_headers: believes nobody yet"],
        ),
        (
            &format!("[identity.trusted_headers]\n{PROXY}"),
            &["1:1: error: identity.trusted_headers.secret: is missing: what the proxy in front proves"],
        ),
        (
            &format!("[identity.trusted_headers]\nsecret = \"env:SECRET\"\n{PROXY}"),
            &["2:10: error: identity.trusted_headers.secret: refers to a secret of fewer than 32 characters"],
        ),
        (
            &format!("[identity.trusted_headers]\nsecret = \"env:BLANK_SECRET\"\n{PROXY}"),
            &["2:10: error: identity.trusted_headers.secret: refers to a secret with spaces or"],
        ),
        (
            &format!("[identity.trusted_headers]\nsecret = \"0123456789abcdef0123456789abcdef\"\n{PROXY}"),
            &["2:10: error: identity.trusted_headers.secret: must be a reference"],
        ),
    ]);
}

#[test]
fn a_provider_beside_it_is_one_too_many() {
    check(&[
        (&format!("[identity]\nname = \"Authelia\"\nstrip_slash = true\n{HEAD}{PROXY}"), &[]),
        (
            &format!("[identity]\nissuer = \"https://i\"\ngroups = [\"/groups\"]\n{HEAD}{PROXY}"),
            &[
                "2:1: error: identity.issuer: is about an identity provider, which [identity.trusted_headers]",
                "3:1: error: identity.groups: is about an identity provider",
            ],
        ),
        (
            &format!(
                "{HEAD}{PROXY}\n[dashboards.x]\napp = \"http://a:1\"\nroles = [\"signed-in\"]\nforward_access_token = true"
            ),
            &["8:24: error: dashboards.x.forward_access_token: a proxy in front, as in"],
        ),
    ]);
}

#[test]
fn each_header_says_one_thing_and_has_a_plain_name() {
    let line = |line: &str| format!("{HEAD}{line}\n{PROXY}");
    check(&[
        (&line("user = \"X-Forwarded-Preferred-Username\""), &[]),
        (
            &line("user = \"Remote_User\""),
            &["3:8: error: identity.trusted_headers.user: must be the name of a"],
        ),
        (&line("user = \"\""), &["3:8: error: identity.trusted_headers.user: must be the name of a header"]),
        (&line("user = \"Cookie\""), &["3:8: error: identity.trusted_headers.user: is a header that says"]),
        (
            &line("user = \"Sec-Fetch-Site\""),
            &["3:8: error: identity.trusted_headers.user: is a header that"],
        ),
        (
            &line("groups = \"remote-user\""),
            &["1:1: error: identity.trusted_headers: 'remote-user' cannot say"],
        ),
        (
            &line("user = \"Remote-Email\""),
            &["1:1: error: identity.trusted_headers: 'remote-email' cannot say"],
        ),
        (
            &line("cookies = [\"harbour=\"]"),
            &["3:12: error: identity.trusted_headers.cookies: has a character"],
        ),
        (&line("sign_out = \"https://auth.example/logout?rd=x\""), &[]),
        (&line("sign_out = \"http://auth.localhost:9091/logout\""), &[]),
        (
            &line("sign_out = \"http://auth.example/logout\""),
            &["3:12: error: identity.trusted_headers.sign_out"],
        ),
        (
            &line("sign_out = \"/logout\""),
            &["3:12: error: identity.trusted_headers.sign_out: must be an https"],
        ),
    ]);
}

#[test]
fn what_is_not_said_are_the_names_that_most_proxies_use() {
    let config = loaded(&format!("{HEAD}{PROXY}"));
    let headers = config.sign_in.headers().expect("a proxy");
    let names = [&headers.user, &headers.groups, &headers.email, &headers.name, &headers.secret_header];
    let expected = ["remote-user", "remote-groups", "remote-email", "remote-name", "x-lanyard-proxy"];
    assert_eq!(names.map(|name| name.as_str()), expected);
    assert_eq!((headers.separator, headers.called.as_str()), (',', "the proxy in front"));
    assert!(!format!("{config:?}").contains("0123456789abcdef"));
}
