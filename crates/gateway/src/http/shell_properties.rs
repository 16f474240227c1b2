//! What must hold of `Accept-Encoding` (RFC 9110, section 12.5.3): nothing is sent in a coding that was not asked
//! for, or that was refused.

use super::*;

pub fn encodings(headers: &HeaderMap) {
    for line in headers.get_all(header::ACCEPT_ENCODING) {
        let Ok(line) = line.to_str() else { continue };
        for encoding in ["br", "gzip"] {
            let asked = line.split(',').any(|one| {
                let one: String = one.to_ascii_lowercase().split([' ', '\t']).collect();
                let (name, weight) = one.split_once(';').unwrap_or((&one, "q=1"));
                let weight = weight.strip_prefix("q=").map(|weight| weight.parse::<f32>().unwrap_or(0.0));
                name == encoding && weight != Some(0.0)
            });
            assert!(asked || !accepts(line, encoding), "{encoding} for {line:?}");
            assert!(accepts(&format!("{line}, {encoding}"), encoding) && !accepts("", encoding));
        }
    }
}
