//! The keys of `[identity]`.

use super::{
    Key, Kind,
    Preset::{Required, Value, Words},
    kind::{ISSUER, POINTER, SCOPE, SECRET, TEXT, WORD},
};

const ALGORITHM: Kind =
    Kind::Choice(&["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]);

pub const IDENTITY: &[Key] = &[
    Key::new(
        "issuer",
        ISSUER,
        Required,
        "The identity provider, exactly as it calls itself, without query and fragment.",
    ),
    Key::new("name", TEXT, Words("the issuer's host"), "What people call the provider."),
    Key::new("client_id", WORD, Required, "The name under which the provider knows this portal."),
    Key::new(
        "client_secret",
        SECRET,
        Required,
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
];
