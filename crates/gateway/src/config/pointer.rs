//! Judges JSON Pointers (RFC 6901) as they stand in the file. Following them is left to who reads claims.

/// Why a text is no pointer to a claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointerError {
    #[error("must be a JSON Pointer, which begins with '/'; did you mean '/{0}'?")]
    NoSlash(String),
    #[error("is the whole token; a JSON Pointer to a claim begins with '/'")]
    Whole,
    #[error("has a '~' that is neither '~0' (for '~') nor '~1' (for '/')")]
    Escape,
}

/// Checks a pointer to one claim (RFC 6901, section 3). The empty one, the whole document, is refused.
pub fn check(pointer: &str) -> Result<(), PointerError> {
    if pointer.is_empty() {
        return Err(PointerError::Whole);
    }
    if !pointer.starts_with('/') {
        return Err(PointerError::NoSlash(pointer.escape_debug().to_string()));
    }
    let escaped = pointer.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    if escaped { Ok(()) } else { Err(PointerError::Escape) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_begin_with_a_slash_and_escape_two_characters() {
        for good in ["/groups", "/realm_access/roles", "/https:~1~1x.example~1groups", "/a~0b", "/", "/ä"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check("groups"), Err(PointerError::NoSlash("groups".into())));
        assert_eq!(check(""), Err(PointerError::Whole));
        for bad in ["/a~", "/a~2", "/~~0"] {
            assert_eq!(check(bad), Err(PointerError::Escape), "{bad}");
        }
    }
}
