//! `[server]`, `[session]` and `[limits]`, and keys that nobody knows.

use super::check;

#[test]
fn listeners_limits_and_lifetimes_are_possible_ones() {
    for (section, line, expected) in [
        ("server", "listen = [\"127.0.0.1:0\", \"127.0.0.1:0\"]\nadmin = \"127.0.0.1:0\"", None),
        (
            "server",
            "listen = [\"127.0.0.1:1\", \"127.0.0.1:1\"]",
            Some("2:26: error: server.listen: cannot be listened on together"),
        ),
        (
            "server",
            "listen = [\"0.0.0.0:1\", \"127.0.0.1:1\"]",
            Some("2:24: error: server.listen: cannot be listened on together"),
        ),
        ("server", "listen = [\"0.0.0.0:1\", \"[::]:1\"]", None),
        ("server", "listen = []", Some("2:10: error: server.listen: is empty")),
        (
            "server",
            "listen = [\"localhost:1\"]",
            Some("2:11: error: server.listen: must be an address and a port"),
        ),
        (
            "server",
            "listen = [\"127.0.0.1:9090\"]",
            Some("2:10: error: server.listen: server.admin and server.listen are both"),
        ),
        (
            "server",
            "admin = \"[::1]:8080\"",
            Some("2:9: error: server.admin: server.admin and server.listen are both"),
        ),
        (
            "server",
            "trusted_proxies = [\"10.0.0.0/8\"]",
            Some("2:20: error: server.trusted_proxies: must be a single address"),
        ),
        ("server", "drain = \"11min\"", Some("2:9: error: server.drain: must be from \"0s\" to \"10min\"")),
        (
            "session",
            "absolute = \"0s\"",
            Some("2:12: error: session.absolute: must be from \"1ms\" to \"30d\""),
        ),
        ("session", "absolute = \"8m\"", Some("2:12: error: session.absolute: has the unit 'm'")),
        ("session", "total = -1", Some("2:9: error: session.total: must be from 1 to 10000000")),
        ("session", "total = 0x1_0", None),
        (
            "limits",
            "header_bytes = 8191",
            Some("2:16: error: limits.header_bytes: must be from 8192 to 1048576"),
        ),
        ("limits", "header_bytes = 8192", None),
        (
            "limits",
            "connections = 99999999999999999999",
            Some("2:15: error: limits.connections: must be from"),
        ),
        (
            "limits",
            "sign_ins = 1.5",
            Some("2:12: error: limits.sign_ins: must be a whole number, not a number with a fraction"),
        ),
    ] {
        check(&[(&format!("[{section}]\n{line}"), expected.as_slice())]);
    }
}

#[test]
fn unknown_keys_are_found_at_every_level() {
    check(&[
        ("[servers]", &["1:2: error: servers: unknown key; did you mean 'server'?"]),
        ("[server]\nx = 1", &["2:1: error: server.x: unknown key; known are listen, admin"]),
        (
            "[limits]\nheader-bytes = 9000",
            &["2:1: error: limits.header-bytes: unknown key; did you mean 'header_bytes'?"],
        ),
        (
            "[session]\nabsolut = \"8h\"\n[session.more]",
            &[
                "2:1: error: session.absolut: unknown key; did you mean 'absolute'?",
                "3:10: error: session.more: unknown key; known are absolute, per_person, total",
            ],
        ),
        ("contact = \"x\"\n[server]", &["1:1: error: contact: unknown key; known are portal"]),
    ]);
}
