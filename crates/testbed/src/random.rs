//! The one place that draws randomness: states, verifiers and names of folders.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// `N` random bytes as base64url.
#[allow(clippy::disallowed_methods, reason = "this is the source of randomness")]
pub fn text<const N: usize>() -> String {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}
