//! The only module that draws randomness, from the browser's own source.

/// 128 random bits as 32 hexadecimal digits, or `None` in a browser without a random source.
pub fn name() -> Option<String> {
    draw::<16>()
}

/// 256 random bits as 64 hexadecimal digits: enough for a PKCE verifier (RFC 7636, section 4.1) and a `state`.
pub fn secret() -> Option<String> {
    draw::<32>()
}

fn draw<const BYTES: usize>() -> Option<String> {
    let mut bytes = [0u8; BYTES];
    leptos::prelude::window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_two_digits() {
        assert_eq!(hex(&[0, 0x0f, 0xa0, 0xff]), "000fa0ff");
    }
}
