//! Each way in which an ID token's claims can be wrong, after the OpenID Foundation's list for relying parties.

use serde_json::json;

use super::{super::tests::signer::Signer, *};

const ISSUER: &str = "https://id.example/realms/harbour";
pub(super) const NOW: u64 = 1_800_000_000;
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
/// From OpenID Connect Core's own example (appendix A.3).
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";
pub(super) const DEFAULTS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256];

pub(super) fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "sub": "a", "aud": "lanyard", "nonce": "the nonce", "exp": NOW + 300, "iat": NOW,
    });
    for (claim, value) in changes.as_object().expect("an object") {
        claims[claim] = value.clone();
    }
    claims
}

fn without(claim: &str) -> Value {
    let mut claims = claims(json!({}));
    claims.as_object_mut().expect("an object").remove(claim);
    claims
}

pub(super) fn set(keys: &[Value]) -> KeySet {
    KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).expect("a key set")
}

pub(super) fn judge_pinned(
    id_token: &str,
    keys: &KeySet,
    algorithms: &[Algorithm],
) -> Result<Claims, TokenError> {
    let expected = Expected {
        issuer: ISSUER,
        client_id: "lanyard",
        algorithms,
        nonce: "the nonce",
        access_token: ACCESS_TOKEN,
    };
    judge(id_token, keys, &expected, Timestamp(NOW * 1000))
}

/// Judges claims, signed as they should be, with the one key that the provider has.
fn verdict(claims: &Value) -> Option<TokenError> {
    let signer = Signer::ec();
    let id_token = signer.sign(&json!({ "alg": "ES256", "kid": "k" }), claims);
    judge_pinned(&id_token, &set(&[signer.jwk(Some("k"))]), &DEFAULTS).err()
}

#[test]
fn a_good_token_is_accepted_under_every_pinned_algorithm() {
    let (rsa, ec) = (Signer::rsa_one(), Signer::ec());
    let keys = set(&[rsa.jwk(Some("r")), ec.jwk(Some("e"))]);
    for (signer, id, name) in [(&rsa, "r", "RS256"), (&rsa, "r", "PS256"), (&ec, "e", "ES256")] {
        let id_token = signer.sign(&json!({ "alg": name, "kid": id, "typ": "JWT" }), &claims(json!({})));
        let judged = judge_pinned(&id_token, &keys, &DEFAULTS);
        assert_eq!(judged.map(|claims| claims.subject), Ok("a".to_owned()), "{name}");
    }
    for (name, algorithm) in [
        ("RS384", Algorithm::Rs384),
        ("RS512", Algorithm::Rs512),
        ("PS384", Algorithm::Ps384),
        ("PS512", Algorithm::Ps512),
    ] {
        let id_token = rsa.sign(&json!({ "alg": name, "kid": "r" }), &claims(json!({})));
        assert!(judge_pinned(&id_token, &keys, &[algorithm]).is_ok(), "{name}");
    }
}

#[test]
fn the_issuer_must_be_ours_to_the_byte() {
    for iss in [json!("https://evil.example"), json!(format!("{ISSUER}/")), json!(null), json!([ISSUER])] {
        assert_eq!(verdict(&claims(json!({ "iss": iss }))), Some(TokenError::Issuer));
    }
    assert_eq!(verdict(&without("iss")), Some(TokenError::Issuer));
}

#[test]
fn there_must_be_a_subject() {
    assert_eq!(verdict(&without("sub")), Some(TokenError::Subject));
    for sub in [json!(""), json!(7), json!(null), json!("a\nb"), json!("x".repeat(256))] {
        assert_eq!(verdict(&claims(json!({ "sub": sub }))), Some(TokenError::Subject));
    }
}

#[test]
fn the_audience_must_be_this_client() {
    assert_eq!(verdict(&without("aud")), Some(TokenError::Audience));
    for aud in
        [json!("other"), json!([]), json!(["other"]), json!(["lanyard", 7]), json!("Lanyard"), json!(null)]
    {
        assert_eq!(verdict(&claims(json!({ "aud": aud }))), Some(TokenError::Audience), "{aud}");
    }
    assert_eq!(verdict(&claims(json!({ "aud": ["lanyard"] }))), None);
}

#[test]
fn several_audiences_need_this_client_as_authorized_party() {
    let several = |azp: Value| verdict(&claims(json!({ "aud": ["other", "lanyard"], "azp": azp })));
    assert_eq!(verdict(&claims(json!({ "aud": ["other", "lanyard"] }))), Some(TokenError::NoAuthorizedParty));
    assert_eq!(several(json!("lanyard")), None);
    for azp in [json!("other"), json!(null), json!(["lanyard"])] {
        assert_eq!(several(azp), Some(TokenError::AuthorizedParty));
    }
    assert_eq!(verdict(&claims(json!({ "azp": "other" }))), Some(TokenError::AuthorizedParty));
    assert_eq!(verdict(&claims(json!({ "azp": "lanyard" }))), None);
}

#[test]
fn times_are_there_and_right_to_the_minute() {
    assert_eq!(verdict(&without("exp")), Some(TokenError::NoExpiry));
    assert_eq!(verdict(&without("iat")), Some(TokenError::NoIssueTime));
    for (changes, wanted) in [
        (json!({ "exp": NOW - 60 }), Some(TokenError::Expired)),
        (json!({ "exp": NOW - 59 }), None),
        (json!({ "exp": -1 }), Some(TokenError::Expired)),
        (json!({ "exp": "4000000000" }), Some(TokenError::NoExpiry)),
        (json!({ "exp": null }), Some(TokenError::NoExpiry)),
        (json!({ "iat": NOW + 61 }), Some(TokenError::Future)),
        (json!({ "iat": NOW + 60 }), None),
        (json!({ "iat": NOW as f64 + 0.5 }), None),
        (json!({ "iat": true }), Some(TokenError::NoIssueTime)),
        (json!({ "nbf": NOW + 61 }), Some(TokenError::Future)),
        (json!({ "nbf": "soon" }), Some(TokenError::Future)),
        (json!({ "nbf": NOW }), None),
    ] {
        assert_eq!(verdict(&claims(changes.clone())), wanted, "{changes}");
    }
}

#[test]
fn the_nonce_is_that_of_this_flow() {
    assert_eq!(verdict(&without("nonce")), Some(TokenError::Nonce));
    for nonce in [json!("another"), json!(""), json!(null), json!(["the nonce"])] {
        assert_eq!(verdict(&claims(json!({ "nonce": nonce }))), Some(TokenError::Nonce));
    }
}

#[test]
fn a_flow_without_a_nonce_never_succeeds() {
    let signer = Signer::ec();
    let id_token = signer.sign(&json!({ "alg": "ES256" }), &claims(json!({ "nonce": "" })));
    let expected =
        Expected { issuer: ISSUER, client_id: "lanyard", algorithms: &DEFAULTS, nonce: "", access_token: "" };
    let judged = judge(&id_token, &set(&[signer.jwk(None)]), &expected, Timestamp(NOW * 1000));
    assert_eq!(judged.err(), Some(TokenError::Nonce));
}

#[test]
fn the_access_tokens_hash_must_fit_where_it_is_given() {
    assert_eq!(verdict(&claims(json!({ "at_hash": AT_HASH }))), None);
    for hash in [json!("77QmUPtjPfzWtF2AnpK9RR"), json!(""), json!(null), json!(format!("{AT_HASH}=="))] {
        assert_eq!(verdict(&claims(json!({ "at_hash": hash }))), Some(TokenError::AccessTokenHash));
    }
}
