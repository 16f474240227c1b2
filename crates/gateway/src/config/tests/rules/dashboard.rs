//! `[dashboards.<id>]`: for whom, of which kind, and at which host.

use std::fs;

use super::{super::repository, check, check_dashboard};

#[test]
fn no_rule_means_nobody_and_two_rules_are_a_mistake() {
    let app = "[dashboards.x]\napp = \"http://a:1\"";
    for (rule, expected) in [
        (
            "public = true\nroles = [\"signed-in\"]",
            "4:1: error: dashboards.x.roles: 'public = true' opens this",
        ),
        ("roles = []", "3:9: warning: dashboards.x.roles: lists no role: nobody will see"),
        ("", "1:1: warning: dashboards.x: nobody will see it"),
        ("public = false", "1:1: warning: dashboards.x: nobody will see it"),
        ("rules = [\"signed-in\"]", "3:1: error: dashboards.x.rules: unknown key; did you mean 'roles'?"),
    ] {
        check(&[(&format!("{app}\n{rule}"), &[expected])]);
    }
}

#[test]
fn an_icon_is_one_of_the_shell_s() {
    let reference = fs::read_to_string(repository().join("docs/configuration.md")).expect("the reference");
    for name in lanyard_contract::icons::ICONS {
        assert!(reference.contains(&format!("`{name}`")), "{name} is not in the reference");
        check_dashboard(&[(&format!("app = \"http://a:1\"\nicon = \"{name}\""), &[])]);
    }
    check_dashboard(&[
        (
            "external = \"https://a.example\"\nicon = \"chart-colum\"",
            &["4:8: error: dashboards.x.icon: 'chart-colum' is not known here; did you mean 'chart-column'?"],
        ),
        (
            "app = \"http://a:1\"\nicon = \"<svg>\"",
            &["4:8: error: dashboards.x.icon: '<svg>' is not known here; known are activity, briefcase"],
        ),
    ]);
}

#[test]
fn a_dashboard_is_either_proxied_or_framed() {
    check(&[
        (
            "[dashboards.Fin]\napp = \"http://a:1\"\nroles = [\"signed-in\"]",
            &["1:13: error: dashboards.Fin: a dashboard's id"],
        ),
        ("[dashboards]\nx = 3", &["2:5: error: dashboards.x: must be a table, not a whole number"]),
        ("[[dashboards]]\nx = 3", &["1:1: error: dashboards: must be a table, not a list"]),
        (
            "[dashboard.x]\napp = \"http://a:1\"\n[dashboards]",
            &["1:2: error: dashboard: unknown key; did you mean 'dashboards'?"],
        ),
    ]);
    check(&[(
        "[dashboards.Fin]\napp = \"a:1\"\ntimeout = 1\nroles = [\"signed-in\"]",
        &[
            "1:13: error: dashboards.Fin: a dashboard's id",
            "2:7: error: dashboards.Fin.app: must be 'http://host:port'",
            "3:11: error: dashboards.Fin.timeout: must be a duration",
        ],
    )]);
    check_dashboard(&[
        ("", &["1:1: error: dashboards.x: needs 'app'"]),
        (
            "app = \"http://a:1\"\nexternal = \"https://w.example\"",
            &["4:1: error: dashboards.x.external: a dashboard has either"],
        ),
        (
            "external = \"https://w.example\"\ncsp = \"\"\nhost = \"h\"",
            &[
                "4:1: error: dashboards.x.csp: is only for dashboards with 'app'",
                "5:1: error: dashboards.x.host: is only for dashboards with 'app'",
            ],
        ),
        ("app = \"http://a:1/x\"", &["3:7: error: dashboards.x.app: must be 'http://host:port'"]),
        ("app = \"localhost:1\"", &["3:7: error: dashboards.x.app: must be 'http://host:port'"]),
        ("apps = \"http://a:1\"", &["3:1: error: dashboards.x.apps: unknown key; did you mean 'app'?"]),
    ]);
}

#[test]
fn a_host_of_its_own_is_nobody_elses() {
    let app = "app = \"http://a:1\"\nhost";
    for (host, expected) in [
        ("finance.example", None),
        ("finance.example:8443", None),
        ("a.b.dash.example", None),
        ("https://finance.example", Some("must be a host")),
        ("finance.example/x", Some("must be a host")),
        ("", Some("must be a host")),
        ("dash.example", Some("is the portal's host")),
        ("DASH.example.", Some("is the portal's host")),
        ("dash.example:8443", Some("is the portal's host")),
        ("fin.dash.example", Some("'fin' is a name under the wildcard")),
        ("fin.dash.example:8443", Some("'fin' is a name under the wildcard")),
    ] {
        let expected = expected.map(|message| format!("4:8: error: dashboards.x.host: {message}"));
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check_dashboard(&[(&format!("{app} = \"{host}\""), &expected)]);
    }
    let two = "host = \"f.example\"\n[dashboards.y]\napp = \"http://a:2\"\nroles = [\"signed-in\"]\nhost = \"F.example:9\"";
    check_dashboard(&[(
        &format!("app = \"http://a:1\"\n{two}"),
        &["8:8: error: dashboards.y.host: is the host of another dashboard already"],
    )]);
    check(&[(
        "[portal]\nurl = \"http://localhost\"\n[dashboards.x]\nroles = [\"signed-in\"]\napp = \"http://a:1\"\nhost = \"f.example\"",
        &["6:8: error: dashboards.x.host: must be localhost, a name under it"],
    )]);
}

#[test]
fn what_is_framed_is_neither_the_portal_nor_a_proxied_dashboard() {
    for (url, expected) in [
        ("https://wiki.example/start?x#y", None),
        ("wiki.example", Some("error: dashboards.x.external: must be a URL")),
        ("javascript:alert(1)", Some("error: dashboards.x.external: must be a URL")),
        ("file:///etc/passwd", Some("error: dashboards.x.external: must be a URL")),
        ("https://u:p@wiki.example", Some("error: dashboards.x.external: must name no user")),
        ("https://dash.example/x", Some("error: dashboards.x.external: is at the portal's own host")),
        ("https://dash.example:3000", Some("error: dashboards.x.external: is at the portal's own host")),
        ("https://fin.dash.example", Some("error: dashboards.x.external: is under the wildcard")),
        ("http://wiki.example", Some("warning: dashboards.x.external: is http")),
    ] {
        let expected = expected.map(|message| format!("3:12: {message}"));
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check_dashboard(&[(&format!("external = \"{url}\""), &expected)]);
    }
    let own = "[dashboards.y]\napp = \"http://a:2\"\nroles = [\"signed-in\"]\nhost = \"f.example\"";
    check_dashboard(&[(
        &format!("external = \"https://f.example/x\"\n{own}"),
        &["3:12: error: dashboards.x.external: is at the host of a proxied dashboard"],
    )]);
}
