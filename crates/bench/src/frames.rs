//! WebSocket frames as both ends of a measurement need them (RFC 6455, section 5.2): a client's message ready to
//! be sent again and again, and its echo. Not a WebSocket library: no fragments, no checks.

const BINARY: u8 = 0x82;
const MASKED: u8 = 0x80;

/// Where the parts of a client's frame are.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    pub opcode: u8,
    head: usize,
    payload: usize,
}

impl Frame {
    /// The frame at the beginning of what was read, if it is all there.
    pub fn first(bytes: &[u8]) -> Option<Self> {
        let [first, second, rest @ ..] = bytes else { return None };
        let (short, extended) = (second & !MASKED, rest);
        let (size, payload) = match short {
            126 => (2, usize::from(u16::from_be_bytes(*extended.first_chunk()?))),
            127 => (8, usize::try_from(u64::from_be_bytes(*extended.first_chunk()?)).ok()?),
            short => (0, usize::from(short)),
        };
        let head = 2 + size + 4 * usize::from(second >> 7);
        (bytes.len() >= head.checked_add(payload)?).then_some(Self { opcode: first & 0x0f, head, payload })
    }

    pub fn length(&self) -> usize {
        self.head + self.payload
    }
}

/// Appends the echo of a client's frame.
pub fn answer(frame: &Frame, bytes: &[u8], out: &mut Vec<u8>) {
    head(out, 0x80 | frame.opcode, 0, frame.payload);
    let payload = &bytes[frame.head..frame.length()];
    match frame.head.checked_sub(4).and_then(|at| bytes[at..].first_chunk::<4>()) {
        Some(mask) if *mask != [0; 4] => {
            out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        }
        _ => out.extend_from_slice(payload),
    }
}

/// A client's binary message of so many bytes. Its mask is nought, which changes nothing and costs nobody.
pub fn message(payload: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload + 14);
    head(&mut out, BINARY, MASKED, payload);
    out.extend([0; 4]);
    out.extend((0..payload).map(|nth| nth as u8));
    out
}

/// How long the echo of such a message is.
pub fn echo_length(payload: usize) -> usize {
    message(payload).len() - 4
}

fn head(out: &mut Vec<u8>, first: u8, masked: u8, payload: usize) {
    out.push(first);
    match payload {
        0..126 => out.push(masked | payload as u8),
        126..65536 => {
            out.push(masked | 126);
            out.extend((payload as u16).to_be_bytes());
        }
        _ => {
            out.push(masked | 127);
            out.extend((payload as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_has_the_same_payload_without_a_mask() {
        for payload in [0, 64, 125, 126, 1024, 65_535, 65_536] {
            let sent = message(payload);
            let frame = Frame::first(&sent).unwrap();
            assert_eq!(frame.length(), sent.len());
            assert_eq!(Frame::first(&sent[..sent.len() - 1]), None);
            let mut echo = Vec::new();
            answer(&frame, &sent, &mut echo);
            assert_eq!(echo.len(), echo_length(payload));
            assert_eq!(echo[echo.len() - payload..], sent[sent.len() - payload..]);
        }
    }

    #[test]
    fn a_mask_is_taken_off() {
        let masked = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let mut echo = Vec::new();
        answer(&Frame::first(&masked).unwrap(), &masked, &mut echo);
        assert_eq!(echo, [&[0x81, 5], b"Hello".as_slice()].concat());
    }
}
