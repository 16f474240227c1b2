//! The keys of `[server]`, `[session]` and `[limits]`.

use super::{
    Key, Kind,
    Preset::{Value, Words},
    kind::{FILE, IP, SOCKET},
};

pub const SERVER: &[Key] = &[
    Key::new(
        "listen",
        Kind::NonEmpty(&SOCKET),
        Value(r#"["127.0.0.1:8080", "[::1]:8080"]"#),
        "Where the portal and the dashboards are served, in plain HTTP.",
    ),
    Key::new("admin", SOCKET, Value("\"127.0.0.1:9090\""), "Where health and metrics are served."),
    Key::new(
        "trusted_proxies",
        Kind::List(&IP),
        Words("none"),
        "Peers whose `X-Forwarded-For` is believed; single addresses, no networks.",
    ),
    Key::new("shell", FILE, Value("\"dist\""), "The folder with the built shell."),
    Key::new("state", FILE, Value("\"lanyard-state\""), "The folder for what must survive a restart."),
    Key::new(
        "audit",
        FILE,
        Words("`audit.jsonl` in `state`"),
        "The audit trail, one JSON object a line. While it cannot be written, nothing new is granted; what else \
         happens is kept, up to 10 000 events, and written when it can be. A line that is no whole object was \
         cut off by a full disk or a kill; its event, if it happened, follows whole.",
    ),
    Key::new(
        "drain",
        Kind::Duration("0s", "10min"),
        Value("\"10s\""),
        "How long open requests may go on after SIGTERM.",
    ),
];

pub const SESSION: &[Key] = &[
    Key::new(
        "absolute",
        Kind::Duration("1ms", "30d"),
        Value("\"8h\""),
        "The longest a session lives, whatever happens.",
    ),
    Key::new(
        "per_person",
        Kind::Count(1, 10_000),
        Value("20"),
        "Sessions of one person at a time; the oldest ends.",
    ),
    Key::new("total", Kind::Count(1, 10_000_000), Value("100000"), "Sessions at a time."),
];

pub const LIMITS: &[Key] = &[
    Key::new(
        "sign_ins",
        Kind::Count(1, 1_000_000),
        Value("300"),
        "Sign-ins begun or finished a minute and network (an IPv4 address, an IPv6 /64). Other API calls without \
         a session, and refusals at dashboards' hosts, may be ten times as many.",
    ),
    Key::new(
        "header_bytes",
        Kind::Count(8 * 1024, 1024 * 1024),
        Value("65536"),
        "The largest header of one request.",
    ),
    Key::new(
        "header_timeout",
        Kind::Duration("1ms", "5min"),
        Value("\"10s\""),
        "How long one request's header may take to arrive.",
    ),
    Key::new(
        "idle_timeout",
        Kind::Duration("1ms", "24h"),
        Value("\"10min\""),
        "How long a connection may be without a byte in either direction. A client that does not read what it \
         asked for is given up after as long.",
    ),
    Key::new(
        "websocket_idle_timeout",
        Kind::Duration("1ms", "24h"),
        Value("\"1h\""),
        "The same for a WebSocket. Most apps send pings, up to 40 s apart; Shiny for R sends none, and its page \
         is cut off when its viewer has done nothing for so long. A browser that has vanished is noticed \
         earlier.",
    ),
    Key::new(
        "connections",
        Kind::Count(1, 1_000_000),
        Value("20000"),
        "Open client connections at a time, WebSockets included. One network takes half of them at most, unless \
         it is a trusted proxy. The gateway raises its limit of open files to what it may have (`LimitNOFILE` in \
         systemd), and warns when that is less than two for each.",
    ),
];
