//! The keys of `[dashboards.<id>]`.

use lanyard_contract::icons::ICONS;

use super::{
    GROUP, Key, Kind,
    Preset::{Value, Words},
    kind::{APP, FILE, HEALTH, HOST, PAGE, PATH, POLICY, ROLE, TEXT},
};

pub const DASHBOARD: &[Key] = &[
    Key::new("title", TEXT, Words("the id"), "What the navigation calls it."),
    Key::new("section", TEXT, Words("none"), "The heading that it stands under."),
    Key::new("description", TEXT, Words("none"), "One sentence about it."),
    Key::new("icon", Kind::Choice(&ICONS), Words("none"), "Its picture, one of those below."),
    Key::new(
        "app",
        APP,
        Words("this or `external` is required"),
        "Where the app listens; Lanyard proxies it and enforces the rule on every request.",
    ),
    Key::new(
        "external",
        PAGE,
        Words("this or `app` is required"),
        "A page that is framed as it is and enforces itself; neither the portal's host nor a dashboard's, and \
         public through the portal's content policy.",
    ),
    Key::new(
        "roles",
        Kind::List(&ROLE),
        Words("nobody"),
        "Who sees it: everybody with one of these roles.",
    ),
    Key::new(
        "public",
        Kind::Flag,
        Value("false"),
        "Opens it to everybody, signed in or not; the app is then never told who is looking.",
    ),
    Key::new(
        "ca",
        FILE,
        Words("Mozilla's authorities"),
        "One or more certificate authorities in PEM: an app at `https` must show a certificate for the host in \
         `app` that one of these has signed, and no other authority counts.",
    )
    .app_only(),
    Key::new(
        "host",
        HOST,
        Words("one name of the wildcard"),
        "A host of its own, outside the wildcard; it is public through the portal's content policy.",
    )
    .app_only(),
    Key::new(
        "host_header",
        Kind::Choice(&["rewrite", "preserve", "drop"]),
        Value("\"rewrite\""),
        "Whether the app sees its own authority as `Host` and `Origin` (for a loopback address `localhost` and \
         its port), the dashboard's, or its own without an `Origin`.",
    )
    .app_only(),
    Key::new(
        "forward_groups",
        Kind::List(&GROUP),
        Words("none"),
        "Groups that the app is told about besides those that its roles name.",
    )
    .app_only(),
    Key::new(
        "pass_authorization",
        Kind::Flag,
        Value("false"),
        "Leaves the viewer's own `Authorization` header in the request.",
    )
    .app_only(),
    Key::new(
        "forward_access_token",
        Kind::Flag,
        Value("false"),
        "Sends the provider's access token as `Authorization: Bearer`; not together with `pass_authorization` \
         and never to a public dashboard.",
    )
    .app_only(),
    Key::new(
        "csp",
        POLICY,
        Words("the tightest that common frameworks run under"),
        "The dashboard's `Content-Security-Policy`, without `frame-ancestors`, which is always Lanyard's.",
    )
    .app_only(),
    Key::new("start_path", PATH, Value("\"/\""), "Where the frame opens, with or without a query.").app_only(),
    Key::new(
        "timeout",
        Kind::Duration("1ms", "1h"),
        Value("\"60s\""),
        "How long the app may take to begin its answer.",
    )
    .app_only(),
    Key::new(
        "health",
        HEALTH,
        Words("none"),
        "What is asked of the app, without any cookie or identity, to learn whether it answers: choose what \
         makes no session, such as `\"/_stcore/health\"` of Streamlit. Without it, a connection is made and \
         dropped.",
    )
    .app_only(),
];
