//! Bokeh's tokens, as `bokeh/util/token.py` makes and reads them: the payload is base64url of JSON, and a signature
//! follows after a dot where sessions are signed. The id inside is signed by itself as well.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A payload that introduces its bearer as Elif, who leads the finance team. Whether it is packed (`__bk__zlib_`) or
/// plain, as here, is the same to the server.
pub fn elif(session_id: &str) -> Value {
    json!({
        "session_id": session_id,
        "session_expiry": 4_102_444_800_u64,
        "headers": { "X-Forwarded-Preferred-Username": "elif", "X-Forwarded-Groups": "Finance Team,Finance Leads" },
        "cookies": {},
        "arguments": {},
    })
}

pub fn unsigned(payload: &Value) -> String {
    URL_SAFE_NO_PAD.encode(payload.to_string())
}

/// All that a server with this key asks of a token of Elif's.
pub fn signed(key: &str) -> String {
    let id = format!("forged{}", "0".repeat(38));
    let token = unsigned(&elif(&format!("{id}.{}", signature(&id, key))));
    format!("{token}.{}", signature(&token, key))
}

/// What a real token says, as Elif, and with the signature that it had.
pub fn changed(token: &str) -> String {
    let (payload, signature) = token.split_once('.').expect("a signed token");
    let json = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let payload: Value = serde_json::from_slice(&json).expect("JSON");
    format!("{}.{signature}", unsigned(&elif(payload["session_id"].as_str().expect("an id"))))
}

/// HMAC with SHA-256 (RFC 2104), for keys of up to a block.
fn signature(text: &str, key: &str) -> String {
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        block.iter_mut().zip(key.bytes()).for_each(|(pad, key)| *pad ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize())
}

/// The token in a page.
pub fn token(page: &str) -> &str {
    let rest = page.split_once(r#""token":""#).unwrap_or_else(|| panic!("no token in:\n{page}")).1;
    rest.split('"').next().unwrap_or_default()
}
