//! Each way in which an ID token's signature, header or key can be wrong, and the odd ones that are right.

use serde_json::json;

use super::{
    super::tests::signer::{EC_X, EC_Y, Signer, unsigned},
    tests::{DEFAULTS, claims, judge_pinned, set},
    *,
};

#[test]
fn unsigned_tokens_are_refused_in_every_spelling() {
    let keys = set(&[Signer::rsa_one().jwk(None)]);
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let token = unsigned(&json!({ "alg": name }), &claims(json!({})));
        let refused = judge_pinned(&format!("{token}."), &keys, &DEFAULTS).err();
        assert!(matches!(refused, Some(TokenError::Algorithm(_))), "{name}: {refused:?}");
        assert_eq!(judge_pinned(&token, &keys, &DEFAULTS).err(), Some(TokenError::Form), "{name}");
    }
    let stripped = Signer::rsa_one().sign(&json!({ "alg": "RS256" }), &claims(json!({})));
    let stripped = &stripped[..=stripped.rfind('.').expect("a dot")];
    assert_eq!(judge_pinned(stripped, &keys, &DEFAULTS).err(), Some(TokenError::Signature));
}

#[test]
fn a_public_key_is_never_a_shared_secret() {
    let rsa = Signer::rsa_one();
    let jwk = rsa.jwk(Some("k"));
    for secret in [jwk.to_string(), jwk["n"].as_str().expect("n").to_owned(), "client secret".to_owned()] {
        let forger = Signer::secret(secret.as_bytes());
        let keys = set(&[jwk.clone(), forger.jwk(Some("k"))]);
        for name in ["HS256", "HS384", "HS512"] {
            let forged = forger.sign(&json!({ "alg": name, "kid": "k" }), &claims(json!({})));
            let refused = judge_pinned(&forged, &keys, &DEFAULTS).err();
            assert!(matches!(refused, Some(TokenError::Algorithm(_))), "{refused:?}");
        }
        // The header lies about the algorithm.
        let header = json!({ "alg": "RS256", "kid": "k" });
        let forged = forger.sign_as(jsonwebtoken::Algorithm::HS256, &header, &claims(json!({})));
        assert_eq!(judge_pinned(&forged, &keys, &DEFAULTS).err(), Some(TokenError::Signature));
    }
}

#[test]
fn an_algorithm_that_is_not_pinned_is_refused_though_the_signature_holds() {
    let signer = Signer::rsa_one();
    let keys = set(&[signer.jwk(Some("k"))]);
    let id_token = signer.sign(&json!({ "alg": "RS384", "kid": "k" }), &claims(json!({})));
    let refused = judge_pinned(&id_token, &keys, &DEFAULTS).err();
    assert_eq!(refused, Some(TokenError::Algorithm("\"RS384\"".into())));
    assert!(!refused.is_some_and(|error| error.may_be_stale_keys()));
    let id_token = signer.sign(&json!({ "alg": "RS256", "kid": "k" }), &claims(json!({})));
    assert!(judge_pinned(&id_token, &keys, &[Algorithm::Es256]).is_err());
}

#[test]
fn a_key_is_used_only_for_its_own_algorithm() {
    let signer = Signer::rsa_one();
    let mut jwk = signer.jwk(Some("k"));
    jwk["alg"] = "PS256".into();
    let id_token = signer.sign(&json!({ "alg": "RS256", "kid": "k" }), &claims(json!({})));
    assert_eq!(judge_pinned(&id_token, &set(&[jwk]), &DEFAULTS).err(), Some(TokenError::UnknownKey));
}

#[test]
fn a_wrong_signature_is_refused() {
    let (one, two) = (Signer::rsa_one(), Signer::rsa_two());
    let keys = set(&[one.jwk(Some("k"))]);
    let header = json!({ "alg": "RS256", "kid": "k" });
    let foreign = two.sign(&header, &claims(json!({})));
    assert_eq!(judge_pinned(&foreign, &keys, &DEFAULTS).err(), Some(TokenError::Signature));

    let good = one.sign(&header, &claims(json!({})));
    let changed = unsigned(&header, &claims(json!({ "sub": "b" })));
    let changed = format!("{changed}{}", &good[good.rfind('.').expect("a dot")..]);
    assert_eq!(judge_pinned(&changed, &keys, &DEFAULTS).err(), Some(TokenError::Signature));
}

#[test]
fn without_a_key_id_the_only_fitting_key_counts() {
    let (one, two, ec) = (Signer::rsa_one(), Signer::rsa_two(), Signer::ec());
    let id_token = one.sign(&json!({ "alg": "RS256" }), &claims(json!({})));
    let judged = |keys: &[Value]| judge_pinned(&id_token, &set(keys), &DEFAULTS).err();
    assert_eq!(judged(&[one.jwk(Some("k"))]), None);
    assert_eq!(judged(&[one.jwk(None), ec.jwk(None)]), None);
    assert_eq!(judged(&[one.jwk(Some("k")), two.jwk(Some("l"))]), Some(TokenError::AmbiguousKey));
    assert_eq!(judged(&[]), Some(TokenError::UnknownKey));
}

#[test]
fn a_key_id_must_name_exactly_one_key() {
    let (one, two) = (Signer::rsa_one(), Signer::rsa_two());
    let id_token = one.sign(&json!({ "alg": "RS256", "kid": "k" }), &claims(json!({})));
    let judged = |keys: &[Value]| judge_pinned(&id_token, &set(keys), &DEFAULTS).err();
    assert_eq!(judged(&[one.jwk(Some("k")), two.jwk(Some("l"))]), None);
    assert_eq!(judged(&[one.jwk(Some("K"))]), Some(TokenError::UnknownKey));
    assert_eq!(judged(&[one.jwk(None)]), Some(TokenError::UnknownKey));
    assert_eq!(judged(&[one.jwk(Some("k")), two.jwk(Some("k"))]), Some(TokenError::AmbiguousKey));
}

#[test]
fn keys_of_unknown_kinds_stand_in_nobodys_way() {
    let signer = Signer::ec();
    let id_token = signer.sign(&json!({ "alg": "ES256" }), &claims(json!({})));
    let keys = set(&[
        json!({ "kty": "quantum" }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": EC_X, "y": EC_Y }),
        json!({ "kty": "oct", "k": "AAAA" }),
        json!("nonsense"),
        signer.jwk(None),
    ]);
    assert!(judge_pinned(&id_token, &keys, &DEFAULTS).is_ok());
}

#[test]
fn a_key_that_brings_itself_is_not_used() {
    let (mine, forger) = (Signer::rsa_one(), Signer::rsa_two());
    for header in [
        json!({ "alg": "RS256", "jwk": forger.jwk(None) }),
        json!({ "alg": "RS256", "jku": "https://evil.example/keys", "x5c": ["AAAA"] }),
    ] {
        let forged = forger.sign(&header, &claims(json!({})));
        let refused = judge_pinned(&forged, &set(&[mine.jwk(None)]), &DEFAULTS).err();
        assert_eq!(refused, Some(TokenError::Signature));
    }
}

#[test]
fn other_kinds_of_tokens_are_refused() {
    let signer = Signer::ec();
    let keys = set(&[signer.jwk(None)]);
    for (header, wanted) in [
        (json!({ "alg": "ES256", "typ": "at+jwt" }), TokenError::Type),
        (json!({ "alg": "ES256", "typ": "logout+jwt" }), TokenError::Type),
        (json!({ "alg": "ES256", "typ": 7 }), TokenError::Type),
        (json!({ "alg": "ES256", "crit": ["exp"], "exp": 1 }), TokenError::Critical),
        (json!({ "alg": "ES256", "crit": [], "b64": false }), TokenError::Critical),
        (json!({ "alg": "ES256", "kid": 7 }), TokenError::Form),
    ] {
        let id_token = signer.sign(&header, &claims(json!({})));
        assert_eq!(judge_pinned(&id_token, &keys, &DEFAULTS).err(), Some(wanted), "{header}");
    }
    let good = signer.sign(&json!({ "alg": "ES256" }), &claims(json!({})));
    for (token, wanted) in [
        (String::new(), TokenError::Form),
        ("a.b".into(), TokenError::Form),
        ("..".into(), TokenError::Form),
        ("a.b.c.d.e".into(), TokenError::Encrypted),
        (format!("{good}.x"), TokenError::Form),
        (format!("{good}="), TokenError::Form),
        (format!(" {good}"), TokenError::Form),
    ] {
        assert_eq!(judge_pinned(&token, &keys, &DEFAULTS).err(), Some(wanted), "{token}");
    }
    for payload in [json!([]), json!("text"), json!(null)] {
        let id_token = signer.sign(&json!({ "alg": "ES256" }), &payload);
        assert_eq!(judge_pinned(&id_token, &keys, &DEFAULTS).err(), Some(TokenError::Payload));
    }
}
