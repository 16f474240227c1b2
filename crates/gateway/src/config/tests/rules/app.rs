//! What only a proxied dashboard has, and what a public one may not have.

use super::{check, check_dashboard};

#[test]
fn a_public_dashboard_is_told_nothing_and_had_better_be_elsewhere() {
    let elsewhere = "[dashboards.x]\npublic = true\napp = \"http://a:1\"\nhost = \"status.other\"";
    check(&[
        (elsewhere, &[]),
        (
            &format!("{elsewhere}\nforward_access_token = true"),
            &["5:24: error: dashboards.x.forward_access_token: a public dashboard is never told"],
        ),
        (
            &format!("{elsewhere}\nforward_groups = [\"A\"]"),
            &["5:18: warning: dashboards.x.forward_groups: has no effect"],
        ),
        (
            "[dashboards.x]\npublic = true\napp = \"http://a:1\"",
            &["2:10: warning: dashboards.x.public: shares the portal's site"],
        ),
        (
            "[portal]\nurl = \"https://dash.example\"\napps = \"https://*.apps.other\"\n[dashboards.x]\npublic = true\napp = \"http://a:1\"",
            &[],
        ),
        (
            "[portal]\nurl = \"https://dash.co.example\"\n[dashboards.x]\npublic = true\napp = \"http://a:1\"\nhost = \"s.co.example\"",
            &["4:10: warning: dashboards.x.public: shares the portal's site"],
        ),
        ("[dashboards.x]\npublic = true\nexternal = \"https://w.example\"", &[]),
    ]);
}

#[test]
fn what_goes_to_and_comes_from_an_app_is_checked() {
    for (line, expected) in [
        ("forward_access_token = true", None),
        (
            "pass_authorization = true\nforward_access_token = true",
            Some("5:24: error: dashboards.x.forward_access_token: needs the Authorization"),
        ),
        (
            "forward_groups = [\"A,B\"]",
            Some("4:19: error: dashboards.x.forward_groups: a group's name may have no comma"),
        ),
        ("host_header = \"drop\"", None),
        (
            "host_header = \"preserved\"",
            Some(
                "4:15: error: dashboards.x.host_header: 'preserved' is not known here; did you mean 'preserve'?",
            ),
        ),
        ("csp = \"default-src 'self'; img-src *\"", None),
        (
            "csp = \"default-src 'self'\\r\\nX: y\"",
            Some("4:7: error: dashboards.x.csp: may hold only printable ASCII"),
        ),
        (
            "csp = \"default-src x;Frame-Ancestors *\"",
            Some("4:7: error: dashboards.x.csp: must not set frame-ancestors"),
        ),
        (
            "csp = \"default-src x, frame-ancestors *\"",
            Some("4:7: error: dashboards.x.csp: must not set frame-ancestors"),
        ),
        ("start_path = \"/a?b=c\"", None),
        ("start_path = \"a\"", Some("4:14: error: dashboards.x.start_path: a path begins with one '/'")),
        ("start_path = \"//evil.example\"", Some("4:14: error: dashboards.x.start_path: ")),
        ("start_path = \"/%5flanyard/enter\"", Some("4:14: error: dashboards.x.start_path: is reserved")),
        ("health = \"/_stcore/health?x=1\"", None),
        ("health = \"health\"", Some("4:10: error: dashboards.x.health: a path begins with one '/'")),
        ("health = \"//evil.example/\"", Some("4:10: error: dashboards.x.health: ")),
        ("health = \"/a/../b\"", Some("4:10: error: dashboards.x.health: ")),
        ("health = \"/_Lanyard/enter\"", Some("4:10: error: dashboards.x.health: is reserved")),
        ("health = \"/up#now\"", Some("4:10: error: dashboards.x.health: must not have a '#'")),
        ("health = true", Some("4:10: error: dashboards.x.health: must be a string, not true")),
        ("timeout = \"0s\"", Some("4:11: error: dashboards.x.timeout: must be from \"1ms\" to \"1h\"")),
        (
            "timeout = 60",
            Some(
                "4:11: error: dashboards.x.timeout: must be a duration in quotes, such as \"30s\", not a whole number",
            ),
        ),
        ("public = \"no\"", Some("4:10: error: dashboards.x.public: must be true or false, not a string")),
    ] {
        check_dashboard(&[(&format!("app = \"http://a:1\"\n{line}"), expected.as_slice())]);
    }
}
