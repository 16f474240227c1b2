//! Which build of the shell is served: what its page says of itself, for the header by which an open page of
//! another build learns that it is out of date. Makes no build's name up.

use http::HeaderValue;
use lanyard_contract::wire::BUILD_META;

/// No name of a build is longer, in bytes.
const LONGEST: usize = 64;

/// The content of the page's `meta` element, as a header's value. `None` where the page has none, or an empty one.
pub fn of(page: &str) -> Option<HeaderValue> {
    let named = format!("name=\"{BUILD_META}\"");
    let tags = page.split("<meta").skip(1).filter_map(|after| after.split('>').next());
    let tag = tags.into_iter().find(|tag| tag.contains(&named))?;
    let content = tag.split_once("content=\"")?.1.split('"').next()?;
    let plain = content.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let fits = (1..=LONGEST).contains(&content.len()) && plain;
    fits.then(|| HeaderValue::from_str(content).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_s_own_build_is_said_and_no_other_word() {
        let page =
            |meta: &str| format!("<head><meta charset=\"utf-8\" /><title>content=\"a\"</title>{meta}</head>");
        for (meta, build) in [
            ("<meta name=\"lanyard-build\" content=\"0123456789abcdef\">", Some("0123456789abcdef")),
            ("<meta content=\"v1.2_a-b\" name=\"lanyard-build\" />", Some("v1.2_a-b")),
            ("<meta name=\"lanyard-build\" content=\"\" />", None),
            ("<meta name=\"lanyard-build\" />", None),
            ("<meta name=\"lanyard-built\" content=\"0123\" />", None),
            ("<meta name=\"lanyard-build\" content=\"a b\" />", None),
            ("<meta name=\"lanyard-build\" content=\"a\r\nset-cookie: b\" />", None),
            ("<meta name=\"lanyard-build\"", None),
            ("", None),
        ] {
            assert_eq!(of(&page(meta)).as_ref().and_then(|value| value.to_str().ok()), build, "{meta}");
        }
        let long = format!("<meta name=\"lanyard-build\" content=\"{}\">", "a".repeat(65));
        assert_eq!(of(&page(&long)), None);
    }
}
