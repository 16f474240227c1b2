//! Where WebSocket frames end (RFC 6455, section 5.2), counted in an otherwise opaque stream of bytes, so that
//! a close frame can be put between two of them. Reads no payload and judges no frame.

/// The opcode of a close frame.
const CLOSE: u8 = 0x8;

/// Longest frame header: 2 bytes, 8 of length, 4 of mask.
const LONGEST: usize = 14;

/// A position in a stream of frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Frames {
    header: [u8; LONGEST],
    /// Bytes of the current header that have passed.
    seen: usize,
    /// Bytes of payload that are still to come.
    payload: u64,
    /// Whether a close frame has begun to pass.
    closing: bool,
}

impl Frames {
    /// Whether everything so far was whole frames.
    pub fn at_boundary(&self) -> bool {
        self.seen == 0 && self.payload == 0
    }

    /// Whether a close frame has passed, after which nothing more is said.
    pub fn closing(&self) -> bool {
        self.closing
    }

    /// These bytes have passed.
    pub fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let taken = self.pass_one(bytes);
            bytes = &bytes[taken..];
        }
    }

    /// How many of these bytes belong to the current frame. 0 at a boundary.
    pub fn left_of_frame(&self, bytes: &[u8]) -> usize {
        if self.at_boundary() { 0 } else { Self::pass_one(&mut self.clone(), bytes) }
    }

    /// Takes bytes to the end of the current frame, or all of them. Answers how many.
    fn pass_one(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        while self.payload == 0 {
            let Some(byte) = bytes.get(taken) else { return taken };
            self.header[self.seen] = *byte;
            self.seen += 1;
            taken += 1;
            if self.seen >= 2 && self.seen == self.header_length() {
                self.seen = 0;
                self.closing |= self.header[0] & 0x0f == CLOSE;
                self.payload = self.payload_length();
                if self.payload == 0 {
                    return taken;
                }
            }
        }
        let now = self.payload.min((bytes.len() - taken) as u64);
        self.payload -= now;
        taken + now as usize
    }

    fn header_length(&self) -> usize {
        let extended = match self.header[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + extended + if self.header[1] & 0x80 == 0 { 0 } else { 4 }
    }

    fn payload_length(&self) -> u64 {
        let extended = |bytes: &[u8]| bytes.iter().fold(0, |length, byte| (length << 8) | u64::from(*byte));
        match self.header[1] & 0x7f {
            126 => extended(&self.header[2..4]),
            127 => extended(&self.header[2..10]),
            short => u64::from(short),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: usize, masked: bool) -> Vec<u8> {
        let mask = if masked { 0x80 } else { 0 };
        let mut frame = vec![0x82];
        match length {
            0..=125 => frame.push(mask | length as u8),
            126..=0xffff => {
                frame.push(mask | 126);
                frame.extend_from_slice(&(length as u16).to_be_bytes());
            }
            _ => {
                frame.push(mask | 127);
                frame.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        // A payload that looks like headers, so that a miscount shows.
        frame.resize(frame.len() + if masked { 4 } else { 0 } + length, 0x81);
        frame
    }

    #[test]
    fn frames_end_where_they_end_however_they_are_split() {
        let frames: Vec<Vec<u8>> = [0, 1, 125, 126, 127, 300, 0, 66_000]
            .into_iter()
            .flat_map(|length| [frame(length, false), frame(length, true)])
            .collect();
        let stream: Vec<u8> = frames.concat();
        let mut ends = vec![0];
        for frame in &frames {
            ends.push(ends[ends.len() - 1] + frame.len());
        }
        let whole = {
            let mut position = Frames::default();
            position.pass(&stream);
            position
        };
        assert!(whole.at_boundary());
        // Every split of the small frames, and the edges of the large ones.
        let small = ends[14];
        for split in (0..small).chain(ends.iter().flat_map(|end| [end.saturating_sub(1), *end, end + 1])) {
            let split = split.min(stream.len());
            let (head, tail) = stream.split_at(split);
            let mut position = Frames::default();
            position.pass(head);
            assert_eq!(position.at_boundary(), ends.contains(&split), "at {split}");
            let next = ends.iter().find(|end| **end >= split).expect("an end");
            assert_eq!(position.left_of_frame(tail), next - split, "at {split}");
            position.pass(tail);
            assert_eq!(position, whole.clone_without_header(&position), "after {split}");
        }
    }

    impl Frames {
        /// Bytes of a header that was whole are left behind and mean nothing.
        fn clone_without_header(&self, other: &Self) -> Self {
            Self { header: other.header, ..*self }
        }
    }

    #[test]
    fn byte_by_byte_is_the_same_as_at_once() {
        let stream = [frame(5, false), frame(200, true), frame(0, false), frame(70_000, false)].concat();
        let (mut at_once, mut single) = (Frames::default(), Frames::default());
        let mut boundaries = 0;
        for byte in &stream {
            single.pass(&[*byte]);
            boundaries += usize::from(single.at_boundary());
        }
        at_once.pass(&stream);
        assert!(at_once.at_boundary() && single.at_boundary());
        assert_eq!(boundaries, 4);
    }

    #[test]
    fn a_close_frame_is_told_from_all_others() {
        let mut position = Frames::default();
        position.pass(&[frame(200, true), frame(8, true), vec![0x89, 0x80, 8, 8, 8, 8]].concat());
        assert!(!position.closing(), "not by what only looks like one");
        position.pass(&[0x88]);
        assert!(!position.closing());
        position.pass(&[0x80, 1, 2, 3, 4]);
        assert!(position.closing() && position.at_boundary());
    }

    #[test]
    fn a_length_beyond_reason_is_only_a_long_wait() {
        let mut position = Frames::default();
        position.pass(&[0x82, 127]);
        position.pass(&[0xff; 8]);
        position.pass(&[0; 1000]);
        assert!(!position.at_boundary());
        assert_eq!(position.left_of_frame(&[0; 10]), 10);
    }
}
