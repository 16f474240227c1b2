//! The keys of `[identity]` and `[identity.trusted_headers]`.

use super::{
    Key, Kind,
    Preset::{Required, Value, Words},
    kind::{COOKIE, HEADER, ISSUER, PAGE, POINTER, SCOPE, SECRET, TEXT, WORD},
};

const ALGORITHM: Kind =
    Kind::Choice(&["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]);

/// A proxy in front stands instead of the provider.
const OF_A_PROVIDER: &str = "required, or `trusted_headers`";

pub const IDENTITY: &[Key] = &[
    Key::new(
        "issuer",
        ISSUER,
        Words(OF_A_PROVIDER),
        "The identity provider, exactly as it calls itself, without query and fragment.",
    ),
    Key::new(
        "name",
        TEXT,
        Words("the issuer's host, or \"the proxy in front\""),
        "What people call the provider.",
    ),
    Key::new("client_id", WORD, Words(OF_A_PROVIDER), "The name under which the provider knows this portal."),
    Key::new(
        "client_secret",
        SECRET,
        Words(OF_A_PROVIDER),
        "The gateway is a confidential client; the browser never sees this.",
    ),
    Key::new(
        "scopes",
        Kind::List(&SCOPE),
        Value(r#"["openid", "profile", "email"]"#),
        "What is asked for at sign-in; `openid` always is.",
    ),
    Key::new(
        "groups",
        Kind::List(&POINTER),
        Value(r#"["/groups"]"#),
        "Where a person's groups are (RFC 6901), each looked for in the ID token, then in userinfo.",
    ),
    Key::new(
        "strip_slash",
        Kind::Flag,
        Value("false"),
        "Takes one `/` off the beginning of each group, for Keycloak's full paths.",
    ),
    Key::new(
        "trust_email",
        Kind::Flag,
        Value("false"),
        "Tells apps an e-mail address that the provider does not say it verified.",
    ),
    Key::new(
        "algorithms",
        Kind::NonEmpty(&ALGORITHM),
        Value(r#"["RS256", "PS256", "ES256"]"#),
        "How ID tokens may be signed: those, `RS384`, `RS512`, `PS384`, `PS512`, `ES384` and `EdDSA`; `none` \
         and `HS256` are refused.",
    ),
    Key::new(
        "userinfo",
        Kind::Flag,
        Value("true"),
        "Asks the userinfo endpoint too, after the ID token has been accepted.",
    ),
    Key::new(
        "trusted_headers",
        Kind::Table(TRUSTED_HEADERS),
        Words("none"),
        "A proxy in front that signs people in, instead of a provider: the table below.",
    ),
];

pub const TRUSTED_HEADERS: &[Key] = &[
    Key::new(
        "secret",
        SECRET,
        Required,
        "At least 32 characters that the proxy sends with every request; without them, nothing is answered.",
    ),
    Key::new("secret_header", HEADER, Value("\"X-Lanyard-Proxy\""), "The header that it sends them in."),
    Key::new(
        "user",
        HEADER,
        Value("\"Remote-User\""),
        "Who is signed in, by a name that stays the same. Empty or missing, nobody is.",
    ),
    Key::new("groups", HEADER, Value("\"Remote-Groups\""), "The person's groups, in one line."),
    Key::new(
        "separator",
        Kind::Choice(&[",", "|", ";"]),
        Value("\",\""),
        "What stands between two groups; spaces around it do not count.",
    ),
    Key::new(
        "email",
        HEADER,
        Value("\"Remote-Email\""),
        "Their e-mail address. It counts as verified: the proxy says it.",
    ),
    Key::new("name", HEADER, Value("\"Remote-Name\""), "What to call them."),
    Key::new(
        "cookies",
        Kind::List(&COOKIE),
        Value(r#"["authelia_session", "_oauth2_proxy"]"#),
        "The proxy's own cookies, by how their names begin: whoever has one is that person, so no app gets them.",
    ),
    Key::new(
        "sign_out",
        PAGE,
        Words("none"),
        "Where the proxy's own session ends; people go there after they have signed out of the portal.",
    ),
];
